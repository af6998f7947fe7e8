"""What becomes of findings while the daemon runs: mended, back again, unseen, accepted; and what a reload does."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.estate.places import PRODUCTION
from ppbe_observe.simulate.faults import Effect, Fault
from support.controls import judging, outcomes, state_of
from support.daemon import MAIN_TARGET, RunningDaemon, Series, daemon, only, settings, value, values
from support.simulated import client, simulated_estate

KMS, PUBLIC = "sns_topic_kms", "sns_topic_not_public"
CHECKS = (KMS, PUBLIC)
DETECTION = "detection_operating"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:transitions"
OPENED = "fedramp_finding_opened_timestamp_seconds"
DUE = "fedramp_finding_due_timestamp_seconds"
ACCEPT = "fedramp_finding_accept_by_timestamp_seconds"
EVALUATED = "fedramp_evaluation_timestamp_seconds"
VERIFIED = "fedramp_check_verified_timestamp_seconds"
FAILURES = "ppbe_observe_collect_failures_total"
DENIED = Fault("sns:GetTopicAttributes", Effect.DENIED)
EXEMPT = {"check": KMS, "resource": TOPIC, "reason": "no secrets there", "owner": "isso@agency.gov"}


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        sns = client(running, "sns")
        sns.create_topic(Name="transitions")
        yield running
        sns.delete_topic(TopicArn=TOPIC)


@pytest.fixture(scope="module")
def shared(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """One daemon for all tests, which judges two checks on topics every second."""
    home = tmp_path_factory.mktemp("transitions")
    with daemon(home, given(), estate.environ) as started:
        yield started


@pytest.fixture
def running(estate: SimulatedEstate, shared: RunningDaemon) -> Iterator[RunningDaemon]:
    """The daemon with its usual settings in force, the topic found wanting, and everything seen."""

    def usual(series: Series) -> bool:
        unseen = [key for key, outcome in outcomes(series).items() if key[0] == DETECTION and outcome == "fail"]
        return of_topic(series) == "fail" and state_of(series, "control", "sc-28") == "fail" and not unseen

    encrypt(estate, "")
    assert shared.apply(given()).status_code == 200
    shared.until(usual)
    yield shared
    estate.faults.clear()


def given(**controls: Any) -> dict[str, Any]:
    targets = controls.pop("targets", [dict(MAIN_TARGET)])
    return settings(
        targets=targets,
        exporters=only("sns", interval="1h"),
        controls={"enabled": True, **judging(*CHECKS, **controls)},
        aws={"max_attempts": 1},
    )


def encrypt(estate: SimulatedEstate, key: str) -> None:
    client(estate, "sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue=key)


def customer_key(estate: SimulatedEstate) -> str:
    return str(client(estate, "kms").describe_key(KeyId=PRODUCTION.key_alias)["KeyMetadata"]["Arn"])


def of_topic(series: Series, check: str = KMS) -> str | None:
    return outcomes(series).get((check, TOPIC))


def told(running: RunningDaemon, event: str, since: int, **fields: object) -> list[dict[str, Any]]:
    """The events about the topic since a line of the log."""
    return [
        each
        for each in running.log[since:]
        if each["event"] == event and {"check": KMS, "resource": TOPIC, **fields}.items() <= each.items()
    ]


def opened_at(running: RunningDaemon) -> float:
    return present(value(running.series(), OPENED, check=KMS, resource=TOPIC))


def present(number: float | None) -> float:
    assert number is not None
    return number


def test_what_is_mended_is_resolved_and_what_comes_back_is_opened_anew(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    before, first = len(running.log), opened_at(running)
    encrypt(estate, customer_key(estate))
    running.until(lambda series: of_topic(series) == "pass")
    running.until(lambda series: not values(series, OPENED, check=KMS, resource=TOPIC))
    (resolved,) = told(running, "finding.resolved", before)
    assert (resolved["level"], resolved["outcome"]) == ("info", "pass")
    encrypt(estate, "")
    running.until(lambda series: of_topic(series) == "fail")
    (again,) = told(running, "finding.reopened", before)
    assert again["first_seen"] == resolved["first_seen"]
    now = running.until(lambda series: value(series, OPENED, check=KMS, resource=TOPIC))
    assert now > first
    assert told(running, "finding.opened", before) == []


def test_what_is_gone_is_resolved(estate: SimulatedEstate, running: RunningDaemon) -> None:
    sns, before = client(estate, "sns"), len(running.log)
    sns.delete_topic(TopicArn=TOPIC)
    try:
        running.until(lambda series: of_topic(series) is None)
        (resolved,) = told(running, "finding.resolved", before)
        assert (resolved["outcome"], resolved["reason"]) == ("not_applicable", "it is no longer there")
    finally:
        sns.create_topic(Name="transitions")


def test_a_denied_call_leaves_findings_open_and_is_a_finding_itself(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    before, first = len(running.log), opened_at(running)
    estate.faults.add(DENIED)
    series = running.until(lambda series: series if of_topic(series) == "unknown" else None)
    assert outcomes(series)[DETECTION, "arn:aws-us-gov:sns:us-gov-west-1:123456789012:*"] == "fail"
    assert state_of(series, "control", "sc-28") == "unknown"
    assert state_of(series, "control", "ca-7") == "fail"
    assert value(series, OPENED, check=KMS, resource=TOPIC) == first
    assert value(series, DUE, check=KMS, resource=TOPIC) == pytest.approx(first + 30 * 86_400)
    (unseen,) = told(running, "finding.unseen", before)
    assert (unseen["level"], unseen["outcome"]) == ("warning", "unknown")
    assert told(running, "finding.resolved", before) == []
    (opened,) = [each for each in running.log[before:] if each["event"] == "finding.opened"]
    assert opened["check"] == DETECTION
    assert "sns:GetTopicAttributes (denied)" in opened["reason"]
    assert value(series, FAILURES, exporter="controls", reason="denied")
    running.until_ready("controls")
    verified = present(value(series, VERIFIED, check=KMS))
    running.until(lambda later: values(later, VERIFIED, check=DETECTION) > values(series, VERIFIED, check=DETECTION))
    assert value(running.series(), VERIFIED, check=KMS) == verified

    estate.faults.clear()
    series = running.until(lambda series: series if of_topic(series) == "fail" else None)
    assert value(series, OPENED, check=KMS, resource=TOPIC) == first
    assert present(value(series, VERIFIED, check=KMS)) > verified
    (resolved,) = [each for each in running.log[before:] if each["event"] == "finding.resolved"]
    assert resolved["check"] == DETECTION
    (seen,) = told(running, "finding.changed", before)
    assert seen["outcome"] == "fail"
    assert told(running, "finding.reopened", before) == []


def test_what_was_mended_while_nobody_could_see_is_resolved_afterwards(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    before = len(running.log)
    estate.faults.add(Fault("sns:ListTopics", Effect.DENIED))
    running.until(lambda series: of_topic(series) is None and values(series, OPENED, check=KMS, resource=TOPIC))
    encrypt(estate, customer_key(estate))
    estate.faults.clear()
    running.until(lambda series: of_topic(series) == "pass")
    assert len(told(running, "finding.unseen", before)) == 1
    assert len(told(running, "finding.resolved", before, outcome="pass")) == 1


def test_an_exemption_is_still_judged_and_has_no_deadline(estate: SimulatedEstate, running: RunningDaemon) -> None:
    before, first = len(running.log), opened_at(running)
    today = datetime.now(UTC).date()
    assert running.apply(given(exemptions=[{**EXEMPT, "expires": today + timedelta(days=1)}])).status_code == 200
    series = running.until(lambda series: series if of_topic(series) == "exempt" else None)
    assert value(series, OPENED, check=KMS, resource=TOPIC) == first
    assert values(series, DUE, check=KMS, resource=TOPIC) == []
    assert values(series, ACCEPT, check=KMS, resource=TOPIC) == []
    assert told(running, "finding.changed", before, outcome="exempt")
    assert told(running, "finding.resolved", before) == []

    assert running.apply(given(exemptions=[{**EXEMPT, "expires": today - timedelta(days=1)}])).status_code == 200
    series = running.until(lambda series: series if of_topic(series) == "fail" else None)
    assert value(series, DUE, check=KMS, resource=TOPIC) == pytest.approx(first + 30 * 86_400)
    (changed,) = told(running, "finding.changed", before, outcome="fail")
    assert changed["reason"].endswith(f"(the exemption by isso@agency.gov expired on {today - timedelta(days=1)})")


def test_a_check_that_is_switched_off_is_no_longer_shown_and_opens_anew(running: RunningDaemon) -> None:
    before = len(running.log)
    assert running.apply(given(checks={KMS: {"enabled": False}})).status_code == 200
    running.until(lambda series: of_topic(series) is None)
    assert of_topic(running.series(), PUBLIC) == "pass"
    (resolved,) = told(running, "finding.resolved", before)
    assert resolved["reason"] == "the check is switched off"
    running.until(lambda series: state_of(series, "control", "sc-28") == "not_automated")
    assert running.apply(given()).status_code == 200
    running.until(lambda series: of_topic(series) == "fail")
    assert told(running, "finding.reopened", before)


def test_sighup_keeps_states_and_history(running: RunningDaemon) -> None:
    before, first = len(running.events("settings.applied")), opened_at(running)
    since = len(running.log)
    running.process.send_signal(signal.SIGHUP)
    while len(running.events("settings.applied")) == before:
        series = running.series()
        assert state_of(series, "control", "sc-28") == "fail"
        assert of_topic(series) == "fail"
    for _ in range(5):
        assert state_of(running.series(), "control", "sc-28") == "fail"
    assert opened_at(running) == first
    assert [each for each in running.log[since:] if each["event"].startswith("finding.")] == []


def test_another_severity_baseline_and_rule_are_applied(running: RunningDaemon) -> None:
    first = opened_at(running)
    changed = given(checks={KMS: {"severity": "low"}}, baseline="low")
    assert running.apply(changed).status_code == 200
    series = running.until(
        lambda series: series if values(series, DUE, check=KMS, resource=TOPIC, severity="low") else None
    )
    assert value(series, DUE, check=KMS, resource=TOPIC) == pytest.approx(first + 180 * 86_400)
    assert {dict(labels)["baseline"] for name, labels in series if name == "fedramp_baseline_controls"} == {"low"}
    assert running.apply(given(deadlines="cr26")).status_code == 200
    # CR26 class C: an impact of N4, likely exploitable from the internet.
    running.until(lambda series: value(series, DUE, check=KMS, resource=TOPIC) == pytest.approx(first + 4 * 86_400))


REFUSED = [
    ({"checks": {"nothing_at_all": {}}}, "controls.checks: no such check 'nothing_at_all'"),
    (
        {"checks": {KMS: {"parameters": {"days": 1}}}},
        f"controls.checks.{KMS}.parameters.days: {KMS} has no such parameter",
    ),
    ({"kev_catalog": "/nowhere/kev.json"}, "controls.kev_catalog: /nowhere/kev.json: FileNotFoundError"),
]


@pytest.mark.parametrize(("controls", "named"), REFUSED, ids=["check", "parameter", "kev"])
def test_a_reload_with_wrong_settings_is_refused(running: RunningDaemon, controls: dict[str, Any], named: str) -> None:
    answer = running.apply(given(**controls))
    assert answer.status_code == 422
    assert named in answer.text
    at = values(running.series(), EVALUATED)
    running.until(lambda series: values(series, EVALUATED) > at)
    assert of_topic(running.series()) == "fail"


def test_a_catalog_of_cisa_that_can_no_longer_be_read_is_told_and_the_last_one_holds(
    running: RunningDaemon, tmp_path: Path
) -> None:
    kev = tmp_path / "kev.json"
    kev.write_text(json.dumps({"vulnerabilities": [{"cveID": "CVE-2026-0001", "dueDate": "2026-12-01"}]}))
    assert running.apply(given(kev_catalog=str(kev))).status_code == 200
    at = values(running.series(), EVALUATED)
    running.until(lambda series: values(series, EVALUATED) > at)
    assert values(running.series(), FAILURES, exporter="controls", reason="malformed") == []
    kev.write_text("half a cat")
    running.until(lambda series: value(series, FAILURES, exporter="controls", reason="malformed"))
    (warned, *_) = running.events("controls.kev_unreadable")
    assert str(kev) in warned["error"]
    assert of_topic(running.series()) == "fail"
    running.until_ready("controls")


def test_without_the_controls_nothing_of_them_is_shown(running: RunningDaemon) -> None:
    since = len(running.log)
    assert running.apply(given(enabled=False)).status_code == 200
    running.until(lambda series: not [name for name, _ in series if name.startswith("fedramp_")])
    left = {name for name, labels in running.series() if ("exporter", "controls") in labels}
    assert {each for each in left if not each.startswith("ppbe_observe_job_")} == set(), "how its jobs have run stays"
    assert [each for each in running.log[since:] if each["event"] == "finding.resolved"] == []
    assert "controls" not in {each["exporter"] for each in running.readiness()[1]["checks"]}


def test_a_target_that_is_not_judged_yet_is_unknown_and_one_that_is_gone_is_not_shown(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    east = {"account_id": "123456789012", "regions": ["us-gov-east-1"]}
    estate.faults.add(Fault("sns:ListTopics", Effect.SLOW, seconds=3.0, region="us-gov-east-1"))
    both = given(targets=[dict(MAIN_TARGET), east], checks={KMS: {"enabled": False}}, interval="2s")
    assert running.apply(both).status_code == 200
    running.until(lambda series: state_of(series, "control", "ac-3") == "unknown")
    estate.faults.clear()
    running.until(lambda series: state_of(series, "control", "ac-3") == "pass")
    assert len(values(running.series(), EVALUATED)) == 2
    assert running.apply(given(targets=[east])).status_code == 200
    running.until(lambda series: not [1 for _, labels in series if ("region", "us-gov-west-1") in labels])
    running.until(lambda series: state_of(series, "control", "sc-28") == "pass")


def test_a_target_that_nobody_can_name_makes_everything_unknown(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    estate.faults.add(Fault("sts:GetCallerIdentity", Effect.UNAVAILABLE))
    unnamed = {"regions": ["us-gov-east-1"]}
    changed = given(targets=[dict(MAIN_TARGET), unnamed], checks={KMS: {"enabled": False}}, interval="2s")
    assert running.apply(changed).status_code == 200
    running.until(lambda series: state_of(series, "control", "ac-3") == "unknown")
    assert of_topic(running.series(), PUBLIC) == "pass"
    estate.faults.clear()
    running.until(lambda series: state_of(series, "control", "ac-3") == "pass", within=60)


def test_aws_that_hangs_is_unknown_at_the_deadline_and_holds_up_no_other(
    estate: SimulatedEstate, running: RunningDaemon
) -> None:
    east = {"account_id": "123456789012", "regions": ["us-gov-east-1"]}
    estate.faults.add(Fault("sns:ListTopics", Effect.HANG, seconds=30.0, region="us-gov-east-1"))
    assert running.apply(given(targets=[dict(MAIN_TARGET), east], deadline="1s")).status_code == 200
    running.until(lambda series: values(series, EVALUATED, region="us-gov-east-1"))
    series = running.series()
    found = outcomes(series, region="us-gov-east-1")
    assert {outcome for (check, _), outcome in found.items() if check in CHECKS} == {"unknown"}
    assert value(series, FAILURES, exporter="controls", region="us-gov-east-1", reason="timeout")
    at = value(series, EVALUATED, region="us-gov-west-1")
    running.until(lambda later: value(later, EVALUATED, region="us-gov-west-1") != at)
    assert of_topic(running.series()) == "fail"
    assert [each["ready"] for each in running.readiness()[1]["checks"] if each["exporter"] == "controls"] == [True] * 2
