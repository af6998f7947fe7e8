"""A report as AWS Security Finding Format, what Security Hub imports (BatchImportFindings). Pure.

Invariants: unknown is NOT_AVAILABLE, never PASSED; every limit of the AwsSecurityFinding reference holds, lengths
counted in bytes of UTF-8, which is never too much; no text is blank, since a single one has the finding refused.
What does not apply is NOT_AVAILABLE, too, and archived, as Security Hub does with its own findings.

An accepted failure is FAILED and archived, never SUPPRESSED: an import cannot change the workflow of a finding that is
there already, so that it would stay suppressed after the exemption has expired. What is archived becomes active again.

A target whose account nobody tells is left out: the format has no finding without an account.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ppbe_observe.controls.formats.common import (
    FINDING_TYPE,
    PRODUCT,
    QUIET,
    accepted,
    clean,
    json_array,
    requirements,
    rfc3339,
    uid,
)
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Finding, Outcome, Resource

RESOURCE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "acm:certificate": "AwsCertificateManagerCertificate",
        "aws:account": "AwsAccount",
        "aws:region": "AwsAccount",
        "backup:backup-plan": "AwsBackupBackupPlan",
        "backup:backup-vault": "AwsBackupBackupVault",
        "cloudtrail:trail": "AwsCloudTrailTrail",
        "cloudwatch:alarm": "AwsCloudWatchAlarm",
        "ec2:network-acl": "AwsEc2NetworkAcl",
        "ec2:security-group": "AwsEc2SecurityGroup",
        "ec2:subnet": "AwsEc2Subnet",
        "ec2:vpc": "AwsEc2Vpc",
        "ecr:image": "AwsEcrContainerImage",
        "ecr:repository": "AwsEcrRepository",
        "ecs:cluster": "AwsEcsCluster",
        "ecs:service": "AwsEcsService",
        "ecs:task-definition": "AwsEcsTaskDefinition",
        "elasticloadbalancing:loadbalancer": "AwsElbv2LoadBalancer",
        "elasticloadbalancing:loadbalancer-http-rules": "AwsElbv2LoadBalancer",
        "elasticloadbalancing:loadbalancer-listeners": "AwsElbv2LoadBalancer",
        "guardduty:detector": "AwsGuardDutyDetector",
        "iam:aws-policy": "AwsIamPolicy",
        "iam:group": "AwsIamGroup",
        "iam:policy": "AwsIamPolicy",
        "iam:role": "AwsIamRole",
        "iam:role-policies": "AwsIamRole",
        "iam:user": "AwsIamUser",
        "kms:key": "AwsKmsKey",
        "rds:cluster": "AwsRdsDbCluster",
        "rds:cluster-snapshot": "AwsRdsDbClusterSnapshot",
        "rds:db": "AwsRdsDbInstance",
        "rds:snapshot": "AwsRdsDbSnapshot",
        "s3:bucket": "AwsS3Bucket",
        "secretsmanager:secret": "AwsSecretsManagerSecret",
        "sns:topic": "AwsSnsTopic",
        "wafv2:webacl": "AwsWafv2WebAcl",
        "wafv2:webacl-summary": "AwsWafv2WebAcl",
    }
)
"""The kinds that AWS has a type for; all others are ``Other``."""

_STATUSES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASS: "PASSED",
        Outcome.FAIL: "FAILED",
        Outcome.EXEMPT: "FAILED",
        Outcome.UNKNOWN: "NOT_AVAILABLE",
        Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
    }
)
_WORKFLOWS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.PASS: "RESOLVED",
        Outcome.FAIL: "NEW",
        Outcome.EXEMPT: "NEW",
        Outcome.UNKNOWN: "NEW",
        Outcome.NOT_APPLICABLE: "RESOLVED",
    }
)
_ARCHIVED = frozenset({Outcome.EXEMPT, Outcome.NOT_APPLICABLE})
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov"})
"""Those of ASFF that are real partitions; it does not know the others by their names."""
_REQUIREMENTS = 32
_TAGS = 50


def as_asff(report: Report) -> bytes:
    """An array of findings, the worst first; an import takes at most 100 (6 MB), all of one account and region."""
    return json_array(asff_findings(report))


def asff_findings(report: Report) -> Iterator[dict[str, Any]]:
    """One finding each, the worst first."""
    return (_finding(each, report) for each in report.lines)


def _finding(line: Line, report: Report) -> dict[str, Any]:
    finding, target = line.finding, line.finding.resource.target
    severity = {
        "Label": "INFORMATIONAL" if finding.outcome in QUIET else finding.severity.upper(),
        "Original": finding.severity.value,
    }
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{target.region}/{target.account_id}/{line.check.id}/{uid(finding)}",
        "ProductArn": f"arn:{target.partition}:securityhub:{target.region}:{target.account_id}"
        f":product/{target.account_id}/default",
        "ProductName": PRODUCT,
        "CompanyName": PRODUCT,
        "GeneratorId": f"{PRODUCT}/{line.check.id}",
        "AwsAccountId": target.account_id,
        "Types": [FINDING_TYPE],
        **_times(line),
        "Severity": severity,
        "Title": _shortened(line.check.title, 256),
        "Description": _shortened(f"{finding.verdict.reason}. {line.check.description}", 1024),
        "Remediation": {"Recommendation": {"Text": _shortened(line.check.remediation, 512)}},
        "ProductFields": _fields(line, report),
        "Resources": [_resource(finding.resource)],
        "Compliance": _compliance(line),
        "Workflow": {"Status": _WORKFLOWS[finding.outcome]},
        "RecordState": "ARCHIVED" if finding.outcome in _ARCHIVED else "ACTIVE",
        "FindingProviderFields": {"Severity": severity, "Types": [FINDING_TYPE]},
    }


def _times(line: Line) -> dict[str, str]:
    at = line.finding.at
    times = {"CreatedAt": line.first_seen or at, "UpdatedAt": at, "LastObservedAt": at}
    if line.first_seen or line.finding.outcome not in QUIET:
        times["FirstObservedAt"] = line.first_seen or at
    return {name: rfc3339(each) for name, each in times.items()}


def _type_of(resource: Resource) -> str:
    """By the kind; the ARN tells whether it is a role, a user or a group that has policies (``role/NAME``)."""
    kind = resource.kind
    if kind == "iam:identity-policies":
        kind = f"iam:{resource.arn.rpartition(':')[2].partition('/')[0]}"
    return RESOURCE_TYPES.get(kind, "Other")


def _resource(resource: Resource) -> dict[str, Any]:
    """A tag without a value is left out: the format has no way to say it."""
    told: dict[str, Any] = {
        "Type": _type_of(resource),
        "Id": _shortened(resource.arn, 512),
        "Region": resource.target.region,
    }
    if resource.target.partition in _PARTITIONS:
        told["Partition"] = resource.target.partition
    tags = [(name, value) for name, value in resource.tags if name.strip() and value.strip()]
    if tags:
        told["Tags"] = dict(tags[:_TAGS])
    return told


def _compliance(line: Line) -> dict[str, Any]:
    finding = line.finding
    told: dict[str, Any] = {
        "Status": _STATUSES[finding.outcome],
        "RelatedRequirements": requirements(line.check)[:_REQUIREMENTS],
    }
    if finding.outcome not in {Outcome.PASS, Outcome.FAIL}:
        why = accepted(finding) or finding.verdict.reason
        told["StatusReasons"] = [{"ReasonCode": _code(finding), "Description": _shortened(why, 1024)}]
    parameters = {name: _values(value) for name, value in finding.parameters.items()}
    if any(parameters.values()):
        told["SecurityControlParameters"] = [
            {"Name": name, "Value": values} for name, values in parameters.items() if values
        ]
    return told


def _code(finding: Finding) -> str:
    return (finding.verdict.cause or finding.outcome).upper()


def _values(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return [text for text in (str(each) for each in values) if text.strip()]


def _fields(line: Line, report: Report) -> dict[str, str]:
    """What the format has no place for."""
    finding, due, exemption = line.finding, line.due, line.finding.exemption
    calls = (f"{each.operation} {each.request_id or '-'}" for each in finding.resource.provenance)
    told = {
        "outcome": finding.outcome.value,
        "check": finding.check,
        "service": line.check.service,
        "kind": finding.resource.kind,
        "environment": report.environment,
        "version": report.version,
        "cause": finding.verdict.cause,
        "operation": finding.verdict.operation,
        "due": rfc3339(due.by) if due and due.by else None,
        "due_rule": due.rule if due else None,
        "accept_by": rfc3339(due.accept_by) if due else None,
        "exemption_owner": exemption.owner if exemption else None,
        "exemption_reason": exemption.reason if exemption else None,
        "exemption_expires": exemption.expires.isoformat() if exemption else None,
        "requests": "; ".join(calls),
    }
    return {f"{PRODUCT}/{name}": _shortened(text, 2048) for name, text in told.items() if text and text.strip()}


def _shortened(text: str, most: int) -> str:
    """One line of at most so many bytes; a dash where there is nothing, since AWS refuses a blank."""
    flat = " ".join(clean(text).split()) or "-"
    raw = flat.encode()
    if len(raw) <= most:
        return flat
    return raw[: most - 3].decode(errors="ignore") + "…"
