"""What a check says of all resources of its kind together, beside what it says of each."""

from datetime import UTC, datetime

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, passed, verdict
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.model import Failure, Found, Observation, Reason, Resource, Verdict
from support.gathering import GOVCLOUD

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EVERY = "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:*"
DENIED = Failure(Reason.DENIED, "cloudwatch:DescribeAlarms", "no")


def _enough(alarms: Subject, least: int) -> Verdict | None:
    count = len(alarms.all("cloudwatch:alarm"))
    return verdict(count >= least, f"{count} alarms; {least} are required") if least else None


@check(
    "alarm_on",
    on="cloudwatch:alarm",
    severity=HIGH,
    title="On",
    remediation="Switch it on.",
    controls=(),
    together=_enough,
    least=1,
)
def alarm_on(alarm: Subject, least: int) -> Verdict:
    """Each is on."""
    return passed(f"on, one of {least}") if alarm.facts["On"] else failed("off")


def judged(found: Found, given: Check = alarm_on, **overrides: Override) -> list[tuple[str, str, str]]:
    rules = Rules([given], overrides, {}, "production")
    findings = evaluate(Observation(GOVCLOUD, NOW, {"cloudwatch:alarm": found}), rules)
    return [(each.resource.arn, each.outcome.value, each.verdict.reason) for each in findings]


def alarm(name: str) -> Resource:
    return Resource(name, "cloudwatch:alarm", GOVCLOUD, facts={"On": True})


def test_it_is_said_beside_what_is_said_of_each() -> None:
    assert judged(Found((alarm("a"), alarm("b")))) == [
        ("a", "pass", "on, one of 1"),
        ("b", "pass", "on, one of 1"),
        (EVERY, "pass", "2 alarms; 1 are required"),
    ]


def test_it_is_said_where_there_is_none_in_place_of_not_applicable() -> None:
    assert judged(Found()) == [(EVERY, "fail", "0 alarms; 1 are required")]


def test_nothing_to_say_leaves_not_applicable_where_there_is_none() -> None:
    nothing = Override(parameters={"least": 0})
    assert judged(Found(), alarm_on=nothing) == [(EVERY, "not_applicable", "there is no cloudwatch:alarm here")]
    assert judged(Found((alarm("a"),)), alarm_on=nothing) == [("a", "pass", "on, one of 0")]


def test_a_listing_that_failed_is_unknown_once() -> None:
    assert judged(Found(failures=(DENIED,))) == [(EVERY, "unknown", "denied: cloudwatch:DescribeAlarms: no")]


def test_one_that_could_not_be_read_leaves_all_together_unknown() -> None:
    assert judged(Found((alarm("a"),), missed={"b": DENIED})) == [
        ("a", "pass", "on, one of 1"),
        ("b", "unknown", "denied: cloudwatch:DescribeAlarms: no"),
        (EVERY, "unknown", "denied: cloudwatch:DescribeAlarms: no"),
    ]


def test_a_check_that_is_switched_off_says_nothing() -> None:
    assert judged(Found(), alarm_on=Override(enabled=False)) == []
