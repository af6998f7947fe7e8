"""Prints docs/reference/exporters.md: what the exporters of the checkout declare, and which AWS calls they take."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ppbe_observe.cloudwatch.definition import Dimensions, Exporter, Metric
from ppbe_observe.cloudwatch.naming import info_name
from ppbe_observe.definitions import load_exporters
from ppbe_observe.permissions.declared import calls_of_exporter

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Exporters

Written by `make docs` from `exporters/`; edit those files, not this one. A metric is exported where CloudWatch has it:
names follow yet-another-cloudwatch-exporter, values are CloudWatch's own unless a scale is given. A sum, or a number of
datapoints, that is also accumulated shows as a counter that ends in `_total`.
"""


def page(exporters: Iterable[Exporter]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for exporter in exporters for line in section(exporter))])


def section(exporter: Exporter) -> Iterator[str]:
    """One exporter."""
    yield f"## {exporter.name}: `{exporter.namespace}`\n"
    yield f"- Collected every {seconds(exporter.every.total_seconds())}; {period(exporter)}."
    kinds = ", ".join(f"`{kind}`" for kind in exporter.kinds) or "none: whatever ListMetrics shows"
    yield f"- Resources: {kinds}."
    if exporter.metrics:
        yield f"- Dimensions: {levels(exporter.levels) or 'all that ListMetrics shows'}."
    yield f"- AWS calls: {', '.join(f'`{call}`' for call in calls_of_exporter(exporter))}.\n"
    if exporter.metrics:
        yield "| CloudWatch metric | series | meaning |\n|---|---|---|"
        yield from (metric_row(exporter, metric) for metric in exporter.metrics)
        yield ""
    if exporter.facts:
        yield "| fact | series | meaning |\n|---|---|---|"
        yield from (f"| `{fact.key}` | `{exporter.fact_name(fact)}` | {fact.help} |" for fact in exporter.facts)
        yield ""
    if exporter.kinds:
        yield f"{info(exporter)}\n"


def metric_row(exporter: Exporter, metric: Metric) -> str:
    """One metric, all its series."""
    names = [exporter.series_name(metric.name, statistic) for statistic in metric.statistics]
    names += [exporter.counter_name(metric.name, statistic) for statistic in metric.counters]
    text = metric.help
    if metric.levels and set(metric.levels) != set(exporter.levels):
        text += f" By {levels(metric.levels)}."
    if metric.period:
        text += f" Period {seconds(metric.period.total_seconds())}."
    if metric.scale != 1:
        text += f" CloudWatch's value times {metric.scale:g}."
    if metric.nil_to_zero:
        text += " 0 where CloudWatch reports nothing."
    return f"| `{metric.name}` | {'<br>'.join(f'`{name}`' for name in names)} | {text} |"


def info(exporter: Exporter) -> str:
    """The info series and its labels."""
    extra = ", ".join(f"`{label}` (`{key}`)" for label, key in exporter.info.items())
    also = f" and {extra}" if extra else ""
    return f"`{info_name(exporter.namespace)}` carries the ARN as `name`, the dimensions, the allowed tags{also}."


def levels(sets: Iterable[Dimensions]) -> str:
    """Sets of dimensions for people."""
    return "; ".join(" + ".join(f"`{name}`" for name in each) or "none" for each in sets)


def period(exporter: Exporter) -> str:
    """The exporter's own period."""
    return f"period {seconds(exporter.period.total_seconds())}" if exporter.metrics else "no CloudWatch metric"


def seconds(number: float) -> str:
    """A span for people."""
    for unit, size in (("day", 86_400), ("h", 3600), ("min", 60)):
        if number % size == 0:
            return f"{number / size:g} {unit}"
    return f"{number:g} s"


if __name__ == "__main__":
    sys.stdout.write(page(load_exporters(ROOT)))
