"""Checks of repositories and of the images that run now, on what moto holds."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.containers import CLUSTER, ECR_ARN, REGISTRY, container, push, run
from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

NO_CRITICAL = "ecr_running_image_no_critical"
SCAN_AGE = "ecr_running_image_scan_age"
IMAGE_CHECKS = (NO_CRITICAL, SCAN_AGE)
RUNNING = (
    *("ecs:ListClusters", "ecs:DescribeClusters", "ecs:ListServices", "ecs:DescribeServices"),
    *("ecs:DescribeTaskDefinition", "ecr:DescribeImageScanFindings"),
)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def repository(session: LocalSession, name: str = "ppbe-api", **given: Any) -> None:
    session.client("ecr").create_repository(repositoryName=name, **given)


def scanning(session: LocalSession, kind: str, *rules: tuple[str, str]) -> None:
    given = [
        {"scanFrequency": frequency, "repositoryFilters": [{"filter": pattern, "filterType": "WILDCARD"}]}
        for frequency, pattern in rules
    ]
    session.client("ecr").put_registry_scanning_configuration(scanType=kind, rules=given)


OFF = "scan on push is off, and no rule of the registry matches"
UNMATCHED = "the registry has enhanced scanning, and no rule of it matches this repository"


@pytest.mark.parametrize(
    ("on_push", "kind", "rules", "expected"),
    [
        (True, "BASIC", (), ("pass", "scan on push is on")),
        (False, "BASIC", (), ("fail", OFF)),
        (None, "BASIC", (), ("fail", OFF)),
        (False, "BASIC", (("SCAN_ON_PUSH", "*"),), ("pass", "a rule of the registry has it scanned on push")),
        (False, "BASIC", (("SCAN_ON_PUSH", "other"),), ("fail", OFF)),
        (
            False,
            "ENHANCED",
            (("CONTINUOUS_SCAN", "*"),),
            ("pass", "a rule of the registry has it scanned continuously"),
        ),
        (False, "ENHANCED", (("SCAN_ON_PUSH", "*"),), ("pass", "a rule of the registry has it scanned on push")),
        (True, "ENHANCED", (), ("fail", UNMATCHED)),
        (True, "ENHANCED", (("CONTINUOUS_SCAN", "other"),), ("fail", UNMATCHED)),
        (False, "ENHANCED", (("MANUAL", "*"),), ("fail", UNMATCHED)),
        (
            False,
            "ENHANCED",
            (("SCAN_ON_PUSH", "*"), ("CONTINUOUS_SCAN", "ppbe")),
            ("pass", "a rule of the registry has it scanned continuously"),
        ),
    ],
)
def test_scan_on_push(
    local_session: LocalSession,
    on_push: bool | None,  # noqa: FBT001 - a table
    kind: str,
    rules: tuple[tuple[str, str], ...],
    expected: tuple[str, str],
) -> None:
    given: dict[str, Any] = {} if on_push is None else {"imageScanningConfiguration": {"scanOnPush": on_push}}
    repository(local_session, **given)
    scanning(local_session, kind, *rules)
    assert only(local_session, "ecr_scan_on_push") == expected


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("prod", {"prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"}),
        ("*prod", {"prod", "repo-prod"}),
        ("prod*", {"prod", "prod-repo", "prodrepo"}),
        ("*prod*", {"prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"}),
        ("prod*repo", {"prod-repo", "prodrepo"}),
    ],
)
def test_filters_match_as_the_user_guide_of_ecr_tabulates(
    local_session: LocalSession, pattern: str, matched: set[str]
) -> None:
    for name in ("prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"):
        repository(local_session, name)
    scanning(local_session, "ENHANCED", ("CONTINUOUS_SCAN", pattern))
    found = judge(local_session, "ecr_scan_on_push")
    assert {arn.rpartition("/")[2] for arn, each in found.items() if each.outcome == "pass"} == matched
    assert len(found) == 5
    assert local_session.calls["ecr:GetRegistryScanningConfiguration"] == 1


@pytest.mark.parametrize("operation", ["ecr:DescribeRepositories", "ecr:GetRegistryScanningConfiguration"])
def test_scan_on_push_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    repository(local_session, imageScanningConfiguration={"scanOnPush": True})
    unseen(local_session, "ecr_scan_on_push", operation)


@pytest.mark.parametrize("check", ["ecr_scan_on_push", "ecr_tag_immutability"])
def test_no_repository(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no ecr:repository here")


LATEST = [{"filterType": "WILDCARD", "filter": "latest*"}]


@pytest.mark.parametrize(
    ("kept", "but", "expected"),
    [
        ("IMMUTABLE", None, ("pass", "tags are immutable")),
        ("MUTABLE", None, ("fail", "tags are mutable")),
        ("IMMUTABLE_WITH_EXCLUSION", LATEST, ("fail", "tags are immutable, except those like latest*")),
        ("MUTABLE_WITH_EXCLUSION", LATEST, ("fail", "tags are mutable, except those like latest*")),
    ],
)
def test_tag_immutability(
    local_session: LocalSession, kept: str, but: list[dict[str, str]] | None, expected: tuple[str, str]
) -> None:
    exclusions: dict[str, Any] = {"imageTagMutabilityExclusionFilters": but} if but else {}
    repository(local_session, imageTagMutability=kept, **exclusions)
    assert only(local_session, "ecr_tag_immutability") == expected


def test_tag_immutability_that_cannot_be_seen(local_session: LocalSession) -> None:
    repository(local_session)
    unseen(local_session, "ecr_tag_immutability", "ecr:DescribeRepositories")


def run_image(session: LocalSession, *, by_tag: bool = False) -> str:
    """The digest of an image that runs now."""
    digest = push(session)
    run(session, container(image=f"{REGISTRY}/ppbe-api:v1" if by_tag else f"{REGISTRY}/ppbe-api@{digest}"))
    return digest


def scan(session: LocalSession, digest: str) -> None:
    """A basic scan; moto's always finds one vulnerability, of severity HIGH."""
    session.client("ecr").start_image_scan(repositoryName="ppbe-api", imageId={"imageDigest": digest})


