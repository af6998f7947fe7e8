"""The metrics of control state: one target's findings, and the roll-up of all of them. Pure.

Labels are bounded by checks, resources and targets: a reason or a fact is never one. Times are seconds since the epoch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ppbe_observe.controls.deadlines import Due
from ppbe_observe.controls.rollup import RollUp, Standing, State
from ppbe_observe.model import Family, Finding, Kind, Labels, Outcome, Sample, Target, Tracked

_PLACE = ("account_id", "region")
_OPENED = ("check", "resource", "severity", *_PLACE)

LABELS: Mapping[str, tuple[str, ...]] = {
    "fedramp_finding": ("check", "resource", "outcome", "severity", *_PLACE),
    "fedramp_findings": ("check", "outcome", "severity", *_PLACE),
    "fedramp_finding_opened_timestamp_seconds": _OPENED,
    "fedramp_finding_due_timestamp_seconds": _OPENED,
    "fedramp_finding_accept_by_timestamp_seconds": _OPENED,
    "fedramp_check_verified_timestamp_seconds": ("check", *_PLACE),
    "fedramp_evaluation_timestamp_seconds": _PLACE,
    "fedramp_evaluation_duration_seconds": _PLACE,
    "fedramp_control_state": ("control", "state"),
    "fedramp_indicator_state": ("indicator", "state"),
    "fedramp_family_state": ("family", "state"),
    "fedramp_baseline_controls": ("baseline", "state"),
    "fedramp_baseline_automated_ratio": ("baseline",),
    "fedramp_indicators_automated_ratio": (),
}
"""The label names of each metric here."""


@dataclass(frozen=True, slots=True)
class Open:
    """An open finding with its deadline."""

    tracked: Tracked
    due: Due


def of_target(
    target: Target, findings: Iterable[Finding], open_findings: Iterable[Open], verified: Mapping[str, datetime]
) -> tuple[Family, ...]:
    """What is known of one target: its findings, the open ones' times, and when each check last saw everything."""
    place = (("account_id", target.account_id), ("region", target.region))
    found = tuple(findings)
    opened = tuple(open_findings)
    to_mend = [each for each in opened if each.tracked.outcome is not Outcome.EXEMPT]
    return (
        _family("fedramp_finding", "1 for each finding of the last evaluation.", _each(found, place)),
        _family("fedramp_findings", "Findings of the last evaluation.", _counts(found, place)),
        _family(
            "fedramp_finding_opened_timestamp_seconds",
            "When an open finding was opened; deadlines count from then.",
            ((_open(each, place), each.tracked.opened_at.timestamp()) for each in opened),
        ),
        _family(
            "fedramp_finding_due_timestamp_seconds",
            "When an open finding is due; absent where no rule sets a date, or an exemption accepts it.",
            ((_open(each, place), each.due.by.timestamp()) for each in to_mend if each.due.by),
        ),
        _family(
            "fedramp_finding_accept_by_timestamp_seconds",
            "When an open finding must be marked as accepted (CR26: 192 days); absent where it is.",
            ((_open(each, place), each.due.accept_by.timestamp()) for each in to_mend),
        ),
        _family(
            "fedramp_check_verified_timestamp_seconds",
            "When a check could last judge everything that it concerns.",
            (((("check", check), *place), at.timestamp()) for check, at in verified.items()),
        ),
    )


def of_evaluation(target: Target, at: datetime, seconds: float) -> tuple[Family, ...]:
    """The last evaluation of a target, whatever it saw."""
    place = (("account_id", target.account_id), ("region", target.region))
    return (
        _family("fedramp_evaluation_timestamp_seconds", "When a target was last judged.", ((place, at.timestamp()),)),
        _family(
            "fedramp_evaluation_duration_seconds", "How long the last evaluation of a target took.", ((place, seconds),)
        ),
    )


def of_estate(rolled: RollUp) -> tuple[Family, ...]:
    """The state of every control of the baseline, every indicator and family, and the coverage."""
    baseline = (("baseline", rolled.coverage.baseline.value),)
    states = rolled.coverage.states
    automated = sum(each.state is not State.NOT_AUTOMATED for each in rolled.indicators.values())
    return (
        _family(
            "fedramp_control_state",
            "1 for the state that a control is in, 0 for the others.",
            _states("control", rolled.controls.values()),
        ),
        _family(
            "fedramp_indicator_state",
            "1 for the state that a Key Security Indicator is in, 0 for the others.",
            _states("indicator", rolled.indicators.values()),
        ),
        _family(
            "fedramp_family_state",
            "1 for the state that a control family is in, 0 for the others.",
            _states("family", rolled.families.values()),
        ),
        _family(
            "fedramp_baseline_controls",
            "Controls of the baseline in each state; their sum is the baseline.",
            (((*baseline, ("state", state.value)), float(states[state])) for state in State),
        ),
        _family(
            "fedramp_baseline_automated_ratio",
            "Share of the controls of the baseline that have at least one check.",
            ((baseline, rolled.coverage.automated / rolled.coverage.controls),),
        ),
        _family(
            "fedramp_indicators_automated_ratio",
            "Share of the Key Security Indicators that have at least one check.",
            (((), automated / len(rolled.indicators)),),
        ),
    )


def _family(name: str, text: str, samples: Iterable[tuple[Labels, float]]) -> Family:
    return Family(name, Kind.GAUGE, text, tuple(Sample(labels, value) for labels, value in samples))


def _each(findings: Iterable[Finding], place: Labels) -> Iterator[tuple[Labels, float]]:
    for each in findings:
        labels = (
            ("check", each.check),
            ("resource", each.resource.arn),
            ("outcome", each.outcome.value),
            ("severity", each.severity.value),
        )
        yield (*labels, *place), 1.0


def _counts(findings: Iterable[Finding], place: Labels) -> Iterator[tuple[Labels, float]]:
    counts = Counter((each.check, each.outcome.value, each.severity.value) for each in findings)
    for (check, outcome, severity), many in counts.items():
        yield (("check", check), ("outcome", outcome), ("severity", severity), *place), float(many)


def _open(each: Open, place: Labels) -> Labels:
    key = each.tracked.key
    return (("check", key.check), ("resource", key.resource), ("severity", each.tracked.severity.value), *place)


def _states(label: str, standings: Iterable[Standing]) -> Iterator[tuple[Labels, float]]:
    for each in standings:
        for state in State:
            yield ((label, each.id), ("state", state.value)), float(each.state is state)
