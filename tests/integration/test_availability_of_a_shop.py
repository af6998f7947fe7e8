"""A real Prometheus has recorded three days; the daemon makes a record of them that outlives both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from support.daemon import RunningDaemon, daemon, only, run, settings, until, value
from support.processes import Peer, free_port, prometheus, promtool
from support.simulated import simulated_estate

TODAY = datetime.now(UTC).date()
QUIET, BAD, DARK = (TODAY - timedelta(days=ago) for ago in (3, 2, 1))
"""A day that met the objective; one with an outage, counted as a whole; one with a gap, and nothing at its end."""
EARLY = 10
"""Seconds before the end of a minute at which its rules were evaluated."""
LABELS = '{slo="shop-availability",service="shop",environment="production"}'


@dataclass(frozen=True, slots=True)
class Scene:
    """A daemon, and the Prometheus that it asks."""

    daemon: RunningDaemon
    peer: Peer

    def record(self, **query: str) -> dict[str, Any]:
        found: dict[str, Any] = self.daemon.client.get(f"{self.daemon.url}/availability.json", params=query).json()
        return found

    def days(self) -> dict[date, dict[str, Any]]:
        return days_of(self.record())


def days_of(record: dict[str, Any]) -> dict[date, dict[str, Any]]:
    (objective,) = record["objectives"]
    return {date.fromisoformat(each["day"]): each for each in objective["days"]}


def minutes_of(day: date) -> Iterator[tuple[int, float, float]]:
    """The end of each minute of which something was recorded, and the events and bad ones of the five before."""
    for minute in range(1, 1441):
        if day == BAD and 600 < minute <= 610:
            yield minute, 50.0, 40.0
        elif not (day == DARK and 360 < minute <= 540):
            yield minute, 50.0, 0.0


def backfill(home: Path) -> None:
    lines = {name: [f"# TYPE {name} gauge"] for name in ("slo:sli_total:increase5m", "slo:sli_bad:increase5m")}
    lines["slo:objective:ratio"] = ["# TYPE slo:objective:ratio gauge"]
    for day in (QUIET, BAD, DARK):
        midnight = int(datetime.combine(day, time(), UTC).timestamp())
        for minute, events, bad in minutes_of(day):
            at = midnight + 60 * minute - EARLY
            lines["slo:sli_total:increase5m"].append(f"slo:sli_total:increase5m{LABELS} {events} {at}")
            lines["slo:sli_bad:increase5m"].append(f"slo:sli_bad:increase5m{LABELS} {bad} {at}")
            lines["slo:objective:ratio"].append(
                f'slo:objective:ratio{{slo="shop-availability",service="shop"}} 0.999 {at}'
            )
    for kind, counts in {"total": (14_400, 14_400), "bad": (0, 82)}.items():
        lines[kind] = [f"# TYPE slo:sli_{kind}:increase1d gauge"]
        for day, count in zip((QUIET, BAD), counts, strict=True):
            at = int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) - EARLY
            lines[kind].append(f"slo:sli_{kind}:increase1d{LABELS} {count} {at}")
    page = home / "openmetrics.txt"
    page.write_text("\n".join(line for each in lines.values() for line in each) + "\n# EOF\n")
    done = promtool("tsdb", "create-blocks-from", "openmetrics", "--quiet", page, home / "prometheus")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("availability")
    backfill(home)
    (home / "prometheus.yml").write_text("{}")
    with prometheus(home / "prometheus.yml", home) as peer, simulated_estate(late=False) as estate:
        given = settings(exporters=only(), prometheus={"url": peer.url, "timeout": "5s"})
        with daemon(home, given, estate.environ) as running:
            running.until(lambda series: value(series, "ppbe_observe_availability_recorded_timestamp_seconds"))
            yield Scene(running, peer)


def test_a_day_is_what_was_counted_at_its_end(scene: Scene) -> None:
    found = scene.days()
    assert (found[QUIET]["state"], found[QUIET]["availability"]) == ("met", 1.0)
    assert (found[QUIET]["events"], found[QUIET]["unknown_minutes"], found[QUIET]["outage_minutes"]) == (14_400, 0, 0)
    assert (found[BAD]["state"], found[BAD]["bad"]) == ("missed", 82)
    assert found[BAD]["outage_minutes"] == 10


def test_an_outage_has_a_beginning_and_an_end(scene: Scene) -> None:
    (objective,) = scene.record()["objectives"]
    assert objective["outages"] == [
        {"begin": f"{BAD}T10:00:00Z", "end": f"{BAD}T10:10:00Z", "minutes": 10, "ongoing": False}
    ]


def test_a_gap_is_unknown_beyond_the_five_minutes_that_prometheus_looks_back(scene: Scene) -> None:
    dark = scene.days()[DARK]
    assert dark["unknown_minutes"] == 180 - 4
    # At the end of each fifth minute, 176 of them were dark; those at 361 to 364 show what 360 did.
    assert (dark["events"], dark["bad"], dark["state"]) == ((288 - 36) * 50, 0, "met")


def test_days_before_and_today_are_unknown_not_good(scene: Scene) -> None:
    record = scene.record()
    found = days_of(record)
    assert {each["state"] for day, each in found.items() if day not in {QUIET, BAD, DARK}} == {"unknown"}
    assert record["since"] == str(QUIET)
    (objective,) = record["objectives"]
    assert [each["state"] for each in objective["summaries"]] == ["missed", "missed", "missed"]
    assert objective["summaries"][0]["known_days"] == 3


def test_the_command_tells_the_same_as_the_daemon(scene: Scene) -> None:
    done = run("availability", "--format", "json", "--config", str(scene.daemon.home / "ppbe-observe.yaml"))
    assert done.returncode == 1, done.stderr
    told, served = orjson.loads(done.stdout), scene.record()
    for each in (told, served):
        for moving in ("generated_at", "asked_at"):
            each.pop(moving)
        each["objectives"][0]["days"].pop()  # minutes have passed
    assert told == served


def test_the_record_outlives_prometheus_and_the_daemon(tmp_path: Path, scene: Scene) -> None:
    before = scene.record()["objectives"][0]["days"][:-1]
    (tmp_path / "state.db").write_bytes((scene.daemon.home / "state.db").read_bytes())
    nobody = f"http://127.0.0.1:{free_port()}"
    given = settings(exporters=only(), prometheus={"url": nobody, "timeout": "1s"})
    with daemon(tmp_path, given, {}) as running:
        later = Scene(running, scene.peer)
        until(lambda: "does not answer" in later.record()["problem"], explain=running.explain)
        assert later.record()["objectives"][0]["days"][:-1] == before
        (failed,) = running.events("collect.failed", exporter="availability")[:1]
        assert failed["reasons"] == ["unreachable"]


def test_without_the_setting_the_record_says_why_it_is_empty(tmp_path: Path) -> None:
    with daemon(tmp_path, settings(exporters=only()), {}) as running:
        found = running.client.get(f"{running.url}/availability.json").json()
    assert (found["objectives"], found["problem"]) == ([], "prometheus.url is not set, so that nothing is recorded")
