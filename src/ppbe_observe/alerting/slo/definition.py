"""``Slo``: the declaration of an objective. Pure.

Invariant: what exists can be kept and can be missed. An objective whose alert could never fire is refused.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ppbe_observe.alerting.slo.burn import BURNS
from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place
from ppbe_observe.promql.expression import parsed

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DIGITS = 12
"""Decimals of a budget: 1 - 0.999 is 0.0010000000000000009 as a float."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """One service level objective over 30 days: so many of all events are good.

    Attributes:
        name: ``ppbe-api-availability``: the label ``slo``, and the beginning of the names of its alerts.
        service: ``ppbe-api``: the label ``service``.
        objective: The share of good events, such as 0.999.
        total: Accumulated counters that together count every event once; names come from the exporters.
        bad: Those of the bad events, which ``total`` counts, too. Give them or the good ones.
        good: Those of the good events.
        where: PromQL matchers of the counters' series, without braces.
        by: The labels that it is kept by: each combination has a budget of its own.
        owner: Who mends it.
        description: What a good event is: ``requests answered without a server error``.
        reason: Why this objective and these counters, and where they come from.
        runbook: The page in ``docs/runbooks/`` without ``.md``.
        minimum: Events that the long window of an alert must hold; where None, so many that one bad event cannot spend
            more than its share: 1 / (1 - objective).
        example: The labels of one series that ``where`` selects, for the unit tests.
        place: Where it is declared.
    """

    name: str
    service: str
    objective: float
    total: tuple[str, ...]
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    where: str = ""
    by: tuple[str, ...]
    owner: str
    description: str
    reason: str
    runbook: str
    minimum: int | None = None
    example: Mapping[str, str] = field(hash=False)
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        if not _NAME.fullmatch(self.name):
            raise DefinitionError(f"an SLO is called {self.name!r}; give it a name like ppbe-api-availability")
        for wanted in ("service", "owner", "description", "reason", "runbook", "total"):
            if not getattr(self, wanted):
                raise DefinitionError(f"SLO {self.name}: {wanted} is missing")
        self._check_objective()
        self._check_counters()

    def _check_objective(self) -> None:
        if not 0 < self.objective < 1:
            raise DefinitionError(
                f"SLO {self.name}: the objective is a share between 0 and 1, such as 0.999, not {self.objective:g}"
            )
        burn = max(BURNS, key=lambda each: each.factor)
        if burn.factor * self.budget >= 1:
            hours = burn.long.total_seconds() / 3600
            raise DefinitionError(
                f"SLO {self.name}: with the objective {self.objective:g} the alert over {hours:g} h can never fire: it "
                f"would take {burn.factor * self.budget:.0%} errors ({burn.factor:g} times the budget of "
                f"{self.budget:g}); an objective above {1 - 1 / burn.factor:.4f} would do"
            )

    def _check_counters(self) -> None:
        if bool(self.bad) == bool(self.good):
            raise DefinitionError(f"SLO {self.name}: give the counters of the bad events or of the good ones")
        if {*self.bad, *self.good} == {*self.total}:
            raise DefinitionError(f"SLO {self.name}: total counts nothing but {'bad' if self.bad else 'good'} events")
        parsed(f"{self.total[0]}{{{self.where}}}")
        if missing := [label for label in self.by if label not in self.example]:
            raise DefinitionError(f"SLO {self.name}: the example has no label {', '.join(missing)}")

    @property
    def budget(self) -> float:
        """The share of events that may be bad."""
        return round(1 - self.objective, _DIGITS)

    @property
    def least(self) -> int:
        """The events that the long window of an alert must hold."""
        return math.ceil(round(1 / self.budget, _DIGITS // 2)) if self.minimum is None else self.minimum

    @property
    def labels(self) -> dict[str, str]:
        """The labels that each of its recorded series has besides ``by``."""
        return {"service": self.service, "slo": self.name}

    @property
    def camel(self) -> str:
        """``PpbeApiAvailability``: the beginning of the names of its alerts."""
        return "".join(part.capitalize() for part in self.name.split("-"))
