"""From what happens in the estate to the page that arrives, and to the record: nothing between them is ours to fake.

A database, a control, the daemon itself, and the dead man's switch, each through the daemon, Prometheus with all rules,
Alertmanager with the estate's escalation, SNS and the queue behind it.
"""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from time import time
from typing import Any

import httpx
import orjson
import pytest

from ppbe_observe.demo.pages import Page
from ppbe_observe.simulate import SimulatedEstate
from support.commands import command
from support.controls import judging
from support.daemon import only, run, until
from support.paging import Scene, paging
from support.simulated import client, simulated_estate

DATABASE = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
BUCKET = "ppbe-production-logs"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
CHECK = "s3_public_access_block"
CPU_HIGH = "The CPU of a database is nearly used up"
HEARTBEAT = "ppbe-observe-heartbeat"
LONG_AGO = 1200.0  # seconds: the whole evaluation range of the alarm, 4 periods of 5 minutes

pytestmark = pytest.mark.timeout(300)  # everything starts, and a minute has to pass where nobody is told of an end


class Clock:
    """Now, or later."""

    ahead = 0.0

    def __call__(self) -> float:
        return time() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def estate(clock: Clock) -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False, clock=clock, alarm_interval=1.0) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Story:
    """What became of a database whose CPU is used up.

    Attributes:
        first: The page at l1.
        shown: The percentage that Prometheus had then.
        second: The page at l2.
        acknowledged: How Alertmanager saw each step after it was acknowledged.
        ends: What those who had been paged were told of the end.
        all: Every page until then.
    """

    first: Page
    shown: float
    second: Page
    acknowledged: dict[str, str]
    ends: tuple[Page, ...]
    all: tuple[Page, ...]


