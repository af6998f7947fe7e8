"""All checks on the simulated estate, judged by one daemon: what Prometheus is given, and what is traced."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.checks import CHECKS
from support.controls import STATES, outcomes, state_of
from support.daemon import RunningDaemon, Series, daemon, only, parse, settings, until, value, values
from support.otlp import Receiver, receiver
from support.processes import prometheus, promtool
from support.simulated import remembering_estate

REGIONS = ("us-gov-west-1", "us-gov-east-1")
GIVEN = settings(
    targets=[{"account_id": "123456789012", "regions": list(REGIONS)}],
    exporters=only("sns", interval="30s"),
    controls={"enabled": True, "interval": "1h"},
)
SCRAPE = """\
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: ppbe-observe
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """The daemon, its page after the first evaluation of both regions, and when that was."""

    running: RunningDaemon
    page: str
    series: Series
    began: float
    ended: float
    traces: Receiver


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    began = time.time()
    with remembering_estate() as (estate, _), receiver() as traces:
        environ = {
            **estate.environ,
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with daemon(tmp_path_factory.mktemp("controls"), GIVEN, environ) as running:
            until(lambda: len(running.events("controls.evaluated")) == 2, 90, running.explain)
            running.until(lambda series: len(values(series, "fedramp_evaluation_timestamp_seconds")) == 2)
            running.until(lambda series: state_of(series, "control", "sc-28") == "fail")
            running.until_ready()
            page = running.page()
            yield Judged(running, page, parse(page), began, time.time(), traces)


def of(series: Series, name: str) -> list[dict[str, str]]:
    """The labels of every series of a name."""
    return [dict(labels) for family, labels in series if family == name]


def test_every_check_has_left_a_finding_in_each_region(judged: Judged) -> None:
    regional = {each.id for each in CHECKS if not each.on.startswith(("iam:", "aws:account"))}
    for region in REGIONS:
        checks = {check for check, _ in outcomes(judged.series, region=region)}
        assert checks >= regional | {"detection_operating"}


def test_what_is_not_regional_is_judged_once(judged: Judged) -> None:
    users = [each for each in of(judged.series, "fedramp_finding") if ":user/" in each["resource"]]
    assert {each["region"] for each in users} == {"us-gov-west-1"}
    assert len({(each["check"], each["resource"]) for each in users}) == len(users) > 0


def test_the_counts_are_those_of_the_findings(judged: Judged) -> None:
    kept = ("check", "outcome", "severity", "account_id", "region")
    counted = Counter(tuple(each[name] for name in kept) for each in of(judged.series, "fedramp_finding"))
    told = {
        tuple(dict(labels)[name] for name in kept): number
        for (family, labels), number in judged.series.items()
        if family == "fedramp_findings"
    }
    assert told == dict(counted)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("control", [each.id for each in catalog().of(Baseline.CLASS_C)]),
        ("indicator", list(catalog().indicators)),
        ("family", list(catalog().families(Baseline.CLASS_C))),
    ],
)
def test_each_is_in_exactly_one_state(judged: Judged, kind: str, names: list[str]) -> None:
    found = of(judged.series, f"fedramp_{kind}_state")
    assert {each[kind] for each in found} == set(names)
    assert len(found) == len(names) * len(STATES)
    assert all(state_of(judged.series, kind, each) in STATES for each in names)


def test_the_baseline_adds_up(judged: Judged) -> None:
    assert sum(values(judged.series, "fedramp_baseline_controls", baseline="class-c")) == 322
    states = Counter(state_of(judged.series, "control", each.id) for each in catalog().of(Baseline.CLASS_C))
    for state in STATES:
        assert value(judged.series, "fedramp_baseline_controls", state=state) == states[state]
    automated = 322 - states["not_automated"]
    assert value(judged.series, "fedramp_baseline_automated_ratio") == pytest.approx(automated / 322)


def test_a_control_is_as_its_worst_finding(judged: Judged) -> None:
    found: dict[str, set[str]] = {}
    for (check, _), outcome in outcomes(judged.series, region="us-gov-west-1").items():
        found.setdefault(check, set()).add(outcome)
    for (check, _), outcome in outcomes(judged.series, region="us-gov-east-1").items():
        found.setdefault(check, set()).add(outcome)
    speaking = {"detection_operating": ("ca-7", "ra-5", "si-4"), **{each.id: each.controls for each in CHECKS}}
    for control in catalog().of(Baseline.CLASS_C):
        all_told = {each for check, names in speaking.items() if control.id in names for each in found[check]}
        worst = next((each for each in STATES if each in all_told), "not_automated")
        assert state_of(judged.series, "control", control.id) == worst, control.id