def tell(session: LocalSession, *pages: dict[str, Any], status: str = "COMPLETE", **said: str) -> None:
    """What AWS says of the scan: moto knows no other outcome than its one finding."""
    rest = [
        {
            "imageScanStatus": {"status": status, **said},
            "imageScanFindings": page,
            **({"nextToken": str(number)} if number < len(pages) else {}),
        }
        for number, page in enumerate(pages, 1)
    ] or [{"imageScanStatus": {"status": status, **said}}]
    left = iter(rest)
    session.faults["ecr:DescribeImageScanFindings"] = lambda: answer(200, json.dumps(next(left)))


def found(**counts: int) -> dict[str, Any]:
    return {"findingSeverityCounts": counts, "findings": [], "imageScanCompletedAt": NOW.timestamp()}


def enhanced(severity: str, cve: str, *related: str, status: str = "ACTIVE") -> dict[str, Any]:
    package = {"vulnerabilityId": cve, "relatedVulnerabilities": list(related)}
    return {"severity": severity, "status": status, "packageVulnerabilityDetails": package}


def test_a_vulnerability_in_a_running_image(local_session: LocalSession) -> None:
    scan(local_session, digest := run_image(local_session))
    assert {
        arn: (each.outcome.value, each.verdict.reason, each.verdict.due)
        for arn, each in judge(local_session, NO_CRITICAL).items()
    } == {
        f"{ECR_ARN}/ppbe-api/{digest}": (
            "fail",
            "the scan found 1 HIGH in the image; nothing at or above HIGH is allowed",
            None,
        )
    }


@pytest.mark.parametrize(
    ("threshold", "outcome"),
    [("CRITICAL", "pass"), ("HIGH", "fail"), ("high", "fail"), ("MEDIUM", "fail"), ("UNDEFINED", "fail")],
)
def test_the_least_severity_that_fails(local_session: LocalSession, threshold: str, outcome: str) -> None:
    scan(local_session, run_image(local_session))
    assert only(local_session, NO_CRITICAL, threshold=threshold) == (
        outcome,
        f"the scan found 1 HIGH in the image; nothing at or above {threshold.upper()} is allowed",
    )


