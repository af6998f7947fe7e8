"""What of an expression nobody exports, or can never be. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ppbe_observe.promql.expression import Selector

_ADDED = frozenset({"job", "instance", "le", "alertname", "alertstate", "severity", "owner", "escalation"})
"""Labels that Prometheus and the rules themselves set."""


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric that somebody exports: its labels, and the beginnings of further ones."""

    labels: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def has(self, label: str) -> bool:
        """Whether its series may have a label."""
        return label in self.labels or label in _ADDED or label.startswith(self.prefixes)


Known = Mapping[str, KnownMetric]


def unknown(selector: Selector, known: Known, recorded: Collection[str]) -> Iterator[str]:
    """The metric or the labels of a selector that nobody exports, each with what to do.

    Args:
        selector: What is looked at.
        known: What is exported.
        recorded: What rules record; it may have any label.
    """
    if selector.metric in recorded or not selector.metric:
        return
    metric = known.get(selector.metric)
    if metric is None:
        yield f"nobody exports {selector.metric}; take its name from the exporter"
        return
    for label, _, _ in selector.matchers:
        if not metric.has(label):
            yield f"{selector.metric} has no label {label}; it has {', '.join(sorted(metric.labels))}"


def never_matches(selector: Selector) -> Iterator[str]:
    """The labels that a selector wants to have two values at once."""
    wanted: dict[str, str] = {}
    for label, operator, value in selector.matchers:
        if operator == "=" and wanted.setdefault(label, value) != value:
            yield f'{selector.metric} can never have {label}="{wanted[label]}" and "{value}" at once'