@pytest.fixture(scope="module")
def scene(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Alarms and one check, looked at each second."""
    given: dict[str, Any] = {
        "exporters": only("rds", interval="1h"),
        "alarms": {"enabled": True, "interval": "1s"},
        "controls": {"enabled": True, **judging(CHECK)},
    }
    with paging(estate, tmp_path_factory.mktemp("pages"), **given) as found:
        yield found


@pytest.fixture(scope="module")
def story(scene: Scene) -> Story:
    """Nobody reacts until the second step; then somebody does, and it ends."""
    scene.estate.incidents.start("db-cpu", ago=LONG_AGO)
    first = scene.page(CPU_HIGH, status="firing", receiver="on-call")
    newest = scene.prometheus.query(f'ppbe_alarm_newest_datapoint{{name="{DATABASE}"}}')
    second = scene.page(CPU_HIGH, status="firing", receiver="second-on-call")
    done = run("ack", "DbCpuHigh", "--comment", "on it", "--author", "m.sample", "--config", scene.settings)
    assert done.returncode == 0, done.stderr
    quiet = {"l1": "active", "l2": "active", "l3": "suppressed"}
    until(lambda: scene.levels("DbCpuHigh") == quiet, explain=lambda: str(scene.levels("DbCpuHigh")))
    scene.estate.incidents.stop("db-cpu", ago=LONG_AGO)
    ends = tuple(scene.page(CPU_HIGH, status="resolved", receiver=each) for each in ("on-call", "second-on-call"))
    return Story(first, float(newest[0]["value"][1]), second, quiet, ends, tuple(scene.pages))


def record(scene: Scene, alertname: str) -> dict[str, Any]:
    """The one record of an alert, by the command that shows it, when it has its end.

    That takes a minute where nobody is told of the end of a step, because it is silenced.
    """

    def ended() -> dict[str, Any] | None:
        done = command("incidents", "--format", "json", "--config", scene.settings)
        assert done.code == 0, done.stderr
        (found,) = [each for each in done.json["incidents"] if each["alert"] == alertname]
        return found if found["state"] == "resolved" else None

    return until(ended, 90.0, scene.daemon.explain)


def test_the_first_page_tells_resource_value_and_runbook(scene: Scene, story: Story) -> None:
    assert story.first.subject == f"[PAGE l1] {CPU_HIGH}: db:ppbe-production"
    found = re.match(rf"{DATABASE}: ([0-9.]+) % of its CPU", story.first.text)
    assert found is not None, story.first.text
    assert float(found[1]) == pytest.approx(story.shown, rel=0.05)
    assert story.shown > 80
    (runbook,) = re.findall(r"Runbook: (\S+)", story.first.text)
    assert runbook == f"{scene.daemon.url}/runbooks/DbCpuHigh"
    assert "How to mend" in httpx.get(runbook).raise_for_status().text


def test_unacknowledged_it_climbs_and_acknowledged_no_further(story: Story) -> None:
    assert story.second.subject == f"[PAGE l2] {CPU_HIGH}: db:ppbe-production"
    assert [each for each in story.all if each.receiver == "management"] == []


def test_whoever_was_paged_is_told_of_the_end(story: Story) -> None:
    assert [each.subject[:18] for each in story.ends] == ["[RESOLVED PAGE l1]", "[RESOLVED PAGE l2]"]
    assert all(each.text.startswith(f"Resolved: {DATABASE}") for each in story.ends)


def test_a_control_that_starts_to_fail_pages_and_ends_when_it_is_mended(scene: Scene) -> None:
    s3 = client(scene.estate, "s3")
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    bucket = f"arn:aws-us-gov:s3:::{BUCKET}"
    until(lambda: scene.prometheus.query(f'fedramp_finding{{resource="{bucket}",outcome="pass"}} == 1'))
    s3.delete_public_access_block(Bucket=BUCKET)
    try:
        page = scene.page("[PAGE l1]", bucket, status="firing", receiver="on-call")
    finally:
        s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=block)
    assert f"{bucket} fails {CHECK}" in page.text
    assert f"Runbook: {scene.daemon.url}/runbooks/AccountExposed" in page.text
    scene.page("[RESOLVED PAGE l1]", bucket, status="resolved", receiver="on-call")
    assert bucket in record(scene, "AccountExposed")["resource"]


def test_a_watchdog_that_goes_quiet_pages_from_cloudwatch(scene: Scene, clock: Clock) -> None:
    """Whichever of the three stops: here it is Alertmanager, which would have to tell."""
    cloudwatch = client(scene.estate, "cloudwatch")
    clock.ahead = 60.0  # alarms look at minutes that are over, and a heartbeat has just come
    until(lambda: _beats(cloudwatch, clock), 90.0, scene.daemon.explain)
    cloudwatch.put_metric_alarm(
        AlarmName=HEARTBEAT,
        Namespace="PPBE/Observe",
        MetricName="Heartbeat",
        Statistic="SampleCount",
        Period=60,
        EvaluationPeriods=5,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[TOPIC],
    )
    until(lambda: _state(cloudwatch) == "OK")
    assert not [each for each in scene.pages if HEARTBEAT in each.subject]
    scene.alertmanager.process.send_signal(signal.SIGSTOP)
    clock.ahead = 600.0
    try:
        page = scene.page(HEARTBEAT)
    finally:
        clock.ahead = 0.0
        cloudwatch.delete_alarms(AlarmNames=[HEARTBEAT])
        scene.alertmanager.process.send_signal(signal.SIGCONT)
    assert page.subject.startswith("ALARM: ")
    assert orjson.loads(page.text)["NewStateValue"] == "ALARM"


def test_the_record_of_the_database_is_complete(scene: Scene, story: Story) -> None:
    found = record(scene, "DbCpuHigh")
    assert found["resource"] == DATABASE
    assert {each["step"] for each in found["steps"]} == story.acknowledged.keys()
    (given,) = found["acknowledgements"]
    assert (given["author"], given["comment"]) == ("m.sample", "on it")
    assert found["fired_at"] < given["at"] < found["resolved_at"]


def test_a_daemon_that_is_killed_pages_and_knows_of_it_afterwards(scene: Scene) -> None:
    scene.daemon.end(signal.SIGKILL)
    page = scene.page("ppbe-observe is down", status="firing", receiver="on-call")
    assert f"Prometheus cannot scrape 127.0.0.1:{scene.daemon.port}" in page.text
    with scene.another_daemon():
        scene.page("ppbe-observe is down", status="resolved", receiver="on-call")
        assert record(scene, "ObserveDown")["steps"][0]["step"] == "l1"


def _beats(cloudwatch: Any, clock: Clock) -> list[Any]:
    """The heartbeats of minutes that are over, which is what an alarm looks at."""
    now = int(clock()) // 60 * 60
    found = cloudwatch.get_metric_statistics(
        Namespace="PPBE/Observe",
        MetricName="Heartbeat",
        StartTime=now - 300,
        EndTime=now,
        Period=60,
        Statistics=["SampleCount"],
    )
    return list(found["Datapoints"])


def _state(cloudwatch: Any) -> str:
    (found,) = cloudwatch.describe_alarms(AlarmNames=[HEARTBEAT])["MetricAlarms"]
    return str(found["StateValue"])