def test_a_severity_that_does_not_exist(local_session: LocalSession) -> None:
    scan(local_session, run_image(local_session))
    outcome, reason = only(local_session, NO_CRITICAL, threshold="SEVERE")
    assert outcome == "unknown"
    assert reason.startswith("threshold is 'SEVERE', which is none of CRITICAL, HIGH, ")


CLEAN = "nothing at or above HIGH is allowed"


@pytest.mark.parametrize(
    ("findings", "status", "outcome", "reason"),
    [
        (found(), "COMPLETE", "pass", f"the scan found no vulnerability in the image; {CLEAN}"),
        (found(MEDIUM=2, LOW=0), "COMPLETE", "pass", f"the scan found 2 MEDIUM in the image; {CLEAN}"),
        (found(), "ACTIVE", "pass", f"the scan found no vulnerability in the image; {CLEAN}"),
        (
            found(LOW=5, CRITICAL=1, UNTRIAGED=2),
            "ACTIVE",
            "fail",
            f"the scan found 1 CRITICAL, 5 LOW, 2 UNTRIAGED in the image; {CLEAN}",
        ),
        # Counts are left out, or tell less than is listed.
        ({"findings": [{"name": "CVE-2026-1", "severity": "HIGH"}]}, "COMPLETE", "fail", None),
        ({**found(), "enhancedFindings": [enhanced("CRITICAL", "CVE-2026-1")]}, "ACTIVE", "fail", None),
        (
            {**found(), "enhancedFindings": [enhanced("HIGH", "CVE-2026-1", status="SUPPRESSED")]},
            "ACTIVE",
            "pass",
            None,
        ),
        # A scan that is not whole can show that something is wrong, not that nothing is.
        (found(CRITICAL=1), "IN_PROGRESS", "fail", None),
        (found(), "IN_PROGRESS", "unknown", "the scan is IN_PROGRESS: what the image holds cannot be told"),
        (found(), "PENDING", "unknown", None),
        (found(), "FAILED", "unknown", None),
        (found(), "UNSUPPORTED_IMAGE", "unknown", None),
        (found(), "SCAN_ELIGIBILITY_EXPIRED", "unknown", None),
        ({"imageScanCompletedAt": 0}, "COMPLETE", "unknown", None),
    ],
)
def test_what_scans_say(
    local_session: LocalSession, findings: dict[str, Any], status: str, outcome: str, reason: str | None
) -> None:
    run_image(local_session)
    tell(local_session, findings, status=status)
    told = only(local_session, NO_CRITICAL)
    assert told[0] == outcome
    assert reason in {None, told[1]}


def test_a_failed_scan_says_why(local_session: LocalSession) -> None:
    run_image(local_session)
    tell(local_session, status="FAILED", description="UnsupportedImageError: no packages.")
    told = "FAILED (UnsupportedImageError: no packages.)"
    assert only(local_session, NO_CRITICAL) == ("unknown", f"the scan is {told}: what the image holds cannot be told")


def test_an_image_that_was_never_scanned(local_session: LocalSession) -> None:
    run_image(local_session)
    assert only(local_session, NO_CRITICAL) == ("unknown", "ECR has no scan of the image")
    assert only(local_session, SCAN_AGE) == ("fail", "ECR has no scan of the image")


def test_an_image_by_tag_is_judged_by_the_digest_that_the_tag_names(local_session: LocalSession) -> None:
    digest = run_image(local_session, by_tag=True)
    scan(local_session, digest)
    (arn,) = judge(local_session, NO_CRITICAL)
    assert arn == f"{ECR_ARN}/ppbe-api/v1"
    reason = f"the scan found 1 HIGH in the image that tag v1 names now ({digest}); {CLEAN}"
    assert only(local_session, NO_CRITICAL) == ("fail", reason)


