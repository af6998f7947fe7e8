"""Every fault of AWS at once, each in a region of its own: one daemon survives all of them, and none shows up as 0.

Three pages are looked at: while the faults are there from the start (nothing was ever seen), after they have gone,
and while they are back (what was seen before is still young). The first runs all begin at once, and on a busy machine
some end by their deadline, whatever AWS says: reasons are those of the runs that follow.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import RunningDaemon, Series, daemon, settings, value, values
from support.project import PROJECT
from support.simulated import client, simulated_estate

HEALTHY = "us-gov-west-1"
READ = "cloudwatch:GetMetricData"
LEVEL, COUNTED, TOTAL = "aws_ppbe_probe_level_average", "aws_ppbe_probe_errors_sum", "aws_ppbe_probe_errors_total"
FAILURES, SUCCESS = "ppbe_observe_collect_failures_total", "ppbe_observe_collect_success"
ROLE = "arn:aws:iam::210987654321:role/ppbe-observe"
PROBE = """\
from datetime import timedelta
from ppbe_observe.cloudwatch import AVERAGE, SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="PPBE/Probe",
    metrics=(
        Metric("Level", AVERAGE, help="A level."),
        Metric("Errors", SUM, help="Errors, of which there are none.", nil_to_zero=True),
    ),
    period=timedelta(seconds=10),
    delay=timedelta(seconds=10),
    static=((("Source", "test"),),),
)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, where it strikes, and the reason that the metrics must give."""

    region: str
    effect: Effect
    reason: str
    operation: str = READ


CASES = (
    Case("us-east-1", Effect.DENIED, "denied"),
    Case("us-east-2", Effect.THROTTLED, "throttled"),
    Case("us-west-1", Effect.SERVER_ERROR, "server"),
    Case("us-west-2", Effect.UNAVAILABLE, "server", "*"),  # the region is down
    Case("eu-west-1", Effect.SKEWED, "skewed"),
    Case("eu-west-2", Effect.EXPIRED, "expired"),
    Case("eu-west-3", Effect.SLOW, "timeout"),
    Case("eu-north-1", Effect.HANG, "timeout"),
    Case("ca-central-1", Effect.MALFORMED, "malformed"),
    Case("sa-east-1", Effect.TRUNCATED, "malformed"),
    Case("ap-south-1", Effect.PARTIAL, "partial"),
    Case("ap-east-1", Effect.LOOP, "malformed"),
    Case("af-south-1", Effect.DENIED, "denied", "sts:AssumeRole"),  # the role is refused
)
OTHER_REASONS_OF = {"ap-northeast-1": Effect.INTERNAL_ERROR, "ap-northeast-2": Effect.FORBIDDEN}
"""Of these every second result fails inside a good answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The three pages, the one before the first, and the readiness of the first."""

    starting: Series
    broken: Series
    healed: Series
    broken_again: Series
    ready: tuple[int, dict[str, Any]]


def targets() -> list[dict[str, Any]]:
    """One for each case, and the healthy one."""
    regions = [*(case.region for case in CASES if case.region != "af-south-1"), *OTHER_REASONS_OF]
    return [
        {"account_id": "123456789012", "regions": [HEALTHY]},
        {"account_id": "123456789012", "regions": regions},
        {"regions": ["af-south-1"], "role": {"arn": ROLE}},
    ]


def publish(estate: SimulatedEstate) -> None:
    """The level is 42 everywhere, for the last ten minutes and the next three."""
    now = datetime.now(UTC).timestamp()
    data = [
        {
            "MetricName": "Level",
            "Dimensions": [{"Name": "Source", "Value": "test"}],
            "Timestamp": now + 10 * step,
            "Value": 42.0,
            "StorageResolution": 1,
        }
        for step in range(-60, 18)
    ]
    for target in targets():
        key = "AKIAIOSFODNN7EXAMPLE"
        for region in target["regions"]:
            if region == "af-south-1":
                answer = client(estate, "sts").assume_role(RoleArn=ROLE, RoleSessionName="publisher")
                assumed = answer["Credentials"]
                caller = client(
                    estate,
                    "cloudwatch",
                    region,
                    aws_access_key_id=assumed["AccessKeyId"],
                    aws_secret_access_key=assumed["SecretAccessKey"],
                    aws_session_token=assumed["SessionToken"],
                )
            else:
                caller = client(estate, "cloudwatch", region, aws_access_key_id=key)
            caller.put_metric_data(Namespace="PPBE/Probe", MetricData=data)


def strike(estate: SimulatedEstate) -> None:
    """Put every fault in force."""
    for case in CASES:
        estate.faults.add(Fault(case.operation, case.effect, region=case.region, seconds=3.0))
    for region, effect in OTHER_REASONS_OF.items():
        estate.faults.add(Fault(READ, effect, region=region))
    estate.faults.add(Fault("rds:DescribeDBInstances", Effect.DENIED, region=HEALTHY))


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture(scope="module")
def running(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """A daemon that meets all faults from its first call on."""
    home = tmp_path_factory.mktemp("faults")
    (home / "exporters").mkdir()
    (home / "exporters" / "probe.py").write_text(PROBE)
    for name in ("rds", "sns"):
        shutil.copy(PROJECT / "exporters" / f"{name}.py", home / "exporters")
    publish(estate)
    strike(estate)
    given = settings(
        definitions=str(home),
        targets=targets(),
        exporters={name: {"interval": "3s"} for name in ("probe", "rds", "sns")},
        aws={"read_timeout": "1s", "max_attempts": 2},
        schedule={"workers": 64, "deadline": "2s"},
    )
    with daemon(home, given, estate.environ) as started:
        yield started


@pytest.fixture(scope="module")
def seen(estate: SimulatedEstate, running: RunningDaemon) -> Seen:
    """Faults, no faults, faults again."""
    all_told = 3 * (len(CASES) + len(OTHER_REASONS_OF) + 1)
    starting = running.until(lambda series: series if len(values(series, SUCCESS)) == all_told else None)

    def named(series: Series) -> Series | None:
        return series if all(case.reason in risen(starting, series, case.region) for case in CASES) else None

    broken = running.until(named)
    ready = running.readiness()
    estate.faults.clear()
    healed = running.until(lambda series: series if set(values(series, SUCCESS)) == {1.0} else None)
    strike(estate)
    regions = {case.region for case in CASES} | OTHER_REASONS_OF.keys()

    def struck(series: Series) -> Series | None:
        down = all(
            value(series, SUCCESS, exporter="probe", region=region) == 0.0 for region in regions - {"af-south-1"}
        )
        return series if down else None

    # What was answered completely is asked again when the next minute has come: the daemon asks for nothing twice.
    broken_again = running.until(struck, within=90)
    return Seen(starting, broken, healed, broken_again, ready)


def risen(before: Series, after: Series, region: str) -> set[str]:
    """The reasons why the probe has failed there in the meantime."""
    wanted = {("exporter", "probe"), ("region", region)}
    return {
        dict(labels)["reason"]
        for (name, labels), count in after.items()
        if name == FAILURES and wanted <= labels and count > before.get((name, labels), 0.0)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.effect}-{case.operation}")
def test_the_fault_is_named_and_nothing_is_shown(seen: Seen, case: Case) -> None:
    assert value(seen.broken, SUCCESS, exporter="probe", region=case.region) == 0.0
    assert risen(seen.starting, seen.broken, case.region) == {case.reason}
    shown = [42.0] if case.effect in {Effect.PARTIAL, Effect.LOOP} else []  # what was read is true, if not whole
    assert values(seen.broken, LEVEL, region=case.region) == shown
    assert values(seen.broken, COUNTED, region=case.region) == []
    assert values(seen.broken, TOTAL, region=case.region) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.effect}-{case.operation}")
def test_it_is_over_when_it_is_over(seen: Seen, case: Case) -> None:
    assert value(seen.healed, LEVEL, region=case.region) == 42.0
    assert value(seen.healed, COUNTED, region=case.region) == 0.0
    assert value(seen.healed, TOTAL, region=case.region) == 0.0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.effect}-{case.operation}")
def test_what_was_seen_stays_while_it_is_young(seen: Seen, case: Case) -> None:
    assert value(seen.broken_again, LEVEL, region=case.region) == 42.0
    assert value(seen.broken_again, COUNTED, region=case.region) == 0.0


@pytest.mark.parametrize(("region", "reason"), [("ap-northeast-1", "server"), ("ap-northeast-2", "denied")])
def test_a_failed_result_inside_a_good_answer_fails_alone(seen: Seen, region: str, reason: str) -> None:
    assert value(seen.broken, FAILURES, exporter="probe", region=region, reason=reason) is not None
    assert values(seen.broken, LEVEL, region=region) == []
    assert value(seen.broken, COUNTED, region=region) == 0.0


def test_a_denied_describe_call_fails_that_exporter_on_that_target_alone(seen: Seen) -> None:
    assert value(seen.broken, SUCCESS, exporter="rds", region=HEALTHY) == 0.0
    assert value(seen.broken, FAILURES, exporter="rds", region=HEALTHY, reason="denied") is not None
    assert values(seen.broken, "aws_rds_info", region=HEALTHY) == []
    assert values(seen.broken, "aws_rds_cpuutilization_average", region=HEALTHY) == []
    for exporter in ("probe", "sns"):
        assert value(seen.broken, SUCCESS, exporter=exporter, region=HEALTHY) == 1.0
    assert value(seen.broken, SUCCESS, exporter="rds", region="us-east-1") == 1.0
    assert len(values(seen.healed, "aws_rds_info", region=HEALTHY)) >= 2


def test_readiness_names_what_fails_and_why(seen: Seen) -> None:
    status, body = seen.ready
    assert status == 503
    checks = {(each["exporter"], each["region"]): each for each in body["checks"]}
    assert checks["rds", HEALTHY]["reason"].startswith("rds:DescribeDBInstances: denied: ")
    assert not checks["rds", HEALTHY]["ready"]
    assert checks["probe", HEALTHY]["ready"]
    assert checks["sns", HEALTHY]["ready"]
    for case in CASES:
        assert f": {case.reason}: " in checks["probe", case.region]["reason"]


def test_no_fault_stalls_another_target(seen: Seen) -> None:
    """The healthy target succeeds all the while, and no run outlives its deadline of two seconds by much."""
    for series in (seen.broken, seen.healed, seen.broken_again):
        assert value(series, LEVEL, region=HEALTHY) == 42.0
        assert value(series, SUCCESS, exporter="probe", region=HEALTHY) == 1.0
        rendered = series["ppbe_observe_render_timestamp_seconds", frozenset()]
        last = value(series, "ppbe_observe_collect_last_success_timestamp_seconds", exporter="probe", region=HEALTHY)
        assert last is not None
        assert rendered - last < 9
        assert max(values(series, "ppbe_observe_collect_duration_seconds")) < 3.5
    assert values(seen.broken_again, "ppbe_observe_job_runs_total", outcome="skipped") == []


def test_the_daemon_logs_each_failure_once_a_run_and_breaks_nowhere(running: RunningDaemon, seen: Seen) -> None:
    failed = running.events("collect.failed", exporter="rds", target=f"123456789012/{HEALTHY}")
    assert failed
    assert failed[0]["reasons"] == ["denied"]
    assert running.events("collect.broken") == []
    assert [line for line in running.log if line["level"] in {"error", "critical"}] == []
    assert [line for line in running.log if "pool is full" in line["event"]] == []


def test_values_are_never_zero_where_nothing_was_read(seen: Seen) -> None:
    for series in (seen.broken, seen.healed, seen.broken_again):
        assert set(values(series, LEVEL)) == {42.0}
