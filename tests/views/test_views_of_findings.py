"""Findings are found by what they are; one of them tells everything that is known of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ppbe_observe.controls.check import LOW
from ppbe_observe.controls.tracking import follow
from ppbe_observe.model import Outcome, Reason
from ppbe_observe.web.queries import FindingQuery
from support.findings import EAST, NOW, WEST, finding, thing, thing_check
from support.views import Watched

CHECKS = (
    thing_check(controls=("ac-2", "sc-28.1"), indicators=("KSI-SVC-SIN",)),
    thing_check("thing_better", controls=("ac-3",)),
)
FINDINGS = (
    finding("bad"),
    finding("late", due=date(2026, 11, 1)),
    finding("dark", Outcome.UNKNOWN, cause=Reason.DENIED, operation="things:Describe"),
    finding("Good", Outcome.PASS, severity=LOW),
    finding("other", check="thing_better", reason="Because of CAFÉ"),
)


@pytest.fixture(scope="module")
def estate() -> Watched:
    east = (finding("far", target=EAST),)
    return Watched().judge(FINDINGS, CHECKS).judge(east, CHECKS, target=EAST)


def names(estate: Watched, **query: Any) -> list[str]:
    found = estate.views.findings(FindingQuery.model_validate(query))
    return [each.resource.rpartition("/")[2] for each in found.items]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["other", "far", "bad", "late", "dark", "Good"]),
        ({"outcome": ["unknown", "pass"]}, ["dark", "Good"]),
        ({"severity": ["low"]}, ["Good"]),
        ({"control": "SC-28(1)"}, ["far", "bad", "late", "dark", "Good"]),
        ({"control": "ac-03"}, ["other"]),
        ({"family": "sc"}, ["far", "bad", "late", "dark", "Good"]),
        ({"ksi": "ksi-svc-sin", "outcome": ["pass"]}, ["Good"]),
        ({"check": "thing_better"}, ["other"]),
        ({"service": "nothing"}, []),
        ({"account": WEST.account_id, "region": EAST.region}, ["far"]),
        ({"resource": FINDINGS[0].resource.arn}, ["bad"]),
        ({"overdue": True}, ["late"]),
        ({"q": "café"}, ["other"]),
        ({"q": "GOOD", "outcome": ["pass"]}, ["Good"]),
        ({"limit": 2, "offset": 1}, ["far", "bad"]),
        ({"offset": 100}, []),
    ],
)
def test_those_that_are_all_of_what_is_asked_for(estate: Watched, query: dict[str, Any], expected: list[str]) -> None:
    assert sorted(names(estate, **query)) == sorted(expected)


def test_a_part_counts_all_that_match(estate: Watched) -> None:
    found = estate.views.findings(FindingQuery(limit=1, offset=1))
    assert (found.total, found.outcomes) == (6, {"fail": 4, "unknown": 1, "pass": 1})
    assert (found.preceding, found.following) == (0, 2)


def test_without_an_evaluation_an_empty_list_says_nothing() -> None:
    found = Watched().views.findings(FindingQuery())
    assert (found.judged, found.total) == (False, 0)


def test_a_finding_tells_all_that_is_known_of_it(estate: Watched) -> None:
    line = estate.views.findings(FindingQuery(outcome=(Outcome.UNKNOWN,))).items[0]
    found = estate.views.finding(line.id)
    assert found is not None
    assert (found.finding, found.cause, found.operation) == (line, "denied", "things:Describe")
    assert (found.remediation, found.history, found.notice) == ("Make it good.", None, "")


def test_one_that_is_mended_keeps_its_history() -> None:
    estate = Watched()
    for hours, outcome in enumerate((Outcome.FAIL, Outcome.PASS)):
        at, found = NOW + timedelta(hours=hours), [finding(outcome=outcome)]
        estate.memory.findings.update(WEST, lambda known, at=at, found=found: follow(known, found, at), {})  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    estate.judge([finding(outcome=Outcome.PASS)])
    line = estate.views.findings(FindingQuery()).items[0]
    found_again = estate.views.finding(line.id)
    assert found_again is not None
    assert found_again.history is not None
    assert (found_again.history.open, found_again.history.first_seen) == (False, NOW)
    assert found_again.history.resolved_at == NOW + timedelta(hours=1)


def test_ids_do_not_change_from_one_evaluation_to_the_next(estate: Watched) -> None:
    before = {each.id for each in estate.views.findings(FindingQuery()).items}
    again = Watched().judge(FINDINGS, CHECKS).judge((finding("far", target=EAST),), CHECKS, target=EAST)
    assert {each.id for each in again.views.findings(FindingQuery()).items} == before


def test_a_resource_tells_every_finding_on_it(estate: Watched) -> None:
    arn = FINDINGS[0].resource.arn
    found = estate.views.resource(arn)
    assert found is not None
    assert (found.arn, found.kind, [each.check for each in found.findings]) == (arn, "things:thing", ["thing_good"])
    assert estate.views.resource(f"{arn}x") is None


def test_what_is_hidden_cannot_be_guessed_by_searching_for_it() -> None:
    tagged = thing("one", tags={"DbPassword": "hunter2secret", "Project": "PPBE"})
    estate = Watched().judge([replace(finding("one"), resource=tagged)])
    assert [names(estate, q=each) for each in ("hunter2", "dbpassword", "ppbe")] == [[], ["one"], ["one"]]
