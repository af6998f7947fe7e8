"""A report as OCSF Compliance Findings (class 2003) of schema 1.8.0, https://schema.ocsf.io/1.8.0. Pure.

What the schema has no place for is in ``unmapped``. Unknown is the schema's Warning ("did not yield a result due to
missing information"), so that nobody who looks for what did not pass can overlook it; an accepted failure is a failure
whose finding is suppressed; what does not apply is Other. ``status_code`` is always our own word.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from ppbe_observe.controls.formats.common import (
    FINDING_TYPE,
    PRODUCT,
    QUIET,
    accepted,
    json_array,
    present,
    requirements,
    rfc3339,
    uid,
)
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Outcome, Provenance, Resource, Severity

VERSION = "1.8.0"
_CLASS = 2003
_RULE = 1
_AWS_ACCOUNT = 10
_RESOURCE_UID = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Caption = tuple[int, str]
"""A member of an enumeration: the number, and its caption."""

_SEVERITIES: Mapping[Severity, Caption] = MappingProxyType(
    {
        Severity.CRITICAL: (5, "Critical"),
        Severity.HIGH: (4, "High"),
        Severity.MEDIUM: (3, "Medium"),
        Severity.LOW: (2, "Low"),
    }
)
_COMPLIANCE: Mapping[Outcome, Caption] = MappingProxyType(
    {
        Outcome.PASS: (1, "Pass"),
        Outcome.UNKNOWN: (2, "Warning"),
        Outcome.FAIL: (3, "Fail"),
        Outcome.EXEMPT: (3, "Fail"),
        Outcome.NOT_APPLICABLE: (99, "Not Applicable"),
    }
)
_STATUSES: Mapping[Outcome, Caption] = MappingProxyType(
    {
        Outcome.FAIL: (1, "New"),
        Outcome.UNKNOWN: (1, "New"),
        Outcome.EXEMPT: (3, "Suppressed"),
        Outcome.PASS: (4, "Resolved"),
        Outcome.NOT_APPLICABLE: (4, "Resolved"),
    }
)


def as_ocsf(report: Report) -> bytes:
    """An array of events, as scanners write it; ``events`` serves those who want lines."""
    return json_array(events(report))


def events(report: Report) -> Iterator[dict[str, Any]]:
    """One event a finding, the worst first."""
    return (_event(each, report) for each in report.all_lines)


def _event(line: Line, report: Report) -> dict[str, Any]:
    finding = line.finding
    activity, activity_name = _activity(line)
    told = {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {activity_name}",
        **_time("time", finding.at),
        **_caption("severity", (1, "Informational") if finding.outcome in QUIET else _SEVERITIES[finding.severity]),
        **_caption("status", _STATUSES[finding.outcome]),
        "status_code": finding.outcome.value,
        "status_detail": finding.verdict.reason,
        "message": finding.verdict.reason,
        "metadata": _metadata(line.check.id, report.version),
        "cloud": _cloud(finding.resource),
        "finding_info": _info(line, report),
        "compliance": _compliance(line),
        "resources": [_resource(finding.resource)],
        "remediation": {"desc": line.check.remediation},
        "observables": [_observable(finding.resource)],
        "evidences": [_evidence(each) for each in finding.resource.provenance],
        "comment": accepted(finding),
        "unmapped": _unmapped(line, report),
    }
    return present(told)


def _activity(line: Line) -> Caption:
    if line.first_seen is None:
        return 1, "Create"
    return (3, "Close") if line.finding.outcome in QUIET else (2, "Update")


def _metadata(check: str, version: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "profiles": ["cloud", "datetime"],
        "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": version},
        "event_code": check,
    }


def _cloud(resource: Resource) -> dict[str, Any]:
    target = resource.target
    return {
        "provider": "AWS",
        "account": {"uid": target.account_id, "type_id": _AWS_ACCOUNT, "type": "AWS Account"},
        "region": target.region,
        "cloud_partition": target.partition,
    }


def _info(line: Line, report: Report) -> dict[str, Any]:
    finding, check = line.finding, line.check
    first = line.first_seen or finding.at
    return {
        "uid": uid(finding),
        "title": check.title,
        "desc": check.description or check.title,
        "types": [FINDING_TYPE],
        **_time("created_time", first),
        **_time("first_seen_time", first),
        **_time("last_seen_time", finding.at),
        "analytic": {
            "type_id": _RULE,
            "type": "Rule",
            "uid": check.id,
            "name": check.title,
            "version": report.version,
        },
    }


def _compliance(line: Line) -> dict[str, Any]:
    """The control is the check, as in Security Hub; the controls of NIST and the indicators are requirements."""
    finding, check = line.finding, line.check
    status = _caption("status", _COMPLIANCE[finding.outcome])
    severity = _caption("severity", _SEVERITIES[finding.severity])
    told = {
        "standards": ["NIST SP 800-53 Rev. 5", "FedRAMP"],
        "requirements": requirements(check),
        "control": check.id,
        "control_parameters": [_parameter(*each) for each in finding.parameters.items()],
        "checks": [{"uid": check.id, "name": check.title, **severity, **status}],
        **status,
        "status_code": finding.outcome.value,
        "status_details": [finding.verdict.reason],
    }
    return present(told)


def _parameter(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, (list, tuple)):
        return {"name": name, "values": [str(each) for each in value]}
    return {"name": name, "value": str(value).lower() if isinstance(value, bool) else str(value)}


def _resource(resource: Resource) -> dict[str, Any]:
    target = resource.target
    told = {
        "uid": resource.arn,
        "name": resource.arn.split(":", 5)[-1],
        "type": resource.kind,
        "region": target.region,
        "cloud_partition": target.partition,
        "tags": [{"name": name, "value": value} for name, value in resource.tags],
    }
    return present(told)


def _observable(resource: Resource) -> dict[str, Any]:
    """What a SIEM joins events by, whatever their class."""
    return {"name": "resources.uid", "type_id": _RESOURCE_UID, "type": "Resource UID", "value": resource.arn}


def _evidence(call: Provenance) -> dict[str, Any]:
    api: dict[str, Any] = {"operation": call.operation}
    if call.request_id:
        api["request"] = {"uid": call.request_id}
    return {"api": api, "data": {"answered_at": rfc3339(call.at)}}


def _unmapped(line: Line, report: Report) -> dict[str, Any]:
    verdict, due, given = line.finding.verdict, line.due, line.finding.exemption
    told: dict[str, Any] = {"environment": report.environment, "cause": verdict.cause, "operation": verdict.operation}
    if due:
        by = rfc3339(due.by) if due.by else None
        told["due"] = present({"by": by, "rule": due.rule, "accept_by": rfc3339(due.accept_by)})
    if given:
        told["exemption"] = {"owner": given.owner, "reason": given.reason, "expires": given.expires.isoformat()}
    return present(told)


def _caption(name: str, member: Caption) -> dict[str, Any]:
    number, caption = member
    return {f"{name}_id": number, name: caption}


def _time(name: str, at: datetime) -> dict[str, Any]:
    """Whole milliseconds since 1970, and the same to read (profile datetime)."""
    return {name: (at - _EPOCH) // _MILLISECOND, f"{name}_dt": rfc3339(at)}