def test_known_exploited_vulnerabilities_set_the_due_date(local_session: LocalSession) -> None:
    """On whichever page they stand, and under whichever of their names."""
    run_image(local_session)
    listed = [enhanced("HIGH", "CVE-2026-1"), enhanced("MEDIUM", "CVE-2026-2"), enhanced("CRITICAL", "CVE-2026-4")]
    other = [enhanced("CRITICAL", "GHSA-x", "CVE-2026-3")]
    tell(local_session, {"enhancedFindings": listed}, {"enhancedFindings": other}, status="ACTIVE")
    kev = {
        "CVE-2026-1": date(2026, 12, 24),
        "CVE-2026-2": date(2026, 12, 1),  # below the threshold
        "CVE-2026-3": date(2026, 12, 12),
        "CVE-2020-0": date(2020, 1, 1),
    }
    ((_, finding),) = judge(local_session, NO_CRITICAL, kev=kev).items()
    assert finding.verdict.due == date(2026, 12, 12)
    assert finding.verdict.reason == (
        f"the scan found 2 CRITICAL, 1 HIGH, 1 MEDIUM in the image; {CLEAN}; "
        "known to be exploited: CVE-2026-3, CVE-2026-1"
    )


@pytest.mark.parametrize("operation", RUNNING)
def test_vulnerabilities_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    scan(local_session, run_image(local_session))
    unseen(local_session, NO_CRITICAL, operation)


@pytest.mark.parametrize("operation", [*RUNNING, "ecr:DescribeImages"])
def test_the_age_of_a_scan_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    scan(local_session, run_image(local_session))
    unseen(local_session, SCAN_AGE, operation)


@pytest.mark.parametrize("check", IMAGE_CHECKS)
def test_no_image_runs(local_session: LocalSession, check: str) -> None:
    push(local_session)
    assert only(local_session, check) == ("not_applicable", "there is no ecr:image here")


@pytest.mark.parametrize("check", IMAGE_CHECKS)
def test_images_outside_ecr_are_not_forgotten(local_session: LocalSession, check: str) -> None:
    scan(local_session, digest := run_image(local_session))
    task_definition = run_two(local_session, "redis:7", "public.ecr.aws/x/y:1", f"{REGISTRY}/ppbe-api@{digest}")
    findings = judge(local_session, check)
    assert set(findings) == {f"{ECR_ARN}/ppbe-api/{digest}", task_definition}
    assert findings[task_definition].verdict.cause is Reason.UNSUPPORTED
    assert findings[task_definition].verdict.reason == (
        "it runs images of registries that ECR tells nothing of: redis:7, public.ecr.aws/x/y:1"
    )


def run_two(session: LocalSession, *images: str) -> str:
    """The ARN of a second task definition that a service runs."""
    containers = [container(name=f"c{number}", image=image) for number, image in enumerate(images)]
    ecs = session.client("ecs")
    made = ecs.register_task_definition(family="sidecars", containerDefinitions=containers)
    arn = str(made["taskDefinition"]["taskDefinitionArn"])
    ecs.create_service(cluster=CLUSTER, serviceName="sidecars", taskDefinition=arn, desiredCount=0)
    return arn


@pytest.mark.parametrize("check", IMAGE_CHECKS)
def test_an_image_of_another_region_cannot_be_told_from_here(local_session: LocalSession, check: str) -> None:
    run(local_session, container(image="123456789012.dkr.ecr.us-gov-east-1.amazonaws.com/ppbe-api:v1"))
    assert only(local_session, check) == (
        "unknown",
        "it lies in the registry of us-gov-east-1, which cannot be asked from here",
    )


def test_an_image_that_is_not_there_any_more(local_session: LocalSession) -> None:
    run(local_session, container(image=f"{REGISTRY}/ppbe-api:v1"))
    assert only(local_session, NO_CRITICAL)[0] == "unknown"
    assert only(local_session, SCAN_AGE) == (
        "fail",
        "it is not in the repository any more, so nothing scans it",
    )


