"""What an evaluation leaves: a finding for everything, and nothing unseen that passes."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ppbe_observe.controls.check import CRITICAL, LOW, Subject, check, passed
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.model import Answer, Exemption, Failure, Found, Observation, Outcome, Reason, Verdict
from support.findings import NOW, WEST, seen, thing, thing_check

DENIED = Failure(Reason.DENIED, "things:ListThings", "AccessDenied: no")
GOOD = thing_check()


def rules(*checks: Any, overrides: Any = None, environments: Any = None, exemptions: Any = ()) -> Rules:
    return Rules(checks or (GOOD,), overrides or {}, environments or {}, "production", exemptions)


def outcomes(observation: Observation, given: Rules | None = None) -> dict[str, tuple[str, str]]:
    findings = evaluate(observation, given or rules())
    return {each.resource.arn.rpartition(":")[2]: (each.outcome.value, each.verdict.reason) for each in findings}


def test_each_resource_has_a_finding() -> None:
    found = outcomes(seen(thing("good", Good=True), thing("bad", Good=False)))
    assert found == {"thing/good": ("pass", "Good is True"), "thing/bad": ("fail", "Good is False")}


def test_a_listing_that_failed_is_unknown_for_the_target_whatever_was_seen_before() -> None:
    found = outcomes(seen(thing(Good=True), failures=(DENIED,)))
    assert found == {"*": ("unknown", "denied: things:ListThings: AccessDenied: no")}


def test_nothing_found_is_not_applicable() -> None:
    assert outcomes(seen()) == {"*": ("not_applicable", "there is no things:thing here")}


def test_the_finding_for_all_of_a_kind_has_an_arn_of_the_target() -> None:
    (finding,) = evaluate(seen(), rules())
    assert finding.resource.arn == "arn:aws-us-gov:things:us-gov-west-1:123456789012:*"


def test_one_that_was_listed_but_not_read_is_unknown_and_the_others_are_judged() -> None:
    arn = thing("lost").arn
    found = outcomes(seen(thing("good", Good=True), missed={arn: DENIED}))
    assert found == {
        "thing/good": ("pass", "Good is True"),
        "thing/lost": ("unknown", "denied: things:ListThings: AccessDenied: no"),
    }


def test_a_kind_that_was_not_looked_at_has_no_finding() -> None:
    assert evaluate(Observation(WEST, NOW, {}), rules()) == ()


@pytest.mark.parametrize("facts", [{}, {"Good": None, "Other": 1}])
def test_a_fact_that_is_not_as_documented_is_unknown(facts: dict[str, Any]) -> None:
    @check("x", on="things:thing", severity=LOW, title="", remediation="", controls=())
    def judge(subject: Subject) -> Verdict:
        return passed(f"{subject.facts['Good'] + 1}")

    ((outcome, reason),) = outcomes(seen(thing(**facts)), rules(judge)).values()
    assert outcome == "unknown"
    assert reason.startswith("malformed: things:thing: the answer is not as documented: ")


@pytest.mark.parametrize(
    "error", [LookupError, TypeError, ValueError, AttributeError, ZeroDivisionError, RecursionError]
)
def test_a_check_that_breaks_is_unknown_and_stops_no_other(error: type[Exception]) -> None:
    @check("broken", on="things:thing", severity=LOW, title="", remediation="", controls=())
    def judge(subject: Subject) -> Verdict:
        raise error("boom")

    findings = evaluate(seen(thing(Good=True)), rules(judge, GOOD))
    assert [(each.check, each.outcome.value) for each in findings] == [("broken", "unknown"), ("thing_good", "pass")]


def test_what_is_not_as_documented_names_what_was_read_where_nothing_was_listed() -> None:
    @check("x", on="things:thing", needs=("things:GetThing",), severity=LOW, title="", remediation="", controls=())
    def judge(subject: Subject) -> Verdict:
        return passed(subject.told("things:GetThing")["Name"])

    resource = replace(thing(), details={"things:GetThing": Answer({}, ())})
    (finding,) = evaluate(seen(resource), rules(judge))
    assert finding.verdict.operation == "things:GetThing"
    assert finding.verdict.reason == ("malformed: things:GetThing: the answer is not as documented: KeyError: 'Name'")


def needing() -> Any:
    return thing_check(needs=("things:DescribeThing",))


def test_a_detail_that_failed_is_unknown_even_where_the_facts_alone_would_fail() -> None:
    bad = replace(thing(Good=False), details={"things:DescribeThing": DENIED})
    assert outcomes(seen(bad), rules(needing())) == {
        "thing/one": ("unknown", "denied: things:ListThings: AccessDenied: no")
    }


def test_a_detail_that_another_check_needs_changes_nothing() -> None:
    good = replace(thing(Good=True), details={"things:DescribeThing": DENIED})
    assert outcomes(seen(good)) == {"thing/one": ("pass", "Good is True")}


def test_unsupported_is_said_in_words() -> None:
    away = Failure(Reason.UNSUPPORTED, "things:ListThings", "no endpoint")
    assert outcomes(seen(failures=(away,))) == {"*": ("unknown", "not supported here: things:ListThings: no endpoint")}


@pytest.mark.parametrize("other", [Found(failures=(DENIED,)), Found(missed={"arn:x": DENIED})])
def test_other_kinds_that_could_not_be_seen_make_it_unknown(other: Found) -> None:
    using = thing_check(uses=("things:part",))
    world = Observation(WEST, NOW, {"things:thing": Found((thing(Good=True),)), "things:part": other})
    assert outcomes(world, rules(using))["thing/one"] == ("unknown", "denied: things:ListThings: AccessDenied: no")


def test_a_check_reads_details_and_other_kinds() -> None:
    @check("x", on="things:thing", severity=LOW, title="", remediation="", controls=(), uses=("things:part",))
    def judge(subject: Subject) -> Verdict:
        told = subject.detail("things:DescribeThing")
        return passed(f"{told} {[each.arn for each in subject.all('things:part')]} {subject.detail('things:Other')}")

    one = replace(thing(), details={"things:DescribeThing": Answer({"Size": 3})})
    world = Observation(WEST, NOW, {"things:thing": Found((one,)), "things:part": Found((thing("part"),))})
    assert outcomes(world, rules(judge))["thing/one"] == ("pass", f"{{'Size': 3}} {[thing('part').arn]} None")


def test_a_detail_of_another_kind_that_failed_is_unknown_where_it_is_read() -> None:
    @check("x", on="things:thing", severity=LOW, title="", remediation="", controls=(), uses=("things:part",))
    def judge(subject: Subject) -> Verdict:
        return passed(str([each.detail("things:DescribePart") for each in subject.all("things:part")]))

    part = replace(thing("part"), details={"things:DescribePart": DENIED})
    world = Observation(WEST, NOW, {"things:thing": Found((thing(),)), "things:part": Found((part,))})
    assert outcomes(world, rules(judge))["thing/one"][0] == "unknown"


STAGING = {"Environment": "staging"}


def test_a_check_for_production_does_not_apply_elsewhere() -> None:
    only = thing_check(only_in=("production",))
    found = outcomes(seen(thing("a", STAGING, Good=False), thing("b", Good=False)), rules(only))
    assert found == {
        "thing/a": ("not_applicable", "applies to production; this is staging"),
        "thing/b": ("fail", "Good is False"),
    }


def test_without_tags_it_cannot_be_told_whether_it_applies() -> None:
    only = thing_check("only", only_in=("production",))
    findings = evaluate(seen(thing(Good=False), untagged=DENIED), rules(only, GOOD))
    assert [(each.check, each.outcome.value) for each in findings] == [("only", "unknown"), ("thing_good", "fail")]


def test_what_is_said_for_an_environment_goes_first() -> None:
    staging = {"staging": {"thing_good": Override(enabled=False)}}
    found = outcomes(seen(thing("a", STAGING, Good=False), thing("b", Good=False)), rules(environments=staging))
    assert list(found) == ["thing/b"]


EXEMPT = Exemption("thing_good", "arn:*:thing/o*", "known", "isso@agency.gov", date(2026, 11, 24))


ONLY_STAGING = {
    "production": {GOOD.id: Override(enabled=False)},
    "staging": {GOOD.id: Override(severity=CRITICAL, parameters={})},
}


def test_a_check_that_is_off_for_everything_here_says_so() -> None:
    found = outcomes(seen(thing("a", Good=False)), rules(environments=ONLY_STAGING))
    assert found == {"*": ("not_applicable", "it is switched off for every things:thing here")}
    assert outcomes(seen(), rules(environments=ONLY_STAGING)) == {
        "*": ("not_applicable", "there is no things:thing here")
    }


def test_a_check_that_is_off_for_some_judges_the_others() -> None:
    found = outcomes(seen(thing("a", Good=False), thing("b", STAGING, Good=True)), rules(environments=ONLY_STAGING))
    assert found == {"thing/b": ("pass", "Good is True")}


@pytest.mark.parametrize(
    "unseen",
    [
        {"failures": (DENIED,)},
        {"missed": {"arn:aws-us-gov:things:us-gov-west-1:123456789012:*": DENIED}},
    ],
)
def test_what_could_not_be_seen_is_unknown_where_the_check_is_on_in_another_environment_only(unseen: Any) -> None:
    (finding,) = evaluate(seen(**unseen), rules(environments=ONLY_STAGING))
    assert (finding.outcome, finding.verdict.cause) == (Outcome.UNKNOWN, Reason.DENIED)
    assert finding.severity is CRITICAL


def test_without_tags_it_cannot_be_told_whether_the_check_is_on() -> None:
    found = outcomes(seen(thing("a", Good=False), untagged=DENIED), rules(environments=ONLY_STAGING))
    assert found == {"thing/a": ("unknown", "denied: things:ListThings: AccessDenied: no")}


def test_an_exemption_shows_and_is_still_judged() -> None:
    (finding,) = evaluate(seen(thing(Good=False)), rules(exemptions=[EXEMPT]))
    assert (finding.outcome, finding.verdict.outcome) == (Outcome.EXEMPT, Outcome.FAIL)
    assert finding.exemption == EXEMPT


def test_an_exemption_that_has_expired_stops_applying_and_says_so() -> None:
    over = replace(EXEMPT, expires=date(2026, 11, 23))
    (finding,) = evaluate(seen(thing(Good=False)), rules(exemptions=[over]))
    assert finding.outcome is Outcome.FAIL
    assert finding.verdict.reason == "Good is False (the exemption by isso@agency.gov expired on 2026-11-23)"


@pytest.mark.parametrize("resource", ["arn:*:thing/two", "thing/one", ""])
def test_an_exemption_of_another_resource_does_not_apply(resource: str) -> None:
    (finding,) = evaluate(seen(thing(Good=False)), rules(exemptions=[replace(EXEMPT, resource=resource)]))
    assert finding.outcome is Outcome.FAIL


def test_an_exemption_hides_neither_pass_nor_unknown() -> None:
    given = rules(exemptions=[EXEMPT])
    (one,) = evaluate(seen(thing(Good=True)), given)
    (other,) = evaluate(seen(failures=(DENIED,)), given)
    assert (one.outcome, other.outcome) == (Outcome.PASS, Outcome.UNKNOWN)
