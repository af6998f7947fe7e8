"""``incidents`` beside a daemon: it reads the daemon's database, and makes none."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import yaml

from ppbe_observe.alerting.incidents import Change, acknowledge, notice_gone, take
from ppbe_observe.cli.incident_table import lasted
from ppbe_observe.model import Acknowledgement, Incident, Sighting
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from support.commands import command
from support.incidents import ARN, at, sighting

NOW = datetime.now(UTC).replace(microsecond=0)
AGO = (NOW - at(0)).total_seconds() / 60
"""Minutes after noon of that day, now."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    given = {"targets": [{"regions": ["us-gov-west-1"]}], "state": {"url": f"sqlite:///{tmp_path}/state.db"}}
    (tmp_path / "ppbe-observe.yaml").write_text(yaml.safe_dump(given))
    return tmp_path


def ago(minutes: float, ended: float | None = None, step: str = "l1", **labels: str) -> Sighting:
    """An alert that began, and ended, so many minutes ago."""
    return sighting(AGO - minutes, None if ended is None else AGO - ended, step, None, **labels)


def keep(*told: Sighting) -> None:
    database = Database("sqlite:///state.db")
    store = IncidentStore(database)
    store.take(told, lambda around, given: take(around, given, given.starts))
    store.revise(NOW, acknowledged)
    database.close()


def acknowledged(known: Sequence[Incident]) -> list[Change]:
    """A silence ten minutes after each ticket fired, and one before each alert that is called so."""
    found = []
    for each in known:
        minutes = -5 if each.identity.alertname == "Planned" else 10
        if each.severity == "ticket":
            since = each.fired_at + timedelta(minutes=minutes)
            given = Acknowledgement("s", since, since + timedelta(hours=2), "m.sample", "=1+1")
            found.append(acknowledge(each, given))
        if each.identity.alertname == "Gone":
            found.append(notice_gone(each, (), each.fired_at + timedelta(minutes=7)))
    return [each for each in found if each]


def everything() -> None:
    keep(
        ago(300, 240, name="b"),
        ago(90),
        ago(75, step="l2"),
        ago(95, severity="ticket", alertname="Disk"),
        ago(20, severity="ticket", alertname="Planned"),
        ago(30, severity="info", alertname="Gone"),
        ago(60 * 24 * 40, 60 * 24 * 39, alertname="Old"),
    )


def test_open_ones_come_first() -> None:
    everything()
    done = command("incidents")
    waited = lasted(datetime.now(UTC) - NOW + timedelta(minutes=90))  # minutes pass before it is this test's turn
    assert (done.code, done.stderr) == (0, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.text.splitlines() if "│" in line]
    assert [row[:4] for row in rows] == [
        ["open", "Planned", ARN, "ticket"],
        ["open", "RdsCpuHigh", ARN, "page"],
        ["open", "Disk", ARN, "ticket"],
        ["resolved", "Gone", ARN, "info"],
        ["resolved", "RdsCpuHigh", "b", "page"],
    ]
    assert [row[5:] for row in rows] == [
        ["silenced before", "", "l1"],
        [f"not for {waited}", "", "l2"],
        ["10m by m.sample", "", "l1"],
        ["never", "7m (noticed)", "l1"],
        ["never", "1h", "l1"],
    ]
    assert done.text.splitlines()[-1] == "5 incidents, 3 open"


@pytest.mark.parametrize(
    ("arguments", "alerts"),
    [
        (("--open",), ["Planned", "RdsCpuHigh", "Disk"]),
        (("--since", "60d"), ["Planned", "RdsCpuHigh", "Disk", "Gone", "RdsCpuHigh", "Old"]),
        (
            ("--since", f"{NOW - timedelta(days=41):%Y-%m-%d}"),
            ["Planned", "RdsCpuHigh", "Disk", "Gone", "RdsCpuHigh", "Old"],
        ),
        (("--since", f"{NOW - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"), ["Planned", "RdsCpuHigh", "Disk", "Gone"]),
    ],
)
def test_which_ones_are_listed(arguments: tuple[str, ...], alerts: list[str]) -> None:
    everything()
    found = command("incidents", "--format", "json", *arguments).json["incidents"]
    assert [each["alert"] for each in found] == alerts


def test_json_is_the_whole_record() -> None:
    keep(ago(90), ago(75, step="l2"), ago(95, severity="ticket", alertname="Disk"))
    escalated, disk = command("incidents", "--format", "json").json["incidents"]
    assert escalated["labels"] == {"alertname": "RdsCpuHigh", "name": ARN, "owner": "sre", "severity": "page"}
    assert [(each["step"], each["resolved_at"]) for each in escalated["steps"]] == [("l1", None), ("l2", None)]
    assert escalated["acknowledgements"] == []
    assert (disk["acknowledged_by"], disk["comment"], disk["seconds_to_acknowledge"]) == ("m.sample", "=1+1", 600.0)
    assert disk["acknowledgements"][0]["silence"] == "s"
    assert disk["fired_at"] == f"{NOW - timedelta(minutes=95):%Y-%m-%dT%H:%M:%SZ}"


def test_csv_is_safe_to_open() -> None:
    keep(ago(95, severity="ticket", alertname="Disk"))
    (row,) = csv.DictReader(StringIO(command("incidents", "-f", "csv").text))
    assert (row["state"], row["alert"], row["resource"], row["comment"]) == ("open", "Disk", ARN, "'=1+1")
    assert (row["fired_at"], row["resolved_at"]) == (f"{NOW - timedelta(minutes=95):%Y-%m-%dT%H:%M:%SZ}", "")


def test_without_a_database_there_are_none_and_none_is_made(home: Path) -> None:
    done = command("incidents")
    assert (done.code, done.text) == (0, "No incidents.\n")
    assert command("incidents", "-f", "json").json["incidents"] == []
    assert len(command("incidents", "-f", "csv").text.splitlines()) == 1
    assert not (home / "state.db").exists()


def test_a_database_that_cannot_be_read_is_told(home: Path) -> None:
    (home / "state.db").write_text("this is no database" * 100)
    done = command("incidents")
    assert done.code == 1
    assert "state database" in done.stderr
    assert (home / "state.db").exists()


def test_a_time_that_is_none_is_told() -> None:
    done = command("incidents", "--since", "yesterday")
    assert done.code == 3
    assert "--since yesterday: neither a duration (12h, 30d) nor a day" in done.stderr


def test_what_controls_a_terminal_is_shown_escaped() -> None:
    keep(ago(5, name="\x1b[31mred"))
    assert "\x1b[31m" not in command("incidents").text
    assert "\\x1b[31mred" in command("incidents").text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h"),
        (7500, "2h 5m"),
        (86_400 * 3 + 14_400, "3d 4h"),
    ],
)
def test_durations_are_said_as_a_person_says_them(seconds: int, shown: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == shown