@pytest.mark.parametrize(
    ("age", "days", "outcome"),
    [
        (timedelta(0), 0, "pass"),
        (timedelta(days=30), 30, "pass"),
        (timedelta(days=30, minutes=1), 30, "fail"),
        (timedelta(minutes=-5), 0, "pass"),  # AWS's clock is ahead
    ],
)
def test_the_age_of_a_scan(local_session: LocalSession, age: timedelta, days: int, outcome: str) -> None:
    run_image(local_session)
    tell(local_session, found())
    assert only(local_session, SCAN_AGE, now=NOW + age) == (
        outcome,
        f"the last scan of the image is {days} days old; 30 are allowed",
    )


def test_a_scan_of_today(local_session: LocalSession) -> None:
    scan(local_session, run_image(local_session))
    assert only(local_session, SCAN_AGE) == ("pass", "the last scan of the image is 0 days old; 30 are allowed")


def test_how_old_a_scan_may_be(local_session: LocalSession) -> None:
    scan(local_session, run_image(local_session))
    later = datetime.now(UTC) + timedelta(days=9)
    assert only(local_session, SCAN_AGE, now=later, max_days=7)[0] == "fail"


@pytest.mark.parametrize(
    ("status", "description", "outcome"),
    [
        ("COMPLETE", "", "unknown"),
        ("ACTIVE", "", "unknown"),
        ("PENDING", "", "unknown"),
        ("IN_PROGRESS", "", "unknown"),
        ("UNSUPPORTED_IMAGE", "", "unknown"),
        ("FAILED", "UnsupportedImageError: no packages", "unknown"),
        ("FAILED", "out of order", "fail"),
        ("LIMIT_EXCEEDED", "", "fail"),
        ("SCAN_ELIGIBILITY_EXPIRED", "", "fail"),
    ],
)
def test_scans_without_a_time(local_session: LocalSession, status: str, description: str, outcome: str) -> None:
    run_image(local_session)
    tell(local_session, status=status, description=description)
    assert only(local_session, SCAN_AGE)[0] == outcome


def test_a_scan_that_failed_lately_does_not_count(local_session: LocalSession) -> None:
    run_image(local_session)
    tell(local_session, found(), status="FAILED", description="out of order")
    assert only(local_session, SCAN_AGE, now=NOW) == (
        "fail",
        "no scan of the image was completed: it is FAILED (out of order)",
    )


def test_the_time_that_only_the_image_tells(local_session: LocalSession) -> None:
    """Moto's images carry no summary of their scan."""
    run_image(local_session)
    tell(local_session, status="COMPLETE")
    details = {"imageDetails": [{"imageScanFindingsSummary": {"imageScanCompletedAt": NOW.timestamp()}}]}
    local_session.faults["ecr:DescribeImages"] = lambda: answer(200, json.dumps(details))
    assert only(local_session, SCAN_AGE, now=NOW + timedelta(days=31))[0] == "fail"
    tell(local_session, status="COMPLETE")
    assert only(local_session, SCAN_AGE, now=NOW + timedelta(days=3))[0] == "pass"


def test_an_index_of_images_is_scanned_image_by_image(local_session: LocalSession) -> None:
    kind = "application/vnd.oci.image.index.v1+json"
    digest = push(local_session, mediaType=kind)
    run(local_session, container(image=f"{REGISTRY}/ppbe-api@{digest}"))
    outcome, reason = only(local_session, SCAN_AGE)
    assert (outcome, reason.partition(",")[0]) == ("unknown", "it is an index of images")


@pytest.mark.parametrize(
    ("operation", "member"),
    [("ecr:DescribeImages", "imageDetails"), ("ecr:DescribeImageScanFindings", "imageScanStatus")],
)
def test_an_answer_that_says_nothing_is_not_an_image_that_is_gone_or_was_never_scanned(
    local_session: LocalSession, operation: str, member: str
) -> None:
    run(local_session, container(image=f"{REGISTRY}/ppbe-api@{push(local_session)}"))
    local_session.faults[operation] = lambda: answer(200, "{}")
    assert only(local_session, "ecr_running_image_scan_age") == (
        "unknown",
        f"malformed: {operation}: the answer is not as documented: there is no {member} in it",
    )
