"""When a finding was opened is known for good: over restarts, kills, a second daemon and a database that fails."""

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.estate.places import PRODUCTION
from support.controls import judging, outcomes, state_of
from support.daemon import RunningDaemon, daemon, only, settings, until, value, values
from support.simulated import client, simulated_estate

KMS = "sns_topic_kms"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:remembered"
OPENED = "fedramp_finding_opened_timestamp_seconds"
EVALUATED = "fedramp_evaluation_timestamp_seconds"
FAILURES = "ppbe_observe_collect_failures_total"
GIVEN = settings(exporters=only("sns", interval="1h"), controls={"enabled": True, **judging(KMS)})


@pytest.fixture
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        sns = client(running, "sns")
        sns.create_topic(Name="remembered")
        yield running
        sns.delete_topic(TopicArn=TOPIC)


def opened_at(running: RunningDaemon) -> float:
    return running.until(lambda series: value(series, OPENED, check=KMS, resource=TOPIC))


def judged_again(running: RunningDaemon) -> None:
    at = values(running.series(), EVALUATED)
    running.until(lambda series: values(series, EVALUATED) > at)


def told(running: RunningDaemon, event: str) -> list[dict[str, Any]]:
    return running.events(event, check=KMS, resource=TOPIC)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_daemon_that_comes_back_goes_on_where_it_was(
    estate: SimulatedEstate, tmp_path: Path, number: signal.Signals
) -> None:
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        first = opened_at(running)
        running.end(number)
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        assert opened_at(running) == first
        judged_again(running)
        assert opened_at(running) == first
        assert len(told(running, "finding.opened")) == 1, "the log is that of both"


def test_what_was_mended_while_no_daemon_ran_is_resolved(estate: SimulatedEstate, tmp_path: Path) -> None:
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        opened_at(running)
        running.end(signal.SIGKILL)
    key = client(estate, "kms").describe_key(KeyId=PRODUCTION.key_alias)["KeyMetadata"]["Arn"]
    client(estate, "sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue=key)
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        (resolved,) = until(lambda: told(running, "finding.resolved"), explain=running.explain)
        assert resolved["first_seen"] == told(running, "finding.opened")[0]["first_seen"]
        running.until(lambda series: outcomes(series).get((KMS, TOPIC)) == "pass")


def test_two_daemons_on_one_database_open_a_finding_once(estate: SimulatedEstate, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    shared = {"state": {"url": f"sqlite:///{tmp_path}/state.db"}}
    with (
        daemon(tmp_path, {**GIVEN, **shared}, estate.environ) as one,
        daemon(tmp_path / "other", {**GIVEN, **shared}, estate.environ) as other,
    ):
        assert opened_at(one) == opened_at(other)
        for each in (one, other):
            judged_again(each)
            judged_again(each)
        assert len(told(one, "finding.opened")) + len(told(other, "finding.opened")) == 1
        assert opened_at(one) == opened_at(other)


def test_a_full_disk_hides_no_finding(estate: SimulatedEstate, tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: every write beyond it fails."""
    with daemon(tmp_path, GIVEN, estate.environ, piped=True) as running:
        first = opened_at(running)
        limits = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        running.until(lambda series: value(series, FAILURES, exporter="controls", reason="state"))
        judged_again(running)
        series = running.series()
        assert outcomes(series)[KMS, TOPIC] == "fail"
        assert state_of(series, "control", "sc-28") == "fail"
        assert opened_at(running) == first
        failed = running.events("collect.failed", exporter="controls")[-1]
        assert "set state.url" in failed["first"]
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, limits)
        running.until(lambda series: value(series, "ppbe_observe_collect_success", exporter="controls") == 1.0)
        assert opened_at(running) == first
        assert running.end() == 0


def test_a_database_that_is_held_by_another_hides_no_finding(estate: SimulatedEstate, tmp_path: Path) -> None:
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        opened_at(running)
        running.end()
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with daemon(tmp_path, GIVEN, estate.environ) as running:
            running.until(lambda series: outcomes(series).get((KMS, TOPIC)) == "fail")
            series = running.series()
            assert values(series, OPENED) == [], "nothing is known of when, and nothing is invented"
            assert values(series, FAILURES, exporter="controls", reason="state")
            overview = running.client.get(f"{running.url}/api/v1/overview", timeout=30).json()
            assert (overview["controls"]["undated"] > 0, overview["controls"]["next_due"]) == (True, [])
            holder.execute("ROLLBACK")
            assert opened_at(running)
            assert len(told(running, "finding.opened")) == 1, "by the first daemon"


def test_a_database_that_becomes_corrupt_is_set_aside_and_loses_no_deadline(
    estate: SimulatedEstate, tmp_path: Path
) -> None:
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        first = opened_at(running)
        (tmp_path / "state.db").write_bytes(b"not a database at all" * 1000)
        running.until(lambda series: value(series, "ppbe_observe_state_quarantined_files") == 1.0)
        judged_again(running)
        assert opened_at(running) == first
        assert len(told(running, "finding.opened")) == 1
        assert len(running.events("state.quarantined")) == 1
