"""``check`` beside a daemon: it reads from the daemon's database since when findings are open, and disturbs nothing."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.model import FindingKey, Outcome, Severity, Tracked
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.state.database import Database
from ppbe_observe.state.history import FindingHistory
from support.commands import command
from support.histories import TARGET, remember
from support.simulated import remembering_estate

TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:manual-test-topic"
USER = "arn:aws-us-gov:iam::123456789012:user/m.sample-contractor"
SINCE = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedEstate]:
    with remembering_estate() as (running, _):
        yield running


@pytest.fixture
def estate(shared: SimulatedEstate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedEstate:
    """The estate, and settings in the working directory that name a database there."""
    for name, text in shared.environ.items():
        monkeypatch.setenv(name, text)
    monkeypatch.chdir(tmp_path)
    targets = [{"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]}]
    given = {"targets": targets, "state": {"url": f"sqlite:///{tmp_path}/state.db"}}
    Path("ppbe-observe.yaml").write_text(yaml.safe_dump(given))
    return shared


def kept(check: str, arn: str, **changed: Any) -> Tracked:
    """A failure that the daemon found 40 days ago in the main region."""
    given: dict[str, Any] = {
        "key": FindingKey(check, arn, "123456789012", "us-gov-west-1"),
        "severity": Severity.HIGH,
        "outcome": Outcome.FAIL,
        "open": True,
        "first_seen": SINCE - timedelta(days=10),
        "opened_at": SINCE,
        "last_seen": SINCE,
        "resolved_at": None,
        "opened": 2,
        "flaps": 2,
        "reason": "it was so",
    }
    return Tracked(**{**given, **changed})


def write(*findings: Tracked) -> None:
    database = Database("sqlite:///state.db")
    remember(FindingHistory(database), *findings, target=TARGET)
    database.close()


def failures(*arguments: str) -> dict[str, dict[str, Any]]:
    """What fails, by ARN."""
    done = command("check", "--format", "json", *arguments)
    assert done.stderr == ""
    return {each["resource"]: each for each in done.json["findings"] if each["outcome"] == "fail"}


def test_without_a_database_deadlines_count_from_now_and_none_is_made(estate: SimulatedEstate) -> None:
    found = failures("--check", "sns_topic_kms")[TOPIC]
    assert found["first_seen"] is None
    assert found["due"] > found["evaluated_at"]
    assert not Path("state.db").exists()


def test_deadlines_count_from_when_the_daemon_found_it(estate: SimulatedEstate) -> None:
    write(kept("sns_topic_kms", TOPIC))
    before = Path("state.db").read_bytes()
    found = failures("--check", "sns_topic_kms")[TOPIC]
    assert datetime.fromisoformat(found["first_seen"]) == SINCE - timedelta(days=10)
    assert datetime.fromisoformat(found["due"]) == SINCE + timedelta(days=30)
    row = command("check", "--check", "sns_topic_kms").text.splitlines()[1]
    assert f" {(SINCE + timedelta(days=30)).date()} " in row
    assert Path("state.db").read_bytes() == before
    assert sorted(each.name for each in Path().iterdir()) == ["ppbe-observe.yaml", "state.db"]


def test_what_the_daemon_has_seen_mended_is_found_now(estate: SimulatedEstate) -> None:
    write(kept("sns_topic_kms", TOPIC, open=False, outcome=Outcome.PASS, resolved_at=SINCE))
    found = failures("--check", "sns_topic_kms")[TOPIC]
    assert found["due"] > found["evaluated_at"]


@pytest.mark.parametrize("target", [(), ("--target", "us-gov-east-1")], ids=["all", "another region"])
def test_what_is_not_regional_is_known_wherever_it_is_looked_at(
    estate: SimulatedEstate, target: tuple[str, ...]
) -> None:
    write(kept("iam_user_console_mfa", USER))
    found = failures("--check", "iam_user_console_mfa", *target)[USER]
    assert datetime.fromisoformat(found["due"]) == SINCE + timedelta(days=30)


def test_a_daemon_that_writes_does_not_hold_it_up_for_long(estate: SimulatedEstate) -> None:
    write(kept("sns_topic_kms", TOPIC))
    writer = sqlite3.connect("state.db", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    done = command("check", "--format", "json", "--check", "sns_topic_kms")
    writer.execute("ROLLBACK")
    writer.close()
    assert done.code == 1
    assert "history unread state database sqlite:///" in done.stderr
    assert "database is locked" in done.stderr
    assert len(done.json["findings"]) > 1


def corrupt() -> str:
    Path("state.db").write_bytes(b"not a database at all" * 1000)
    return "file is not a database"


def newer() -> str:
    write(kept("sns_topic_kms", TOPIC))
    with sqlite3.connect("state.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    return "it is of a newer version (revision 9999"


def empty() -> str:
    Path("state.db").touch()
    return "nothing is kept in it"


@pytest.mark.parametrize("make", [corrupt, newer, empty])
def test_a_database_that_cannot_be_read_is_told_left_alone_and_no_end(estate: SimulatedEstate, make: Any) -> None:
    told = make()
    before = Path("state.db").read_bytes()
    done = command("check", "--format", "json", "--check", "sns_topic_kms")
    assert done.code == 1
    assert told in done.stderr
    assert done.stderr.rstrip().endswith("no deadline is known")
    found = done.json["findings"]
    assert any(each["outcome"] == "fail" for each in found)
    assert {each["due"] for each in found} == {None}, "nothing is invented"
    assert Path("state.db").read_bytes() == before
    assert sorted(each.name for each in Path().iterdir()) == ["ppbe-observe.yaml", "state.db"]
