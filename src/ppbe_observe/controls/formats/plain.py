"""A report as JSON, for scripts, and as CSV, for spreadsheets. Pure."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

import orjson

from ppbe_observe.controls.formats.common import accepted, clean, json_bytes
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.controls.rollup import Coverage, Standing
from ppbe_observe.model import Outcome

_COLUMNS = (
    "outcome",
    "severity",
    "check",
    "title",
    "service",
    "resource",
    "account_id",
    "region",
    "reason",
    "cause",
    "controls",
    "indicators",
    "first_seen",
    "due",
    "due_rule",
    "accept_by",
    "exemption",
    "remediation",
    "evaluated_at",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What a spreadsheet takes for the beginning of a formula, or skips before one (OWASP, CSV injection; ASVS 1.2.10)."""


def as_json(report: Report) -> bytes:
    """An object with the roll-up and the findings, the worst first. Facts are left out: they may hold secrets."""
    document = {
        "version": report.version,
        "evaluated_at": report.at,
        "environment": report.environment,
        "complete": report.complete,
        "not_judged": [
            {"target": name, "operation": each.operation, "cause": each.reason, "reason": clean(each.detail)}
            for name, each in report.unnamed
        ],
        "summary": {each.value: report.count(each) for each in Outcome},
        "baseline": _coverage(report.rolled.coverage),
        "controls": {each.id: _standing(each) for each in report.rolled.controls.values()},
        "indicators": {each.id: _standing(each) for each in report.rolled.indicators.values()},
        "families": {each.id: _standing(each) for each in report.rolled.families.values()},
        "findings": [entry(each) for each in report.lines],
    }
    return json_bytes(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)


def as_csv(report: Report) -> bytes:
    """One line a finding; cells that a spreadsheet would take for a formula are quoted with an apostrophe."""
    out = StringIO()
    writer = csv.DictWriter(out, _COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for line in report.all_lines:
        told = entry(line) | {"exemption": accepted(line.finding)}
        writer.writerow({name: _cell(value) for name, value in told.items()})
    return out.getvalue().encode("utf-8", "replace")


def entry(line: Line) -> dict[str, Any]:
    """A finding as a JSON object."""
    finding, check, due = line.finding, line.check, line.due
    resource, target, exemption = finding.resource, finding.resource.target, finding.exemption
    return {
        "check": finding.check,
        "title": check.title,
        "service": check.service,
        "outcome": finding.outcome.value,
        "reason": clean(finding.verdict.reason),
        "cause": finding.verdict.cause,
        "operation": finding.verdict.operation,
        "severity": finding.severity.value,
        "controls": list(check.controls),
        "indicators": list(check.indicators),
        "resource": clean(resource.arn),
        "kind": resource.kind,
        "account_id": target.account_id,
        "region": target.region,
        "partition": target.partition,
        "tags": {clean(name): clean(value) for name, value in resource.tags},
        "parameters": dict(finding.parameters),
        "first_seen": line.first_seen,
        "due": due.by if due else None,
        "due_rule": due.rule if due else None,
        "accept_by": due.accept_by if due else None,
        "exemption": {"reason": exemption.reason, "owner": exemption.owner, "expires": exemption.expires}
        if exemption
        else None,
        "remediation": check.remediation,
        "evaluated_at": finding.at,
        "provenance": [
            {"operation": each.operation, "request_id": each.request_id, "at": each.at} for each in resource.provenance
        ],
    }


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "title": each.title,
        "state": each.state.value,
        "outcomes": {outcome.value: many for outcome, many in each.outcomes.items()},
        "checks": list(each.checks),
    }


def _coverage(coverage: Coverage) -> Mapping[str, Any]:
    return {
        "name": coverage.baseline.value,
        "controls": coverage.controls,
        "automated": coverage.automated,
        "states": {state.value: many for state, many in coverage.states.items()},
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(str, value))
    text = value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
