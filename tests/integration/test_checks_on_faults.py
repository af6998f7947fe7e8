"""Whatever goes wrong with a call, the checks that need it say unknown and why, the others say what they always say."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.model import Outcome, Reason, Verdict
from ppbe_observe.permissions.declared import calls_of_check, tags_of
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.examined import PRODUCTION, Bench, Key, bench, called_name, verdicts
from support.simulated import client, remembering_estate

READ_TIMEOUT = 1.5
GROUPS = 60
"""Log groups beyond the estate's: CloudWatch Logs gives 50 on a page."""


@dataclass(frozen=True, slots=True)
class Case:
    """What goes wrong with which call, and the reason that must be given."""

    effect: Effect
    operation: str
    reason: Reason


CASES = (
    Case(Effect.THROTTLED, "rds:DescribeDBInstances", Reason.THROTTLED),
    Case(Effect.THROTTLED, "ec2:DescribeSecurityGroups", Reason.THROTTLED),
    Case(Effect.THROTTLED, "s3control:GetPublicAccessBlock", Reason.THROTTLED),
    Case(Effect.THROTTLED, "wafv2:ListWebACLs", Reason.THROTTLED),
    Case(Effect.THROTTLED, "inspector2:ListFindings", Reason.THROTTLED),
    Case(Effect.SERVER_ERROR, "kms:ListKeys", Reason.SERVER),
    Case(Effect.SERVER_ERROR, "s3:ListBuckets", Reason.SERVER),
    Case(Effect.UNAVAILABLE, "guardduty:ListDetectors", Reason.SERVER),
    Case(Effect.EXPIRED, "ecs:ListClusters", Reason.EXPIRED),
    Case(Effect.SKEWED, "logs:DescribeLogGroups", Reason.SKEWED),
    Case(Effect.HANG, "backup:ListBackupPlans", Reason.TIMEOUT),
    Case(Effect.HANG, "cloudtrail:GetTrailStatus", Reason.TIMEOUT),
    Case(Effect.SLOW, "secretsmanager:ListSecrets", Reason.TIMEOUT),
    # One of each protocol: JSON, REST and JSON, Query, EC2, REST and XML.
    Case(Effect.MALFORMED, "kms:ListKeys", Reason.MALFORMED),
    Case(Effect.MALFORMED, "access-analyzer:ListAnalyzers", Reason.MALFORMED),
    Case(Effect.MALFORMED, "iam:ListRoles", Reason.MALFORMED),
    Case(Effect.MALFORMED, "ec2:DescribeVpcs", Reason.MALFORMED),
    Case(Effect.MALFORMED, "s3:GetBucketEncryption", Reason.MALFORMED),
    Case(Effect.MALFORMED, "s3:GetBucketPolicy", Reason.MALFORMED),
    Case(Effect.TRUNCATED, "kms:DescribeKey", Reason.MALFORMED),
    Case(Effect.TRUNCATED, "securityhub:GetEnabledStandards", Reason.MALFORMED),
    Case(Effect.TRUNCATED, "sns:ListTopics", Reason.MALFORMED),
    Case(Effect.TRUNCATED, "ec2:DescribeFlowLogs", Reason.MALFORMED),
    Case(Effect.TRUNCATED, "s3:GetBucketLogging", Reason.MALFORMED),
)


