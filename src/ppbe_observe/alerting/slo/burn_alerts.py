"""The alerts of an objective: one that pages, one that files a ticket, each over two burn rates. Pure.

One name per severity, with an ``or`` between its burn rates: whoever silences the page of the fast one must not be
woken again when the slow one follows in the same incident, and a ladder's ``for`` runs on when one takes over from the
other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.rules import PAGE, TICKET, Alert, Case, Example, Severity
from ppbe_observe.alerting.slo.burn import WINDOW, Burn, burns_of
from ppbe_observe.alerting.slo.definition import Slo
from ppbe_observe.alerting.slo.recording import ratio_name, series, total_name
from ppbe_observe.alerting.slo.traffic import Phase, late, restarted, traffic, usual

MINUTE = timedelta(minutes=1)
SECOND_SAMPLE = MINUTE
"""When an increase can first be seen."""
_LADDER = 90
"""How many minutes of errors climb every step of a ladder."""
_MINUTES = 30
_HOUR = 60
"""Minutes. Every minute of a test evaluates every rule: those below are no longer than they must be."""


@dataclass(frozen=True, slots=True)
class _Kind:
    severity: Severity
    suffix: str
    summary: str


_KINDS = (
    _Kind(PAGE, "BurnsFast", "an error budget is being spent so fast that someone must act now"),
    _Kind(TICKET, "BurnsSlowly", "an error budget is being spent faster than it may"),
)


def page_of(slo: Slo) -> Alert:
    """The alert that wakes someone."""
    return _alert(slo, _KINDS[0])


def ticket_of(slo: Slo) -> Alert:
    """The alert that can wait for working hours."""
    return _alert(slo, _KINDS[1])


def _alert(slo: Slo, kind: _Kind) -> Alert:
    burns = burns_of(kind.severity)
    return Alert(
        name=f"{slo.camel}{kind.suffix}",
        expr=" or ".join(f"(\n{_exceeded(slo, burn)}\n)" for burn in burns),
        severity=kind.severity,
        owner=slo.owner,
        summary=f"{slo.service}: {kind.summary}",
        description=_description(slo, burns),
        reason=f"{slo.reason} Burn rates: SRE workbook, chapter 5, table 5-8.",
        resource=("slo", *slo.by),
        runbook=slo.runbook,
        reach=max(burn.short for burn in burns),
        example=_example(slo, burns),
        cases=tuple(_cases(slo, burns)),
        place=slo.place,
    )


def _exceeded(slo: Slo, burn: Burn) -> str:
    ratios = (series(slo, ratio_name(window)) for window in (burn.long, burn.short))
    over = [f"{ratio} / {slo.budget!r} > {burn.factor:g}" for ratio in ratios]
    return "\nand ".join([*over, f"{series(slo, total_name(burn.long))} >= {slo.least}"])


def _description(slo: Slo, burns: tuple[Burn, ...]) -> str:
    first, second = (f"over {duration(burn.long)} and {duration(burn.short)}" for burn in burns)
    what = ", ".join(f"{{{label}}}" for label in slo.by)
    return (
        f"{slo.name} of {what}: the error budget is being spent {{value}} times as fast as it may; the limits are "
        f"{{threshold}} times {first}, or {burns[1].factor:g} times {second}. The objective is "
        f"{100 * slo.objective:.10g}% {slo.description} within {duration(WINDOW)}. "
        "What is left: ppbe-observe slo status."
    )


def _burning(slo: Slo, burn: float, minutes: int = _MINUTES) -> Phase:
    return Phase(minutes, burn * slo.budget)


def _above(slo: Slo, burn: Burn) -> float:
    """A burn rate that is well above it, and can be."""
    return min(1.5 * burn.factor, (burn.factor + 1 / slo.budget) / 2)


def _example(slo: Slo, burns: tuple[Burn, ...]) -> Example:
    above = _above(slo, burns[0])
    return Example(
        fires=traffic(slo, _burning(slo, above, _LADDER)),
        quiet=traffic(slo, _burning(slo, 0.98 * burns[-1].factor)),
        labels=_labels(slo),
        value=above,
        begins=SECOND_SAMPLE,
    )


def _labels(slo: Slo) -> dict[str, str]:
    return {**{label: slo.example[label] for label in slo.by}, **slo.labels}


def _cases(slo: Slo, burns: tuple[Burn, ...]) -> Iterator[Case]:
    """What burn rates are for, whatever the objective. What fires does so before a ladder's second step."""
    fast, slow = burns
    end, soon, above, labels = _MINUTES * MINUTE, 10 * MINUTE, _above(slo, fast), _labels(slo)
    between = (slow.factor + fast.factor) / 2
    fires = traffic(slo, _burning(slo, above, _HOUR))
    yield Case("fires at the slower rate", traffic(slo, _burning(slo, between)), soon, between, labels)
    yield Case("fires although samples are late", late(fires, 7, 9), soon, above, labels)
    yield Case("fires over a counter reset", restarted(fires, 5), soon, above, labels)
    half = traffic(slo, _burning(slo, 0.5))
    yield Case("does not take a counter reset for errors", restarted(half, 10), 11 * MINUTE)
    yield Case("keeps quiet without traffic", traffic(slo, Phase(_MINUTES, above * slo.budget, 0.0)), end)
    few = traffic(slo, Phase(_HOUR, 1 / 3, events=3 / 60))
    yield Case("keeps quiet over one error in three requests an hour", few, _HOUR * MINUTE)
    if fast.severity is PAGE:
        yield from _short_lived(slo)


def _short_lived(slo: Slo) -> Iterator[Case]:
    spike = Phase(1, min(1.0, 5 * 60 * slo.budget))  # 5 times the budget of an hour, in a minute
    clean = Phase(_HOUR, 0.0)
    yield Case("does not fire on a short spike", traffic(slo, clean, spike, Phase(5, 0.0)), (_HOUR + 2) * MINUTE)
    over = traffic(slo, clean, Phase(20, usual(slo)), Phase(40, 0.0))
    yield Case("is over half an hour after the errors", over, (_HOUR + 20 + 31) * MINUTE)
