"""How objectives stand, out of their recorded series. Pure.

Invariant: what is not recorded now is unknown, never good: an objective that is declared and has no data is told so.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from ppbe_observe.alerting.slo.burn import BURNS, DAY, MINUTE, WINDOW
from ppbe_observe.alerting.slo.recording import BUDGET, OBJECTIVE, PERIOD, REMAINING, ratio_name

NOW = 5 * MINUTE
RATES = tuple(burn.long for burn in BURNS)
"""The windows whose burn rates are shown: 1h, 6h, 1d, 3d."""
_NAMES = (OBJECTIVE, BUDGET, PERIOD, REMAINING, *(ratio_name(window) for window in (NOW, *RATES)))
QUERY = f'{{__name__=~"{"|".join(_NAMES)}"}}'
"""All that is needed, in one question."""
_NAME = "__name__"
_OWN = frozenset({_NAME, "slo", "service"})

Labelled = tuple[Mapping[str, str], float]
"""A series, its name among the labels, and its value."""
_NOISE = 12
"""Decimals of a share: 1 - 0.001 is not always 0.999 as a float."""
_SHOWN = Decimal("0.001")


class Outcome(StrEnum):
    """Whether there is budget left."""

    LEFT = "left"
    SPENT = "spent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """One objective for one combination of its labels.

    Attributes:
        slo: Its name.
        service: What it is about.
        by: The labels that it is kept by; empty where there is no data at all.
        objective: The share of events that must be good.
        budget: The share of events that may be bad.
        window: What both are about.
        good: The share of good events of the last five minutes; None where there was no event.
        left: The share of the budget that is left, negative where it is overspent; None where that is unknown.
        burns: The burn rates over RATES; None where there was no event.
    """

    slo: str
    service: str
    by: Mapping[str, str]
    objective: float
    budget: float
    window: timedelta
    good: float | None = None
    left: float | None = None
    burns: Mapping[timedelta, float | None] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """Whether there is budget left."""
        if self.left is None:
            return Outcome.UNKNOWN
        return Outcome.LEFT if self.left > 0 else Outcome.SPENT

    @property
    def spent_in(self) -> timedelta | None:
        """When nothing is left at the rate of the last hour; None where it is not spent faster than allowed.

        Source: SRE workbook, chapter 5: the time to exhaustion is the window by the burn rate.
        """
        burn = self.burns.get(RATES[0])
        if self.left is None or self.left <= 0 or burn is None or burn <= 1:
            return None
        return self.left / burn * self.window


def standings(series: Iterable[Labelled]) -> tuple[Standing, ...]:
    """Every objective that is recorded, by name and labels."""
    facts: dict[str, dict[str, float]] = {}
    services: dict[str, str] = {}
    values: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, float]] = {}
    for labels, value in series:
        name, slo = labels.get(_NAME, ""), labels.get("slo", "")
        if not math.isfinite(value):
            continue
        if name in {OBJECTIVE, BUDGET, PERIOD}:
            facts.setdefault(slo, {})[name] = value
            services[slo] = labels.get("service", "")
        else:
            by = tuple(sorted((key, text) for key, text in labels.items() if key not in _OWN))
            values.setdefault((slo, by), {})[name] = value
    return tuple(
        Standing(slo, services[slo], dict(by), *_facts(found), *_numbers(numbers, found[BUDGET]))
        for slo, found in sorted(facts.items())
        if {OBJECTIVE, BUDGET} <= found.keys()
        for by, numbers in sorted(_of(slo, values))
    )


def share_text(share: float) -> str:
    """``99.953 %``, never rounded up: one error in a million is one, and what misses an objective reads like it."""
    percent = 100 * Decimal(repr(round(share, _NOISE)))
    return f"{float(percent.quantize(_SHOWN, ROUND_FLOOR)):g} %"


def key_of(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What tells the standings apart, out of the labels of any of their series."""
    return tuple(sorted((name, value) for name, value in labels.items() if name not in {_NAME, "service"}))


def _of(
    slo: str, values: Mapping[tuple[str, tuple[tuple[str, str], ...]], dict[str, float]]
) -> Iterator[tuple[tuple[tuple[str, str], ...], dict[str, float]]]:
    found = [(by, numbers) for (name, by), numbers in values.items() if name == slo]
    yield from found or [((), {})]


def _facts(found: Mapping[str, float]) -> tuple[float, float, timedelta]:
    return found[OBJECTIVE], found[BUDGET], found.get(PERIOD, WINDOW / DAY) * DAY


def _numbers(
    numbers: Mapping[str, float], budget: float
) -> tuple[float | None, float | None, Mapping[timedelta, float | None]]:
    now = numbers.get(ratio_name(NOW))
    ratios = {window: numbers.get(ratio_name(window)) for window in RATES}
    burns = {window: None if ratio is None or budget <= 0 else ratio / budget for window, ratio in ratios.items()}
    return None if now is None else 1 - now, numbers.get(REMAINING), burns
