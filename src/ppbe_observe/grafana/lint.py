"""What is wrong with dashboards that Grafana would show all the same. Pure.

Every problem names the place of the definition and what to do.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ppbe_observe.grafana.dashboard import Annotation, Dashboard
from ppbe_observe.grafana.links import TO, uid_of
from ppbe_observe.grafana.panels import Panel, Table
from ppbe_observe.grafana.queries import Query, labels_in, variables_in
from ppbe_observe.place import Problem
from ppbe_observe.promql.expression import Expression
from ppbe_observe.promql.known import Known, never_matches, unknown
from ppbe_observe.promql.results import may_have


def lint(dashboards: Sequence[Dashboard], known: Known, recorded: Collection[str]) -> tuple[Problem, ...]:
    """Every problem, in the order of the definitions.

    Args:
        dashboards: All of them: titles and identities are each once.
        known: What is exported.
        recorded: The names of the series that rules record.
    """
    return (
        *(problem for each in dashboards for problem in _of_dashboard(each, known, recorded)),
        *_twice(dashboards),
        *_nowhere(dashboards),
    )


def _of_dashboard(dashboard: Dashboard, known: Known, recorded: Collection[str]) -> Iterator[Problem]:
    yield from _variables(dashboard)
    for variable in dashboard.variables:
        for selector in variable.parsed.selectors:
            offered = replace(selector, matchers=(*selector.matchers, (variable.label, "!=", "")))
            for text in unknown(offered, known, recorded):
                yield Problem(variable.place, f"variable {variable.name}: {text}")
    for annotation in dashboard.annotations:
        for text in _annotation(annotation, known, recorded):
            yield Problem(dashboard.place, f"annotation {annotation.name}: {text}")
    for panel in _asking(dashboard):
        for text in (*_panel(panel), *_queries(panel.queries, known, recorded)):
            yield Problem(panel.place, f"panel {panel.title}: {text}")


def _annotation(annotation: Annotation, known: Known, recorded: Collection[str]) -> Iterator[str]:
    yield from _metrics(annotation.query.parsed, known, recorded)
    yield from _summed_away("the text", labels_in(annotation.title + annotation.text), annotation.query)


def _queries(queries: Iterable[Query], known: Known, recorded: Collection[str]) -> Iterator[str]:
    for query in queries:
        yield from _metrics(query.parsed, known, recorded)
        yield from _summed_away("the legend", query.named_labels, query)


def _summed_away(what: str, labels: Iterable[str], query: Query) -> Iterator[str]:
    for label in sorted(labels):
        if not may_have(query.parsed.root, label):
            yield f"{what} names {label}, which the expression sums away"


def _panel(panel: Panel) -> Iterator[str]:
    for column in panel.columns if isinstance(panel, Table) else ():
        asked = (each.parsed.root for each in panel.queries)
        if isinstance(column.field, str) and not any(may_have(each, column.field) for each in asked):
            yield f"column {column.title} shows {column.field}, which the expressions sum away"


def _metrics(expression: Expression, known: Known, recorded: Collection[str]) -> Iterator[str]:
    for selector in expression.selectors:
        yield from unknown(selector, known, recorded)
        yield from never_matches(selector)


def _variables(dashboard: Dashboard) -> Iterator[Problem]:
    declared = [each.name for each in dashboard.variables]
    used: set[str] = set()
    for number, variable in enumerate(dashboard.variables):
        chosen = variables_in(variable.series)
        used |= chosen
        if later := sorted(chosen - {*declared[:number]}):
            yield Problem(variable.place, f"variable {variable.name} needs {later[0]}, which is not before it")
    for what, where, text in _texts(dashboard):
        used |= variables_in(text)
        if undefined := sorted(variables_in(text) - {*declared}):
            yield Problem(where, f"{what} names ${undefined[0]}, which is no variable of {dashboard.title}")
    for variable in dashboard.variables:
        if variable.name not in used:
            yield Problem(variable.place, f"nothing in {dashboard.title} uses ${variable.name}; filter by it")


def _texts(dashboard: Dashboard) -> Iterator[tuple[str, str, str]]:
    """Every expression: whose it is, where that stands, and what it says."""
    for annotation in dashboard.annotations:
        yield f"annotation {annotation.name}", dashboard.place, annotation.query.expr
    for panel in _asking(dashboard):
        for query in panel.queries:
            yield f"panel {panel.title}", panel.place, query.expr


def _nowhere(dashboards: Sequence[Dashboard]) -> Iterator[Problem]:
    """Links to a dashboard that is not there."""
    there = {f"{TO}{uid_of(each.slug)}" for each in dashboards}
    for dashboard in dashboards:
        places = ((dashboard.place, dashboard.links), *((each.place, each.links) for each in _asking(dashboard)))
        for where, links in places:
            for link in links:
                if link.url.startswith(TO) and link.url not in there:
                    yield Problem(where, f"the link {link.title} leads to {link.url}, which is no dashboard")


def _asking(dashboard: Dashboard) -> Iterator[Panel]:
    return (each for each in dashboard.panels if isinstance(each, Panel))


def _twice(dashboards: Iterable[Dashboard]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for dashboard in dashboards:
        for key in (f"the title {dashboard.title}", f"the uid {uid_of(dashboard.slug)}"):
            if seen.setdefault(key, dashboard.place) != dashboard.place:
                yield Problem(dashboard.place, f"{key} is that of the dashboard at {seen[key]}, too")
        titles: set[str] = set()
        for panel in dashboard.panels:
            if panel.title in titles:
                yield Problem(panel.place, f"two panels of {dashboard.title} are called {panel.title}")
            titles.add(panel.title)
        rows = [each.title for each in dashboard.rows]
        if again := next((each for each in rows if rows.count(each) > 1), ""):
            yield Problem(dashboard.place, f"two rows of {dashboard.title} are called {again}")
