"""``ppbe-observe alarms`` on the simulated estate: what differs is told, what is put is there, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.commands import command
from support.project import PROJECT
from support.simulated import client, simulated_estate

WEST = {"account_id": "123456789012", "regions": ["us-gov-west-1"]}
BOTH = {"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]}
STAGING = "ppbe-staging-db-cpu"
RECOVERY = ["ppbe-recovery-api-error-rate", "ppbe-recovery-db-cpu"]


@pytest.fixture(scope="module")
def built() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture
def estate(built: SimulatedEstate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedEstate]:
    """The estate, and a directory with settings for one region; alarms are afterwards as they were."""
    monkeypatch.chdir(tmp_path)
    for name, value in built.environ.items():
        monkeypatch.setenv(name, value)
    write(WEST)
    before = described(built, STAGING)
    yield built
    built.faults.clear()
    put(built, **before)
    client(built, "cloudwatch").delete_alarms(AlarmNames=["ppbe-gone-db-cpu"])
    client(built, "cloudwatch", "us-gov-east-1").delete_alarms(AlarmNames=RECOVERY)


def write(*targets: dict[str, Any], **given: Any) -> None:
    usual = {"targets": [dict(each) for each in targets], "aws": {"max_attempts": 1}}
    Path("ppbe-observe.yaml").write_text(yaml.safe_dump({**usual, **given}), encoding="utf-8")


WRITTEN = frozenset(
    {
        "AlarmName",
        "Namespace",
        "MetricName",
        "Statistic",
        "Dimensions",
        "Period",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "Threshold",
        "ComparisonOperator",
        "TreatMissingData",
        "AlarmActions",
        "OKActions",
    }
)


def described(estate: SimulatedEstate, name: str, region: str = "us-gov-west-1") -> dict[str, Any]:
    (found,) = client(estate, "cloudwatch", region).describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {member: found[member] for member in WRITTEN}


def put(estate: SimulatedEstate, **arguments: Any) -> None:
    client(estate, "cloudwatch").put_metric_alarm(**arguments)


def standings(found: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["standing"] for each in found["alarms"]}


def test_the_estate_is_as_declared(estate: SimulatedEstate) -> None:
    done = command("alarms", "diff")
    assert (done.code, done.text, done.stderr) == (0, "6 of 6 alarms are as declared\n", "")
    shown = command("alarms", "diff", "--all").text
    assert shown.count("as declared") == 7
    write(WEST, alarms={"enabled": False})  # the daemon does not evaluate them: they are compared all the same
    assert command("alarms", "diff").code == 0


def test_drift_is_told_member_by_member(estate: SimulatedEstate) -> None:
    put(estate, **{**described(estate, STAGING), "Threshold": 95.0, "TreatMissingData": "missing"})
    put(estate, **{**described(estate, STAGING), "AlarmName": "ppbe-gone-db-cpu"})
    done = command("alarms", "diff")
    assert done.code == 1
    assert "Threshold: 95 -> 80" in done.text
    assert "TreatMissingData: missing -> notBreaching" in done.text
    assert "left over" in done.text
    assert done.text.endswith("5 of 7 alarms are as declared\n")
    found = command("alarms", "diff", "--format", "json").json
    assert standings(found)["ppbe-gone-db-cpu"] == "left over"
    (drifted,) = [each for each in found["alarms"] if each["name"] == STAGING]
    assert drifted["differences"][0] == {"member": "Threshold", "found": 95.0, "wanted": 80.0}


def test_a_difference_is_in_colour_on_a_terminal(estate: SimulatedEstate, monkeypatch: pytest.MonkeyPatch) -> None:
    put(estate, **{**described(estate, STAGING), "Threshold": 95.0})
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m95\x1b[0m" in command("alarms", "diff").text


def test_what_could_not_be_seen_is_unknown_not_absent(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault("cloudwatch:DescribeAlarms", Effect.DENIED))
    done = command("alarms", "diff")
    assert (done.code, done.text) == (2, "0 of 0 alarms are as declared\n")
    assert "incomplete 123456789012/us-gov-west-1: cloudwatch:DescribeAlarms: denied" in done.stderr
    assert command("alarms", "apply", "--yes").code == 2
    estate.faults.clear()
    estate.faults.add(Fault("rds:DescribeDBInstances", Effect.DENIED))
    found = command("alarms", "diff", "--format", "json")
    assert found.code == 2
    assert set(standings(found.json).values()) == {"same"}
    assert [each["target"] for each in found.json["failures"]] == ["123456789012/us-gov-west-1"]


def test_drift_goes_before_what_could_not_be_seen(estate: SimulatedEstate) -> None:
    put(estate, **{**described(estate, STAGING), "Threshold": 95.0})
    estate.faults.add(Fault("ecs:ListClusters", Effect.DENIED))
    assert command("alarms", "diff").code == 1


def test_nothing_is_written_unless_it_is_asked_for(estate: SimulatedEstate) -> None:
    write(BOTH)
    estate.requests.clear()
    done = command("alarms", "apply")
    assert done.code == 1
    assert done.text.endswith("6 of 8 alarms are as declared\nnothing was written; --yes writes 2\n")
    assert all(name in done.text for name in RECOVERY)
    assert "cloudwatch:PutMetricAlarm" not in estate.requests.by_call()


def test_what_is_put_is_there_and_only_that(estate: SimulatedEstate) -> None:
    write(BOTH)
    before = described(estate, STAGING)
    put(estate, **{**before, "Threshold": 95.0})
    estate.requests.clear()
    done = command("alarms", "apply", "--yes")
    assert (done.code, done.stderr) == (0, "")
    assert [line for line in done.text.splitlines() if line.endswith(": written")] == [
        f"{STAGING} 123456789012/us-gov-west-1: written",
        *(f"{name} 123456789012/us-gov-east-1: written" for name in RECOVERY),
    ]
    assert estate.requests.by_call()["cloudwatch:PutMetricAlarm"] == {"ok": 3}
    assert described(estate, STAGING) == before
    assert described(estate, RECOVERY[1], "us-gov-east-1")["AlarmActions"] == [
        "arn:aws-us-gov:sns:us-gov-east-1:123456789012:ppbe-recovery-alerts"
    ]
    assert command("alarms", "diff").code == 0
    assert command("alarms", "apply", "--yes").text == "8 of 8 alarms are as declared\n"


def test_a_refused_write_is_told_and_the_others_are_written(estate: SimulatedEstate) -> None:
    write(BOTH)
    estate.faults.add(Fault("cloudwatch:PutMetricAlarm", Effect.DENIED, times=1))
    done = command("alarms", "apply", "--yes")
    assert done.code == 1
    assert f"{RECOVERY[0]} 123456789012/us-gov-east-1: refused: cloudwatch:PutMetricAlarm: denied" in done.text
    assert f"{RECOVERY[1]} 123456789012/us-gov-east-1: written" in done.text


def test_rendering_asks_neither_aws_nor_for_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    golden = PROJECT / "tests" / "alerting" / "alarms" / "golden"
    done = command("alarms", "render")
    assert (done.code, done.text) == (0, (golden / "alarms.tf.json").read_text(encoding="utf-8"))
    assert command("alarms", "render", "--format", "cloudformation", "--output", "alarms.yaml").code == 0
    assert Path("alarms.yaml").read_text(encoding="utf-8") == (golden / "alarms.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["diff", "--target", "nowhere"], "--target nowhere: none of the settings' targets"),
        (["diff", "--definitions", "empty"], "no alarm is declared: put ALARMS into a file of alerts/"),
        (["render", "--definitions", "empty"], "no alarm is declared"),
        (["render", "--output", "none/x"], "--output none/x: there is no directory none"),
        (["render", "--format", "toml"], "'toml' is not one of"),
    ],
)
def test_wrong_usage(estate: SimulatedEstate, arguments: list[str], told: str) -> None:
    Path("empty/exporters").mkdir(parents=True)
    text = "from ppbe_observe.cloudwatch import Exporter\nEXPORTER = Exporter(namespace='X', metrics=())\n"
    Path("empty/exporters/x.py").write_text(text, encoding="utf-8")
    done = command("alarms", *arguments)
    assert done.code == 3
    assert told in done.stderr