def test_failures_are_open_since_now_and_due_by_their_severity(judged: Judged) -> None:
    days = {"critical": 30, "high": 30, "medium": 90, "low": 180}
    failing = [each for each in of(judged.series, "fedramp_finding") if each["outcome"] == "fail"]
    assert failing
    for each in failing:
        where = {name: each[name] for name in ("check", "resource", "region")}
        opened = value(judged.series, "fedramp_finding_opened_timestamp_seconds", **where)
        assert opened is not None
        assert judged.began < opened < judged.ended
        due = value(judged.series, "fedramp_finding_due_timestamp_seconds", **where)
        assert due == pytest.approx(opened + days[each["severity"]] * 86_400)
        accept = value(judged.series, "fedramp_finding_accept_by_timestamp_seconds", **where)
        assert accept == pytest.approx(opened + 192 * 86_400)
    assert len(of(judged.series, "fedramp_finding_opened_timestamp_seconds")) == len(failing)


def test_when_it_was_judged_and_how_long_it_took(judged: Judged) -> None:
    for region in REGIONS:
        at = value(judged.series, "fedramp_evaluation_timestamp_seconds", region=region)
        assert at is not None
        assert judged.began < at < judged.ended
        seconds = value(judged.series, "fedramp_evaluation_duration_seconds", region=region)
        assert seconds is not None
        assert 0.0 < seconds < 60.0
        unknown = {check for (check, _), each in outcomes(judged.series, region=region).items() if each == "unknown"}
        checks = {check for check, _ in outcomes(judged.series, region=region)}
        verified = {
            each["check"]: value(judged.series, "fedramp_check_verified_timestamp_seconds", **each)
            for each in of(judged.series, "fedramp_check_verified_timestamp_seconds")
            if each["region"] == region
        }
        assert set(verified) == checks - unknown
        assert [each for each in verified.values() if each != pytest.approx(at, abs=0.001)] == []


def test_promtool_finds_no_fault_with_our_own_names(judged: Judged) -> None:
    ours = "".join(
        line
        for line in judged.page.splitlines(keepends=True)
        if line.removeprefix("# HELP ").removeprefix("# TYPE ").startswith(("fedramp_", "ppbe_observe_"))
    )
    done = promtool("check", "metrics", stdin=ours)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_prometheus_takes_the_page(judged: Judged, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("prometheus")
    (home / "prometheus.yml").write_text(SCRAPE.format(port=judged.running.port))
    with prometheus(home / "prometheus.yml", home) as peer:
        until(lambda: peer.query("fedramp_control_state"))
        assert peer.query("count(fedramp_control_state == 1)")[0]["value"][1] == "322"
        assert peer.query("sum(fedramp_baseline_controls)")[0]["value"][1] == "322"
        overdue = peer.query("fedramp_finding_due_timestamp_seconds < time()")
        assert overdue == []
        fresh = peer.query("time() - max by (region) (fedramp_evaluation_timestamp_seconds) < 600")
        assert {each["metric"]["region"] for each in fresh} == set(REGIONS)
        targets = peer.get("/api/v1/targets").json()["data"]["activeTargets"]
        assert [(each["health"], each["lastError"]) for each in targets] == [("up", "")]


def test_the_daemon_is_ready_whatever_aws_does_not_offer(judged: Judged) -> None:
    """What AWS does not show is a finding: a region that lacks a service must not fail the probe for ever."""
    checks = judged.running.readiness()[1]["checks"]
    assert [each["ready"] for each in checks if each["exporter"] == "controls"] == [True, True]


def test_each_failure_is_told_once_in_the_log_and_in_the_trace(judged: Judged) -> None:
    opened = judged.running.events("finding.opened")
    failing = {(check, resource) for (check, resource), outcome in outcomes(judged.series).items() if outcome == "fail"}
    assert {(each["check"], each["resource"]) for each in opened} == failing
    assert len(opened) == len(of(judged.series, "fedramp_finding_opened_timestamp_seconds"))
    for each in opened:
        assert each["level"] == "warning"
        assert each["exporter"] == "controls"
        assert each["target"].startswith("123456789012/us-gov-")
        assert each["outcome"] == "fail"
        assert each["reason"]
    until(lambda: len(_events(judged.traces, "finding.opened")) == len(opened))
    told = _events(judged.traces, "finding.opened")
    assert {(each["check"], each["resource"]) for each in told} == failing
    (evaluated, _) = judged.running.events("controls.evaluated")
    assert evaluated["trace_id"] in {each["trace_id"] for each in opened}


def _events(traces: Receiver, name: str) -> list[dict[str, Any]]:
    return [
        {each.key: each.value.string_value for each in event.attributes}
        for _, request in list(traces.requests)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
        for event in span.events
        if event.name == name
    ]