@dataclass(frozen=True, slots=True)
class Whole:
    """The estate, the checks, and what they find where nothing goes wrong."""

    estate: SimulatedEstate
    bench: Bench
    seen: Examination
    checks: tuple[Check, ...] = ()

    def after(self, *faults: Fault, within: float = 60.0) -> Examination:
        """What they find with these faults in force, told the same time."""
        self.estate.faults.clear()
        self.estate.faults.add(*faults)
        return self.bench.examine(*self.checks, now=self.seen.at, within=within)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    home = tmp_path_factory.mktemp("bench")
    aws = {"max_attempts": 1, "read_timeout": f"{int(READ_TIMEOUT * 1000)}ms"}
    with remembering_estate() as (estate, _), bench(estate, home, PRODUCTION, aws=aws) as found:
        yield Whole(estate, found, found.examine())
        estate.faults.clear()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Only the checks of logs look at it: it has two pages of log groups."""
    home, checks = tmp_path_factory.mktemp("bench"), [each for each in CHECKS if each.service in {"logs", "cloudwatch"}]
    with remembering_estate() as (estate, _), bench(estate, home, PRODUCTION) as found:
        logs, names = client(estate, "logs"), [f"burst/{number:02}" for number in range(GROUPS)]
        for name in names:
            logs.create_log_group(logGroupName=name)
        yield Whole(estate, found, found.examine(*checks), tuple(checks))
        estate.faults.clear()
        for name in names:
            logs.delete_log_group(logGroupName=name)


def unknown(found: dict[Key, Verdict]) -> set[str]:
    return {check for (check, _), verdict in found.items() if verdict.outcome is Outcome.UNKNOWN}


def needing(operation: str) -> set[str]:
    return {each.id for each in CHECKS if operation in calls_of_check(each)}


def assert_only(whole: Whole, seen: Examination, checks: set[str], reason: Reason) -> None:
    """These checks are unknown for that reason, and nothing else is other than before."""
    found, before = verdicts(seen), verdicts(whole.seen)
    assert unknown(found) == checks
    for key, verdict in found.items():
        if verdict.outcome is Outcome.UNKNOWN:
            assert verdict.cause is reason, (key, verdict)
        else:
            assert verdict == before[key], key
    assert {check for check, _ in before.keys() - found.keys()} <= checks


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.effect.value}-{case.operation}")
def test_a_call_that_goes_wrong_is_unknown_for_the_right_reason(whole: Whole, case: Case) -> None:
    seen = whole.after(Fault(called_name(case.operation), case.effect, seconds=2 * READ_TIMEOUT))
    assert_only(whole, seen, needing(case.operation), case.reason)


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (Effect.DENIED, Reason.DENIED),
        (Effect.THROTTLED, Reason.THROTTLED),
        (Effect.MALFORMED, Reason.MALFORMED),
        (Effect.TRUNCATED, Reason.MALFORMED),
    ],
    ids=str,
)
def test_a_page_that_fails_half_way_proves_nothing_about_any_of_them(
    crowded: Whole, effect: Effect, reason: Reason
) -> None:
    """The first page told of fifty log groups; none of them is judged as if they were all."""
    operation = "logs:DescribeLogGroups"
    crowded.estate.requests.clear()
    seen = crowded.after(Fault(operation, effect, share=0.5))
    assert crowded.estate.requests.count(operation) == 2
    assert_only(crowded, seen, needing(operation), reason)
    judged = {arn for check, arn in verdicts(seen) if check in needing(operation)}
    assert judged == {"arn:aws-us-gov:logs:us-gov-west-1:123456789012:*"}


def test_tags_that_fail_half_way_are_no_tags_at_all(whole: Whole) -> None:
    whole.estate.requests.clear()
    seen = whole.after(Fault(called_name("tag:GetResources"), Effect.DENIED, share=0.5))
    assert whole.estate.requests.by_call()[called_name("tag:GetResources")] == {"ok": 1, "AccessDeniedException": 1}
    assert_only(whole, seen, {each.id for each in CHECKS if each.only_in and tags_of((each.on,))}, Reason.DENIED)


def test_a_slow_call_does_not_outlast_the_deadline(whole: Whole) -> None:
    """Its checks are unknown when the time is up, and what was quick is judged."""
    began = time.monotonic()
    seen = whole.after(Fault("wafv2:ListWebACLs", Effect.SLOW, seconds=30), within=READ_TIMEOUT - 0.5)
    assert time.monotonic() - began < READ_TIMEOUT + 2
    found = verdicts(seen)
    assert needing("wafv2:ListWebACLs") <= unknown(found)
    assert {verdict.cause for verdict in found.values() if verdict.outcome is Outcome.UNKNOWN} == {Reason.TIMEOUT}


@pytest.mark.parametrize(
    ("effect", "reason"), [(Effect.DENIED, Reason.DENIED), (Effect.UNAVAILABLE, Reason.SERVER)], ids=str
)
def test_an_account_that_cannot_be_read_is_never_clean(whole: Whole, effect: Effect, reason: Reason) -> None:
    found = verdicts(whole.after(Fault("*", effect)))
    assert {check for check, _ in found} == {each.id for each in CHECKS}
    assert {(verdict.outcome, verdict.cause) for verdict in found.values()} == {(Outcome.UNKNOWN, reason)}


def test_a_service_that_answers_nobody_ends_with_the_deadline(whole: Whole) -> None:
    began = time.monotonic()
    found = verdicts(whole.after(Fault("*", Effect.HANG), within=1.0))
    assert time.monotonic() - began < 4
    assert {(verdict.outcome, verdict.cause) for verdict in found.values()} == {(Outcome.UNKNOWN, Reason.TIMEOUT)}


def test_what_was_wrong_is_forgotten_when_it_is_over(whole: Whole) -> None:
    whole.after(Fault("*", Effect.DENIED))
    assert verdicts(whole.after()) == verdicts(whole.seen)
