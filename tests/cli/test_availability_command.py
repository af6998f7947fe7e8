"""``availability`` reads the daemon's database and makes none; its exit code says how the last 30 days went."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from ppbe_observe.model import AvailabilityDay
from ppbe_observe.state.availability import AvailabilityStore
from ppbe_observe.state.database import Database
from support.availability import STAGING, recorded
from support.commands import command
from support.processes import free_port

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    configure(tmp_path)
    return tmp_path


def configure(home: Path, **given: object) -> None:
    usual = {"targets": [{"regions": ["us-gov-west-1"]}], "state": {"url": f"sqlite:///{home}/state.db"}}
    (home / "ppbe-observe.yaml").write_text(yaml.safe_dump({**usual, **given}))


def keep(*days: AvailabilityDay) -> None:
    database = Database("sqlite:///state.db")
    AvailabilityStore(database).put(days, NOW)
    database.close()


def month(first: int = 1, **given: object) -> list[AvailabilityDay]:
    return [recorded((NOW - timedelta(days=ago)).date(), **given) for ago in range(first, 31)]  # type: ignore[arg-type]  # of many kinds


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]


def test_a_table_and_a_chart() -> None:
    yesterday = (NOW - timedelta(days=1)).date()
    keep(*month(2, bad=0), recorded(yesterday, bad=10, unknown=75, outages=((0, 3),)), *month(key=STAGING, bad=20))
    done = command("availability")
    assert done.code == 1
    assert rows(done.text) == [
        [
            "shop-availability",
            "production",
            "99.9 %",
            "unknown",
            "99.996 %",
            "99.996 % (unknown)",
            "99.996 % (unknown)",
            "3m",
            "1h 15m",
        ],
        ["shop-availability", "staging", "99.9 %", "unknown", "99.8 %", "99.8 %", "99.8 %", "—", "—"],
    ]
    production, staging = done.text.splitlines()[-2:]
    assert production == f"shop-availability production  {'·' * 60}{'█' * 29}▅  90d"
    assert staging == f"shop-availability staging     {'·' * 60}{'▁' * 30}  90d"
    assert "warning: prometheus.url is not set" in done.stderr


def test_what_has_no_room_is_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    keep(*month())
    assert command("availability").text.splitlines()[-1].endswith("  33d")


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (month(bad=10), 0),
        (month(bad=10.1), 1),
        (month(events=0, bad=0, idle=1440), 0),
        (month(16), 0),
        (month(17), 2),
        (month(30, bad=100), 1),
        ([], 2),
    ],
)
def test_the_exit_code_says_how_the_last_30_days_went(days: list[AvailabilityDay], code: int) -> None:
    keep(*days)
    assert command("availability", "--format", "json").code == code


def test_json_is_the_record() -> None:
    keep(*month())
    found = command("availability", "--format", "json", "--days", "7").json
    (objective,) = found["objectives"]
    assert len(objective["days"]) == 8
    assert objective["summaries"][0]["availability"] == 0.9995
    assert (found["asked_at"], found["problem"]) == (None, "prometheus.url is not set, so that nothing is recorded")


def test_a_prometheus_that_is_down_is_told_and_the_rest_is_shown(home: Path) -> None:
    configure(home, prometheus={"url": f"http://127.0.0.1:{free_port()}", "timeout": "1s"})
    keep(*month())
    done = command("availability")
    assert done.code == 0
    assert "start it, or give its address with prometheus.url" in " ".join(done.stderr.split())
    assert rows(done.text)[0][4] == "99.95 %"


def test_without_a_database_nothing_is_recorded_and_none_is_made(home: Path) -> None:
    done = command("availability")
    assert (done.code, done.text) == (2, "No objective was recorded.\n")
    assert not (home / "state.db").exists()


def test_a_database_that_cannot_be_read_is_told(home: Path) -> None:
    (home / "state.db").write_text("this is no database" * 100)
    done = command("availability")
    assert (done.code, done.stdout) == (2, b"")
    assert "state database" in done.stderr


def test_days_out_of_range_are_wrong_usage() -> None:
    assert command("availability", "--days", "0").code == 3
