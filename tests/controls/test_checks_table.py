"""Every check of the shared table is there as the table says; and every check is whole."""

import csv
import inspect
from collections.abc import Iterator

import pytest

from ppbe_observe.aws.services import DETAILS, KINDS
from ppbe_observe.controls.checks import CHECKS, SERVICES
from ppbe_observe.permissions.declared import calls_of_check
from support.project import PROJECT

TABLE = PROJECT.parent / "shared/data/checks.csv"
BY_ID = {each.id: each for each in CHECKS}


@pytest.fixture(scope="module")
def rows() -> Iterator[list[dict[str, str]]]:
    if not TABLE.exists():
        pytest.skip("the table of checks is not part of the checkout")
    with TABLE.open(newline="", encoding="utf-8") as file:
        yield list(csv.DictReader(file))


def test_every_check_of_the_table_is_there(rows: list[dict[str, str]]) -> None:
    assert len(rows) == 108
    assert [row["check_id"] for row in rows if row["check_id"] not in BY_ID] == []
    assert set(BY_ID) - {row["check_id"] for row in rows} == set()


def test_severity_controls_and_indicators_are_those_of_the_table(rows: list[dict[str, str]]) -> None:
    for row in rows:
        check = BY_ID[row["check_id"]]
        assert check.severity.value == row["severity"], check.id
        assert sorted(check.controls) == sorted(row["controls"].split()), check.id
        assert sorted(check.indicators) == sorted(row["prowler_ksi_2026"].split()), check.id


def test_ids_are_unique_and_every_service_has_checks() -> None:
    assert len(BY_ID) == len(CHECKS)
    assert all(SERVICES.values())


@pytest.mark.parametrize("identifier", sorted(BY_ID))
def test_a_check_is_whole(identifier: str) -> None:
    check = BY_ID[identifier]
    assert check.title
    assert not check.title.endswith(".")
    assert check.description.endswith(".")
    assert check.remediation
    assert {check.on, *check.uses} <= KINDS
    parameters = list(inspect.signature(check.judge).parameters)
    assert parameters[1:] == list(check.parameters) or set(parameters[1:]) == set(check.parameters)
    assert calls_of_check(check), "it depends on no call"


def test_every_detail_is_needed_by_a_check_that_looks_at_its_kind() -> None:
    needed = {(kind, operation) for each in CHECKS for kind in (each.on, *each.uses) for operation in each.needs}
    assert [(each.kind, each.operation) for each in DETAILS if (each.kind, each.operation) not in needed] == []
