"""``ppbe-observe controls``: the catalog, and what of it is automated by which checks."""

import re
from collections import Counter
from typing import Any

import pytest

from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.checks import CHECKS
from support.commands import command

Entry = dict[str, Any]


def listed(*options: str) -> list[Entry]:
    done = command("controls", "list", "--json", *options)
    assert (done.code, done.stderr) == (0, "")
    found: list[Entry] = done.json
    return found


def shown(identifier: str) -> Entry:
    done = command("controls", "show", identifier, "--json")
    assert (done.code, done.stderr) == (0, "")
    found: Entry = done.json
    return found


@pytest.mark.parametrize("baseline", list(Baseline))
def test_every_control_of_a_baseline_is_listed_with_its_checks(baseline: Baseline) -> None:
    found = listed("--baseline", baseline.value)
    assert [each["id"] for each in found] == [each.id for each in catalog().of(baseline)]
    speaking = {name for check in CHECKS for name in check.controls}
    for each in found:
        assert bool(each["checks"]) == (each["id"] in speaking)


def test_the_detector_speaks_for_controls_too() -> None:
    """As in the roll-up, whose coverage would not be that of the list otherwise."""
    by_id = {each["id"]: each for each in listed()}
    assert [name for name, each in by_id.items() if "detection_operating" in each["checks"]] == ["ca-7", "ra-5", "si-4"]


def test_missing_is_the_rest() -> None:
    missing = {each["id"] for each in listed("--missing")}
    assert missing == {each["id"] for each in listed() if not each["checks"]}
    assert 0 < len(missing) < 322


def test_a_family_in_any_case() -> None:
    found = listed("--family", "sc")
    assert {each["id"].partition("-")[0] for each in found} == {"sc"}
    assert found == listed("--family", "SC")


def test_indicators_are_listed() -> None:
    found = listed("--ksi")
    assert [each["id"] for each in found] == list(catalog().indicators)
    missing = listed("--ksi", "--missing")
    assert missing == [each for each in found if not each["checks"]]
    assert missing


def test_checks_are_listed_with_all_that_is_declared() -> None:
    found = listed("--checks")
    assert [each["check"] for each in found] == [each.id for each in CHECKS]
    for each in found:
        assert all(each[name] for name in ("title", "description", "service", "severity", "controls", "remediation"))
        assert each["calls"] or each["resource"].startswith("aws:")
    audit = listed("--checks", "--family", "AU")
    assert 0 < len(audit) < len(found)
    assert all(any(name.startswith("au-") for name in each["controls"]) for each in audit)


@pytest.mark.parametrize("written", ["ac-2.1", "AC-2(1)", "AC-02(01)", " ac-2.01 "])
def test_a_control_is_found_however_it_is_written(written: str) -> None:
    assert shown(written)["id"] == "ac-2.1"


def test_a_control_is_shown_with_everything_that_belongs_to_it() -> None:
    told = shown("sc-28")
    assert told["label"] == "SC-28"
    assert {"class-c", "moderate"} <= set(told["baselines"])
    assert [each["check"] for each in told["automated_by"]] == told["checks"]
    assert "rds_instance_storage_encrypted" in told["checks"]


def test_an_indicator_and_a_check_are_shown() -> None:
    assert shown("ksi-svc-sin")["id"] == "KSI-SVC-SIN"
    told = shown("rds_instance_backup_retention")
    assert told["parameters"] == {"min_days": 30}
    assert told["calls"][0] == "rds:DescribeDBInstances"
    assert shown("DETECTION_OPERATING")["controls"] == ["ca-7", "ra-5", "si-4"]


def test_what_is_not_automated_says_that_it_never_counts() -> None:
    assert shown("at-1")["automated_by"] == []
    assert "not automated: no check speaks for it, so that it never counts" in command("controls", "show", "at-1").text


WRONG = [
    (["show", "sc-280"], "sc-280: no such control, indicator or check; did you mean sc-28"),
    (["show", "KSI-SVC-SNI"], "did you mean KSI-SVC-SIN"),
    (["show", "rds_instance_multi_as"], "did you mean rds_instance_multi_az"),
    (["show", "zzzzzzzzzz"], "controls list (--ksi, --checks) names them all"),
    (["show", "[bold]x[/]"], "[bold]x[/]: no such control"),
    (["list", "--family", "XX"], "--family XX: class-c has AC, AT, "),
    (["list", "--baseline", "class-x"], "--baseline"),
    (["list", "--ksi", "--checks"], "--ksi goes with neither --checks nor --family"),
    (["list", "--ksi", "--family", "AC"], "--ksi goes with neither --checks nor --family"),
    (["list", "--checks", "--missing"], "--checks not with --missing"),
]


@pytest.mark.parametrize(("options", "named"), WRONG, ids=[" ".join(options) for options, _ in WRONG])
def test_wrong_usage_is_3_with_a_hint(options: list[str], named: str) -> None:
    done = command("controls", *options)
    assert done.code == 3
    assert named in " ".join(done.stderr.split())
    assert done.stdout == b""


def test_the_list_for_people_names_its_whole() -> None:
    text = command("controls", "list").text
    automated = len([each for each in listed() if each["checks"]])
    assert text.splitlines()[-1] == f"{automated} of these 322 have a check."
    assert re.search(r"^ ?SC-28 +Protection of Information at Rest +cloudtrail_kms ", text, re.MULTILINE)
    assert re.search(r"^ ?AT-01 +Policy and Procedures +not automated", text, re.MULTILINE)


NARROW = [["list"], ["list", "--checks"], ["list", "--ksi"], ["show", "sc-28"]]


@pytest.mark.parametrize("options", NARROW, ids=" ".join)
def test_no_identifier_is_broken_at_80_columns(monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = command("controls", *options).text
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    found = {word for word in text.split() if "_" in word}
    assert found
    assert found <= {"detection_operating", *(each.id for each in CHECKS)}


@pytest.mark.parametrize("width", [40, 60])
@pytest.mark.parametrize("options", NARROW, ids=" ".join)
def test_nothing_is_cut_where_it_has_to_be_folded(
    monkeypatch: pytest.MonkeyPatch, options: list[str], width: int
) -> None:
    """An identifier that was cut would be another one: CP-02 for CP-02(01)."""
    monkeypatch.setenv("COLUMNS", "200")
    whole = command("controls", *options).text
    monkeypatch.setenv("COLUMNS", str(width))
    text = command("controls", *options).text
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert Counter(filter(str.isalnum, text)) == Counter(filter(str.isalnum, whole))


def test_a_check_is_shown_for_people() -> None:
    text = command("controls", "show", "rds_instance_backup_retention").text
    assert re.search(r"^parameters +min_days=30", text, re.MULTILINE)
    assert re.search(r"^remediation +\S", text, re.MULTILINE)
