"""Repositories, and the images that run now (ECR).

Images are those of the running task definitions. What ECR tells of an image named by a tag is about the image that
the tag names now.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from ppbe_observe.controls.check import MEDIUM, Check, Subject, check, failed, passed, unknown, verdict
from ppbe_observe.model import Reason, Verdict

_REPOSITORY = "ecr:repository"
_IMAGE = "ecr:image"
_REGISTRY = "ecr:GetRegistryScanningConfiguration"
_DESCRIBE = "ecr:DescribeImages"
_FINDINGS = "ecr:DescribeImageScanFindings"

_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED")
_CURRENT = frozenset({"COMPLETE", "ACTIVE"})
_UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS"})
_IMPOSSIBLE = frozenset({"UNSUPPORTED_IMAGE", "IMAGE_SIZE_EXCEEDED", "FINDINGS_UNAVAILABLE"})
_INDEXES = frozenset(
    {"application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json"}
)
_LISTS = frozenset({"findingSeverityCounts", "findings", "enhancedFindings"})
_MOST_NAMED = 5


@check(
    "ecr_scan_on_push",
    on=_REPOSITORY,
    needs=(_REGISTRY,),
    severity=MEDIUM,
    title="Images are scanned when they are pushed",
    controls=("ra-5",),
    remediation="Let a rule of the registry match the repository (aws ecr put-registry-scanning-configuration), or "
    "switch scan on push on (aws ecr put-image-scanning-configuration --image-scanning-configuration scanOnPush=true).",
)
def scan_on_push(repository: Subject) -> Verdict:
    """A vulnerable image should be known before it runs.

    Where the registry has enhanced scanning, its rules decide alone: a repository that none matches is not scanned.
    """
    name = repository.facts["repositoryName"]
    registry = (repository.detail(_REGISTRY) or {})["scanningConfiguration"]
    on_push = repository.facts.get("imageScanningConfiguration", {}).get("scanOnPush", False)
    rules = {
        rule["scanFrequency"]
        for rule in registry.get("rules", ())
        if any(_matches(each["filter"], name) for each in rule["repositoryFilters"])
    }
    if "CONTINUOUS_SCAN" in rules:
        return passed("a rule of the registry has it scanned continuously")
    if "SCAN_ON_PUSH" in rules:
        return passed("a rule of the registry has it scanned on push")
    if registry["scanType"] == "ENHANCED":
        return failed("the registry has enhanced scanning, and no rule of it matches this repository")
    return verdict(on_push, f"scan on push is {'on' if on_push else 'off, and no rule of the registry matches'}")


@check(
    "ecr_tag_immutability",
    on=_REPOSITORY,
    severity=MEDIUM,
    title="Tags cannot be moved to another image",
    controls=("cm-2", "cm-8.1"),
    indicators=("KSI-SCR-MIT",),
    remediation="Make the tags immutable, without exclusions "
    "(aws ecr put-image-tag-mutability --image-tag-mutability IMMUTABLE).",
)
def tag_immutability(repository: Subject) -> Verdict:
    """A tag that can be moved lets an image be replaced by another one without anybody noticing."""
    kept = repository.facts["imageTagMutability"]
    filters = ", ".join(each["filter"] for each in repository.facts.get("imageTagMutabilityExclusionFilters", ()))
    but = f", except those like {filters}" if filters else ""
    return verdict(kept == "IMMUTABLE", f"tags are {kept.partition('_')[0].lower()}{but}")


@check(
    "ecr_running_image_no_critical",
    on=_IMAGE,
    needs=(_FINDINGS,),
    severity=MEDIUM,
    title="No serious vulnerability is known in images that run now",
    controls=("ra-5", "si-2"),
    indicators=("KSI-SCR-MIT",),
    remediation="Rebuild the image on a mended base, with mended packages, and deploy it; then look again.",
    threshold="HIGH",
)
def running_image_no_critical(image: Subject, threshold: str) -> Verdict:
    """Looks at ECR's scan of the very images that run, not of the latest ones. Basic and enhanced scans count alike.

    ``threshold`` is the least severity that fails. An image that ECR has not scanned may have any: it is unknown.
    """
    if threshold.upper() not in _SEVERITIES:
        return unknown(Reason.REJECTED, f"threshold is {threshold!r}, which is none of {', '.join(_SEVERITIES)}")
    if (dark := _out_of_sight(image)) is not None:
        return dark
    scan = image.detail(_FINDINGS) or {}
    if not scan:
        return unknown(Reason.UNSUPPORTED, f"ECR has no scan of {_what(image)}")
    status, findings = scan["imageScanStatus"]["status"], scan.get("imageScanFindings", {})
    counts = _counts(findings)
    found = f"{_said(counts)} in {_what(image)}; nothing at or above {threshold.upper()} is allowed"
    if any(_reaches(severity, threshold) for severity, number in counts.items() if number):
        return _vulnerable(image, found, findings, threshold)
    if status not in _CURRENT or _LISTS.isdisjoint(findings):
        return unknown(Reason.UNSUPPORTED, f"the scan is {_status(scan)}: what {_what(image)} holds cannot be told")
    return passed(f"the scan found {found}")


@check(
    "ecr_running_image_scan_age",
    on=_IMAGE,
    needs=(_DESCRIBE, _FINDINGS),
    severity=MEDIUM,
    title="Images that run now were scanned lately",
    controls=("ra-5", "ca-7"),
    remediation="Scan it again (aws ecr start-image-scan), or switch continuous (enhanced) scanning on.",
    max_days=30,
)
def running_image_scan_age(image: Subject, max_days: int) -> Verdict:
    """New vulnerabilities become known in old images: FedRAMP lets no container run that was not scanned in 30 days."""
    if (dark := _out_of_sight(image)) is not None:
        return dark
    details = (image.detail(_DESCRIBE) or {}).get("imageDetails", ())
    if not details:
        return failed("it is not in the repository any more, so nothing scans it")
    scan = image.detail(_FINDINGS) or {}
    if not scan:
        return _never_scanned(image, details[0])
    completed = _completed(scan, details[0])
    if completed is None or _has_failed(scan):
        return _without_a_time(image, scan)
    age = image.now - completed
    said = f"the last scan of {_what(image)} is {max(age.days, 0)} days old; {max_days} are allowed"
    return verdict(age <= timedelta(days=max_days), said)


def _matches(pattern: str, name: str) -> bool:
    """ECR user guide, "Filters to choose which repositories are scanned": without a ``*``, it may stand anywhere."""
    return fnmatchcase(name, pattern) if "*" in pattern else pattern in name


def _out_of_sight(image: Subject) -> Verdict | None:
    """Unknown where the registry of this account and region cannot tell of an image."""
    if "imageId" not in image.facts:
        names = ", ".join(image.facts["images"])
        return unknown(Reason.UNSUPPORTED, f"it runs images of registries that ECR tells nothing of: {names}")
    region = image.arn.split(":")[3]
    if region != image.resource.target.region:
        return unknown(Reason.UNSUPPORTED, f"it lies in the registry of {region}, which cannot be asked from here")
    return None


def _what(image: Subject) -> str:
    """The image, and for a tag the digest that it stands for now, where that is told."""
    identifier = image.facts["imageId"]
    if "imageDigest" in identifier:
        return "the image"
    told = (image.detail(_FINDINGS) or {}).get("imageId", {}).get("imageDigest")
    return f"the image that tag {identifier['imageTag']} names now" + (f" ({told})" if told else "")


def _status(scan: Mapping[str, Any]) -> str:
    told = scan["imageScanStatus"]
    return f"{told['status']} ({told['description']})" if told.get("description") else str(told["status"])


def _counts(findings: Mapping[str, Any]) -> Counter[str]:
    """By severity: as ECR counts them, and where it lists more, as many as are listed."""
    counted: Counter[str] = Counter(findings.get("findingSeverityCounts", {}))
    return counted | Counter(str(each["severity"]) for each in _listed(findings))


def _listed(findings: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from findings.get("findings", ())
    yield from (each for each in findings.get("enhancedFindings", ()) if each.get("status", "ACTIVE") == "ACTIVE")


def _rank(severity: str) -> int:
    """0 for the worst; enhanced scans also say UNTRIAGED, which is not known yet."""
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES) - 1


def _reaches(severity: str, threshold: str) -> bool:
    return _rank(severity) <= _rank(threshold.upper())


def _said(counts: Mapping[str, int]) -> str:
    found = sorted((each for each in counts if counts[each]), key=_rank)
    return ", ".join(f"{counts[each]} {each}" for each in found) or "no vulnerability"


def _vulnerable(image: Subject, found: str, findings: Mapping[str, Any], threshold: str) -> Verdict:
    """A failure, due when CISA says so where one of them is known to be exploited."""
    serious = (each for each in _listed(findings) if _reaches(each["severity"], threshold))
    known = image.world.kev or {}
    dates = {cve: known[cve] for each in serious for cve in _cves(each) if cve in known}
    if not dates:
        return failed(f"the scan found {found}")
    named = sorted(dates, key=lambda cve: (dates[cve], cve))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    exploited = f"known to be exploited: {', '.join(named[:_MOST_NAMED])}{more}"
    return failed(f"the scan found {found}; {exploited}", due=dates[named[0]])


def _cves(finding: Mapping[str, Any]) -> tuple[str, ...]:
    package = finding.get("packageVulnerabilityDetails", {})
    own = finding.get("name") or package.get("vulnerabilityId")
    return tuple(each for each in (own, *package.get("relatedVulnerabilities", ())) if each)


def _never_scanned(image: Subject, details: Mapping[str, Any]) -> Verdict:
    if details.get("imageManifestMediaType") in _INDEXES:
        told = "it is an index of images, which are scanned each under its own digest: run that of the platform"
        return unknown(Reason.UNSUPPORTED, told)
    return failed(f"ECR has no scan of {_what(image)}")


def _completed(scan: Mapping[str, Any], details: Mapping[str, Any]) -> datetime | None:
    """When a scan was last completed, as either call tells."""
    told = (scan.get("imageScanFindings", {}), details.get("imageScanFindingsSummary", {}))
    return max((each["imageScanCompletedAt"] for each in told if "imageScanCompletedAt" in each), default=None)


def _has_failed(scan: Mapping[str, Any]) -> bool:
    """Basic scanning also calls failed what it does not support, and says so in the description."""
    return scan["imageScanStatus"]["status"] == "FAILED" and "UnsupportedImage" not in _status(scan)


def _without_a_time(image: Subject, scan: Mapping[str, Any]) -> Verdict:
    status = scan["imageScanStatus"]["status"]
    if _has_failed(scan) or status not in _CURRENT | _UNDER_WAY | _IMPOSSIBLE | {"FAILED"}:
        return failed(f"no scan of {_what(image)} was completed: it is {_status(scan)}")
    return unknown(Reason.UNSUPPORTED, f"the scan of {_what(image)} is {_status(scan)}, and no time of it is told")


CHECKS: tuple[Check, ...] = (scan_on_push, tag_immutability, running_image_no_critical, running_image_scan_age)
