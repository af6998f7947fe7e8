"""A state database that cannot be written costs no metric: collecting goes on, and the reason is told."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.daemon import daemon, only, run, settings, until, value, values
from support.simulated import simulated_estate

COUNTER = "aws_sns_number_of_messages_published_total"
GAUGE = "aws_sns_number_of_messages_published_sum"
FAILURES = "ppbe_observe_collect_failures_total"
GIVEN = settings(exporters=only("sns", interval="4s"))


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


def test_a_full_disk_is_told_and_collecting_goes_on(estate: SimulatedEstate, tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: every write beyond it fails."""
    with daemon(tmp_path, GIVEN, estate.environ, piped=True) as running:
        before = running.until(lambda series: values(series, COUNTER) or None)
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
            other.execute("UPDATE counter_state SET payload = x''")  # SQLite writes nothing where nothing differs
        limits = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        running.until(lambda series: value(series, FAILURES, exporter="sns", reason="state"))
        series = running.series()
        assert value(series, "ppbe_observe_collect_success", exporter="sns") == 0.0
        assert len(values(series, COUNTER)) == len(before)
        assert len(values(series, GAUGE)) == len(before)
        assert values(series, "aws_sns_info")
        failed = running.events("collect.failed", exporter="sns")[-1]
        assert failed["reasons"] == ["state"]
        assert "set state.url" in failed["first"]
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, limits)
        running.until(lambda series: value(series, "ppbe_observe_collect_success", exporter="sns") == 1.0)
        assert running.end() == 0


def test_a_database_that_cannot_be_read_at_first_is_not_overwritten(estate: SimulatedEstate, tmp_path: Path) -> None:
    """While another process holds it, there are gauges and no counters; afterwards they go on, not from 0."""
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        before = running.until(lambda series: values(series, COUNTER) or None)
        assert running.end() == 0
    holder = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        series = running.until(lambda series: series if values(series, GAUGE) else None)
        assert values(series, COUNTER) == []
        assert values(series, FAILURES, exporter="sns", reason="state")
        holder.execute("ROLLBACK")
        holder.close()
        after = running.until(lambda series: values(series, COUNTER) or None)
        assert all(now >= then for now, then in zip(after, before, strict=True))


def test_a_database_that_becomes_corrupt_is_set_aside_and_told_and_collecting_goes_on(
    estate: SimulatedEstate, tmp_path: Path
) -> None:
    with daemon(tmp_path, GIVEN, estate.environ) as running:
        running.until(lambda series: values(series, COUNTER) or None)
        (tmp_path / "state.db").write_bytes(b"not a database at all" * 1000)
        (told,) = until(lambda: running.events("state.quarantined"))
        again = time.time()
        last = "ppbe_observe_collect_last_success_timestamp_seconds"
        running.until(lambda series: (value(series, last, exporter="sns") or 0) > again)
        assert running.events("collect.failed", exporter="sns") == []
        assert Path(told["moved_to"]).read_bytes() == b"not a database at all" * 1000
        assert running.end() == 0
    with closing(sqlite3.connect(tmp_path / "state.db")) as made:
        assert made.execute("SELECT count(*) FROM counter_state").fetchone() == (1,)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:////proc/nowhere/state.db", "set state.url to a place that may be written"),
        ("sqlite:////dev/null/state.db", "set state.url to a place that may be written"),
    ],
)
def test_a_place_that_cannot_be_written_stops_the_start(
    estate: SimulatedEstate, tmp_path: Path, url: str, told: str
) -> None:
    (tmp_path / "ppbe-observe.yaml").write_text(
        f"targets: [{{regions: [us-gov-west-1]}}]\nstate: {{url: '{url}'}}\nweb: {{listen: '127.0.0.1:0'}}\n"
    )
    done = run("run", cwd=tmp_path, environ=estate.environ)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
