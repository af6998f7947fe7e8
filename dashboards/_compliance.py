"""What dashboards/compliance.py asks with: states in their order, titles of families and indicators, open findings."""

from alerts import compliance, compliance_detection
from dashboards._shared import some
from ppbe_observe.controls.catalog import catalog
from ppbe_observe.grafana import BAD, GOOD, NEUTRAL, NOTE, UNKNOWN, WARN, Scope, State, Variable

CONTROL, INDICATOR, FAMILY = (f"fedramp_{what}_state" for what in ("control", "indicator", "family"))
CONTROLS = "fedramp_baseline_controls"
IN = Scope("fedramp_evaluation_timestamp_seconds", ("account", "region"))
SEVERITY = 'severity=~"$severity"'
VARIABLES = (*IN.variables, Variable("severity", "Severity", IN("fedramp_findings"), "severity"))
"""Controls, families and indicators are those of the whole system: what is chosen filters the findings."""
ALERTS = tuple(alert for group in (*compliance.GROUPS, compliance_detection.GROUP) for alert in group.alerts)
ALERT_NAMES = "|".join(each.name for each in ALERTS)
RANKS = (
    (5, "fail", "fails", BAD),
    (4, "unknown", "unknown", UNKNOWN),
    (3, "exempt", "exempt", NOTE),
    (2, "pass", "passes", GOOD),
    (1, "not_applicable", "not applicable", NEUTRAL),
    (0, "not_automated", "not automated", NEUTRAL),
)
"""The worst first: its number, its label, and its name and colour."""
STATES = tuple(State(number, text, level) for number, _, text, level in RANKS)
SEVERITIES = (
    State("critical", "critical", BAD),
    State("high", "high", BAD),
    State("medium", "medium", WARN),
    State("low", "low", NOTE),
)
FAMILIES = tuple(
    State(family.lower(), f"{family} {title}", NEUTRAL)
    for family, title in dict.fromkeys((each.family, each.family_title) for each in catalog().controls.values())
)
INDICATORS = tuple(State(each.id, f"{each.id} {each.name}", NEUTRAL) for each in catalog().indicators.values())
DAY = 86_400  # seconds
OPENED, DUE, ACCEPT = (f"fedramp_finding_{when}_timestamp_seconds" for when in ("opened", "due", "accept_by"))
VERIFIED = "fedramp_check_verified_timestamp_seconds"
BY_FINDING = "max by (check, resource, severity, account_id, region)"


def rank(metric: str, label: str) -> str:
    """The state of each control, family or indicator as its number in RANKS."""
    found = " or ".join(f'{number} * {metric}{{state="{state}"}}' for number, state, _, _ in RANKS)
    return f"max by ({label}) ({found})"


def of(metric: str, *matchers: str) -> str:
    """A metric of the findings that are chosen."""
    return IN(metric, SEVERITY, *matchers)


def until(when: str) -> str:
    """Seconds from now until a date of each open finding; negative where it has passed."""
    return f"({of(when)} - time())"


def age() -> str:
    """Seconds since each open finding was opened."""
    return f"(time() - {of(OPENED)})"


def number_of(findings: str) -> str:
    """How many findings there are; 0 as long as somebody judges, and nothing where nobody does."""
    return some(findings, IN("fedramp_evaluation_timestamp_seconds"))


def in_family(state: str) -> str:
    """How many controls of each family are in a state."""
    found = f'max by (control) ({CONTROL}{{state=~"{state}"}})'
    return f'sum by (family) (label_replace({found}, "family", "$1", "control", "([a-z]+)-.+"))'
