"""A report as JUnit XML, for CI servers: valid for the schema of Jenkins' xUnit plugin (junit-10.xsd). Pure.

A test suite is a service on a target; a test is a check on a resource. A failure fails, unknown is an error, what is
accepted or does not apply is skipped. GitLab knows a test by class name and name and ignores a second one with the
same: the class name tells account, region and service (which Jenkins shows as packages), the name check and ARN.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ppbe_observe.controls.formats.common import PRODUCT, accepted, rfc3339
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Finding, Outcome

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference (section 2.2, Char)."""
_SKIPPED = frozenset({Outcome.EXEMPT, Outcome.NOT_APPLICABLE})


def as_junit(report: Report) -> bytes:
    """Suites by account, region and service; in each the worst first."""
    lines = report.all_lines
    root = Element("testsuites", {"name": PRODUCT, "time": "0", **_counts(lines)})
    suites: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        target = line.finding.resource.target
        suites.setdefault((target.account_id, target.region, line.check.service), []).append(line)
    for key, members in sorted(suites.items()):
        _suite(root, key, members, report)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(root: Element, key: tuple[str, str, str], lines: list[Line], report: Report) -> None:
    attributes = {
        "name": _legal(".".join(key)),
        "time": "0",
        "timestamp": f"{report.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",  # Ant's schema allows no zone
        **_counts(lines),
        "skipped": str(sum(each.finding.outcome in _SKIPPED for each in lines)),
    }
    suite = SubElement(root, "testsuite", attributes)
    properties = SubElement(suite, "properties")
    told = dict(zip(("account_id", "region", "service"), key, strict=True))
    told |= {"environment": report.environment, "version": report.version}
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=_legal(value))
    for line in lines:
        _test(suite, ".".join(key), line)


def _test(suite: Element, classname: str, line: Line) -> None:
    finding = line.finding
    name = f"{finding.check}[{finding.resource.arn}]"
    test = SubElement(suite, "testcase", classname=_legal(classname), name=_legal(name), time="0")
    outcome, reason = finding.outcome, _legal(finding.verdict.reason)
    if outcome is Outcome.FAIL:
        SubElement(test, "failure", type=finding.severity.value, message=reason).text = _explained(line)
    elif outcome is Outcome.UNKNOWN:
        SubElement(test, "error", type=finding.verdict.cause or "unknown", message=reason).text = _explained(line)
    elif outcome in _SKIPPED:
        SubElement(test, "skipped", type=outcome.value, message=_legal(_why_skipped(finding)))


def _explained(line: Line) -> str:
    """What a viewer shows of a test that did not pass: GitLab shows nothing else."""
    finding, check, due = line.finding, line.check, line.due
    told = {
        "expected": check.title,
        "found": finding.verdict.reason,
        "operation": finding.verdict.operation,
        "resource": finding.resource.arn,
        "severity": finding.severity.value,
        "controls": " ".join((*check.controls, *check.indicators)),
        "due": f"{rfc3339(due.by)} ({due.rule})" if due and due.by else None,
        "to do": check.remediation if finding.outcome is Outcome.FAIL else None,
    }
    return _legal("\n".join(f"{name}: {text}" for name, text in told.items() if text))


def _why_skipped(finding: Finding) -> str:
    reason = finding.verdict.reason
    exemption = accepted(finding)
    return f"{exemption} ({reason})" if exemption else reason


def _counts(lines: Iterable[Line]) -> dict[str, str]:
    outcomes = [each.finding.outcome for each in lines]
    counts = {
        "tests": len(outcomes),
        "failures": outcomes.count(Outcome.FAIL),
        "errors": outcomes.count(Outcome.UNKNOWN),
    }
    return {name: str(many) for name, many in counts.items()}


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
