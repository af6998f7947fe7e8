"""The calls of a full run on the simulated estate are those that are declared, and each declared one is made."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic

import pytest

from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.definitions import load_alarms, load_exporters
from ppbe_observe.permissions.declared import calls_of_alarm, calls_of_check, calls_of_exporter, tags_of
from ppbe_observe.permissions.policy import actions_of, assuming, calls_of, document, reading
from ppbe_observe.simulate import SimulatedEstate
from support.aurora import aurora
from support.examined import BY_ROLE, PRODUCTION, RECOVERY, Bench, bench, calls_made
from support.project import PROJECT
from support.simulated import simulated_estate

EXPORTERS = load_exporters(PROJECT)
ALARMS = load_alarms(PROJECT)


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running, aurora(running):
        yield running


@pytest.fixture(scope="module")
def at_work(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(estate, tmp_path_factory.mktemp("bench"), PRODUCTION, RECOVERY, BY_ROLE) as found:
        yield found


def run_exporters(at_work: Bench, *exporters: str) -> None:
    now, deadline = datetime.now(UTC), monotonic() + 60
    for collector in at_work.workbench.collectors(set(exporters), set()):
        assert collector.run(now, deadline).failures == ()


def test_the_calls_of_a_full_run_are_the_declared_ones(
    estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every exporter, alarm and check, on three accounts and regions, in sessions that are new: no exception."""
    estate.requests.clear()
    unnamed = {"regions": ["us-gov-west-1"]}  # STS is asked whose it is
    with bench(estate, tmp_path_factory.mktemp("full"), unnamed, RECOVERY, BY_ROLE) as found:
        run_exporters(found)
        for index in range(len(found.targets)):
            found.examine(target=index)
    made = calls_made(estate)
    assert made == {*calls_of(EXPORTERS, CHECKS, ALARMS), "sts:AssumeRole"}
    allowed = {
        action
        for statement in document((*reading(calls_of(EXPORTERS, CHECKS, ALARMS)), *assuming(["arn"])), "aws")[
            "Statement"
        ]
        for action in statement["Action"]
    }
    assert {action for call in made for action in actions_of(call)} == allowed


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_alone_makes_the_calls_that_it_declares(estate: SimulatedEstate, at_work: Bench, check: Check) -> None:
    at_work.examine(check)  # what is asked once for a session is asked
    estate.requests.clear()
    at_work.examine(check)
    declared = set(calls_of_check(check))
    assert declared <= calls_made(estate) <= declared | set(tags_of((check.on, *check.uses)))


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.name)
def test_an_exporter_alone_makes_the_calls_that_it_declares(
    estate: SimulatedEstate, at_work: Bench, exporter: Exporter
) -> None:
    estate.requests.clear()
    run_exporters(at_work, exporter.name)
    assert calls_made(estate) - {"sts:AssumeRole"} == set(calls_of_exporter(exporter))


def test_the_alarms_alone_make_the_calls_that_they_declare(estate: SimulatedEstate, at_work: Bench) -> None:
    estate.requests.clear()
    run_exporters(at_work, "alarms")
    declared = {call for alarm in ALARMS for call in calls_of_alarm(alarm)}
    assert calls_made(estate) - {"sts:AssumeRole"} == declared
