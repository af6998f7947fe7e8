"""PromQL in a panel: with Grafana's variables in it, and without. Pure.

Source: Grafana documentation, "Variable syntax" and "Global variables"; Prometheus data source, ``$__rate_interval``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ppbe_observe.errors import DefinitionError
from ppbe_observe.promql.expression import Expression, parsed

BUILT_IN: Mapping[str, str] = {
    "__rate_interval": "5m",
    "__interval": "1m",
    "__interval_ms": "60000",
    "__range": "6h",
    "__range_s": "21600",
    "__range_ms": "21600000",
}
"""What Grafana itself fills in, as for six hours on a screen of 360 points."""
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::\w+)?\}|([A-Za-z_]\w*))")  # not $1, which label_replace knows
_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def variables_in(text: str) -> frozenset[str]:
    """The variables that a text names, without those that Grafana itself fills in."""
    return frozenset(one or two for one, two in _VARIABLE.findall(text)) - BUILT_IN.keys()


def filled(text: str, values: Mapping[str, str], default: str = ".*") -> str:
    """The text with its variables filled in; what has no value becomes ``default``."""
    known = {**BUILT_IN, **values}
    return _VARIABLE.sub(lambda found: known.get(found[1] or found[2], default), text)


def labels_in(text: str) -> frozenset[str]:
    """The labels that a text names as ``{{label}}``."""
    return frozenset(_LABEL.findall(text))


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel.

    Attributes:
        expr: PromQL with variables; metric names come from the exporters.
        legend: How a series is called: text with ``{{label}}``; a series says nothing of itself where empty.
        parsed: The expression with something in place of its variables, parsed.
    """

    expr: str
    legend: str = ""
    parsed: Expression = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.expr.strip():
            raise DefinitionError("a query without an expression; write one, or delete it")
        object.__setattr__(self, "parsed", parsed(filled(self.expr, {})))

    @property
    def named_labels(self) -> frozenset[str]:
        """The labels that the legend names."""
        return labels_in(self.legend)
