"""Denied at every single call in turn: the checks that need it turn unknown, and only those.

All checks look at the main account and region over HTTP each time; what moto answers is worked out once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.model import Outcome, Reason, Resource, Verdict
from ppbe_observe.permissions.declared import calls_of_check, tags_of
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.aurora import aurora
from support.examined import PRODUCTION, Bench, Key, bench, by_key, called_name, verdicts
from support.simulated import Remembering, remembering_estate

OPERATIONS = sorted({operation for check in CHECKS for operation in calls_of_check(check)})
TAGS = "tag:GetResources"


@dataclass(frozen=True, slots=True)
class Whole:
    """The estate, the checks, and what they find where nothing is denied."""

    estate: SimulatedEstate
    moto: Remembering
    bench: Bench
    seen: Examination
    looked: dict[str, Examination] = field(default_factory=dict)

    def denied(self, operation: str) -> Examination:
        """What they find where one operation is denied, told the same time; looked at once."""
        if operation not in self.looked:
            self.estate.faults.clear()
            self.estate.faults.add(Fault(called_name(operation), Effect.DENIED))
            self.looked[operation] = self.bench.examine(now=self.seen.at)
        return self.looked[operation]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    home = tmp_path_factory.mktemp("bench")
    with remembering_estate() as (estate, moto), aurora(estate), bench(estate, home, PRODUCTION) as found:
        yield Whole(estate, moto, found, found.examine())
        estate.faults.clear()


def unknown(found: dict[Key, Verdict]) -> set[str]:
    return {check for (check, _), verdict in found.items() if verdict.outcome is Outcome.UNKNOWN}


def test_where_nothing_is_denied_nothing_is_unknown(whole: Whole) -> None:
    assert unknown(verdicts(whole.seen)) == set()
    assert {check for check, _ in verdicts(whole.seen)} == {each.id for each in CHECKS}
    assert [each.outcome for each in whole.seen.findings if each.check == DETECTION.id] == [Outcome.PASS]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_checks_that_declare_it_turn_unknown_and_no_others(whole: Whole, operation: str) -> None:
    needing = {each.id for each in CHECKS if operation in calls_of_check(each)}
    before, seen = verdicts(whole.seen), whole.denied(operation)
    found = verdicts(seen)
    assert unknown(found) == needing
    for key, verdict in found.items():
        if verdict.outcome is Outcome.UNKNOWN:
            assert (verdict.cause, verdict.operation) == (Reason.DENIED, operation), key
            assert verdict.reason.startswith(f"denied: {operation}: ")
        else:
            assert verdict == before[key], key
    assert {check for check, _ in before.keys() - found.keys()} <= needing
    assert [each.operation for each in seen.failures] == [operation] * len(seen.failures)


@pytest.mark.parametrize("operation", sorted({each for check in CHECKS for each in check.needs}))
def test_no_resource_passes_or_fails_of_which_the_answer_is_missing(whole: Whole, operation: str) -> None:
    """But for those that the check does not apply to: they are of another environment."""
    needing = {each.id: each for each in CHECKS if operation in each.needs}
    asked = {
        key
        for key, each in by_key(whole.seen).items()
        if key[0] in needing and operation in each.resource.details and applies(whole, needing[key[0]], each.resource)
    }
    found = verdicts(whole.denied(operation))
    assert asked <= {key for key, verdict in found.items() if verdict.outcome is Outcome.UNKNOWN}


def applies(whole: Whole, check: Check, resource: Resource) -> bool:
    return not check.only_in or whole.bench.examiner.rules.environment_of(resource) in check.only_in


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_detector_says_that_it_cannot_see(whole: Whole, operation: str) -> None:
    """A failure of the detection process is a finding of its own, which names the call."""
    told = [each for each in whole.denied(operation).findings if each.check == DETECTION.id]
    assert told
    assert all(each.outcome is Outcome.FAIL and operation in each.verdict.reason for each in told)


def test_tags_that_are_denied_matter_only_where_the_environment_does(whole: Whole) -> None:
    """Of which environment a resource is cannot be told: only checks that apply in some of them want to know."""
    found = verdicts(whole.denied(TAGS))
    assert unknown(found) == {each.id for each in CHECKS if each.only_in and tags_of((each.on,))}
    before = verdicts(whole.seen)
    changed = {key for key, verdict in found.items() if verdict != before[key]}
    assert {check for check, _ in changed} == unknown(found)


def test_no_question_is_put_twice_in_one_run(whole: Whole) -> None:
    whole.estate.faults.clear()
    whole.moto.asked.clear()
    whole.bench.examine()
    assert {question: times for question, times in whole.moto.asked.items() if times > 1} == {}
