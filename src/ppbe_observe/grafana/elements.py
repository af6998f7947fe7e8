"""Our panels, links and variables as those of grafanalib, and these as JSON. Pure; the only user of grafanalib.

grafanalib has no types: nothing of it leaves this module but plain dicts.
"""

from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import Any

from grafanalib import core

from ppbe_observe.grafana import finish
from ppbe_observe.grafana.dashboard import TAG, Annotation
from ppbe_observe.grafana.levels import GOOD, NEUTRAL, State, Threshold, steps
from ppbe_observe.grafana.links import Addresses, Link, runbook
from ppbe_observe.grafana.panels import LINES, AnyPanel, Panel, Stat, StateTimeline, Table, Text, TimeSeries
from ppbe_observe.grafana.queries import Query
from ppbe_observe.grafana.variables import DATASOURCE, Variable

Json = dict[str, Any]

SOURCE = {"type": "prometheus", "uid": f"${{{DATASOURCE}}}"}
NOTHING = "No data. Is it collected? See Collection on the dashboard of ppbe-observe itself."
MINIMUM_STEP = "1m"
"""CloudWatch's period. ``$__rate_interval`` is four of these at least: a counter moves once in one."""
_CALCULATION_NOW = "lastNotNull"
_GOOD_IN = {TimeSeries: "transparent", Table: NEUTRAL.value}
"""The colour of what is not bad, where it is not green: lines and cells that nothing is said of are as usual."""


def panel_json(panel: AnyPanel, addresses: Addresses) -> Json:
    """A panel without its id and place."""
    if isinstance(panel, Text):
        made = core.Text(title=panel.title, content=panel.content, mode="markdown", maxDataPoints=None)
        return finish.kept(made, finish.TEXT)
    if isinstance(panel, TimeSeries):
        made = _time_series(panel, addresses)
    elif isinstance(panel, Stat):
        made = _stat(panel, addresses)
    elif isinstance(panel, StateTimeline):
        made = _state_timeline(panel, addresses)
    else:
        return _table(panel, addresses)
    return finish.kept(made, finish.PANEL)


def row_json(title: str, panels: Sequence[Json], *, collapsed: bool) -> Json:
    """The heading of a row; ``panels`` are those that it hides."""
    return finish.kept(core.RowPanel(title=title, collapsed=collapsed), finish.ROW) | {"panels": list(panels)}


def variable_json(variable: Variable) -> Json:
    """A variable that offers the values of a label; several can be chosen, and all of them are."""
    query = f"label_values({variable.series}, {variable.label})"
    made = core.Template(
        name=variable.name,
        label=variable.title,
        query=query,
        dataSource=SOURCE,
        regex=variable.regex or None,
        includeAll=True,
        allValue=".*",
        multi=True,
        refresh=core.REFRESH_ON_TIME_RANGE_CHANGE,
    )
    current = {"selected": True, "text": ["All"], "value": ["$__all"]}
    return finish.kept(made, finish.VARIABLE) | {"current": current, "definition": query}


def datasource_json() -> Json:
    """The variable that says which Prometheus is asked."""
    made = core.Template(name=DATASOURCE, label="Prometheus", query="prometheus", type="datasource")
    return {key: value for key, value in finish.kept(made, finish.VARIABLE).items() if key not in {"current", "sort"}}


def annotation_json(annotation: Annotation) -> Json:
    """Marks wherever a query has a value."""
    return {
        "name": annotation.name,
        "datasource": SOURCE,
        "enable": True,
        "iconColor": annotation.level.value,
        "expr": annotation.query.expr,
        "step": MINIMUM_STEP,
        "titleFormat": annotation.title,
        "textFormat": annotation.text,
    }


def link_json(link: Link, addresses: Addresses) -> Json:
    """A link to an address."""
    made = core.DashboardLink(
        type="link",
        title=link.title,
        tooltip=link.title,
        uri=addresses.put_into(link.url),
        targetBlank=not link.keeps,
        includeVars=link.keeps,
        keepTime=link.keeps,
    )
    return made.to_json_data()  # type: ignore[no-any-return]  # grafanalib has no types


def menu_json() -> Json:
    """The menu of all our dashboards."""
    made = core.DashboardLink(
        type="dashboards", title="Dashboards", tags=[TAG], asDropdown=True, includeVars=True, keepTime=True
    )
    return made.to_json_data()  # type: ignore[no-any-return]  # grafanalib has no types


def dashboard_json(panels: Sequence[Json], **given: Any) -> Json:
    """A dashboard of what is given, each already plain."""
    lists = {
        "templating": core.Templating(list=given.pop("variables")),
        "annotations": core.Annotations(list=given.pop("annotations")),
        "time": core.Time(f"now-{given.pop('span')}", "now"),
    }
    return finish.kept(core.Dashboard(**lists, **given), finish.DASHBOARD) | {"panels": list(panels)}


def _time_series(panel: TimeSeries, addresses: Addresses) -> Any:
    return core.TimeSeries(
        **_common(panel, addresses),
        unit=panel.unit.value,
        drawStyle=panel.draw.value,
        fillOpacity=(60 if panel.stacked else 8) if panel.draw is LINES else 80,
        showPoints="never",
        stacking={"mode": "normal" if panel.stacked else "none", "group": "A"},
        legendDisplayMode="table" if panel.summary else "list",
        legendCalcs=list(panel.summary),
        tooltipMode="multi",
        tooltipSort="desc",
        thresholdsStyleMode=_style(panel.thresholds),
    )


def _style(thresholds: Sequence[Threshold]) -> str:
    """A line where it gets bad above; where it does below, the line has the colour of what is good: an area, then."""
    if not thresholds:
        return "off"
    return "dashed+area" if any(each.below for each in thresholds) else "dashed"


def _stat(panel: Stat, addresses: Addresses) -> Any:
    return core.Stat(
        **_common(panel, addresses),
        format=panel.unit.value,
        noValue=panel.empty or NOTHING,
        color={"mode": "thresholds"},
        colorMode="background" if panel.thresholds or panel.states else "none",
        graphMode="area" if panel.trend else "none",
        reduceCalc=panel.calculation,
        textMode="value_and_name" if any(each.legend for each in panel.queries) else "value",
    )


def _state_timeline(panel: StateTimeline, addresses: Addresses) -> Any:
    return core.StateTimeline(**_common(panel, addresses), showValue="never")


def _table(panel: Table, addresses: Addresses) -> Json:
    made = core.Table(
        **_common(panel, addresses),
        unit=panel.unit.value,
        overrides=[_column_json(each.title, each.thresholds) for each in panel.columns if each.thresholds],
        sortBy=[core.TableSortByField(panel.sort or panel.columns[0].title, panel.descending)],
    )
    found = finish.kept(made, finish.PANEL)
    defaults = found["fieldConfig"]["defaults"]
    cell = "color-text" if panel.states else "auto"  # a cell that is not told to has no colour, whatever it says
    defaults["custom"] = {"align": "auto", "cellOptions": {"type": cell}, "filterable": True}
    defaults["links"] = [link_json(each, addresses) for each in panel.row_links]
    found["transformations"] = _columns(panel)
    return found


def _column_json(title: str, thresholds: Sequence[Threshold]) -> Json:
    return {
        "matcher": {"id": "byNames", "options": {"mode": "include", "names": [title]}},
        "properties": [
            {"id": "custom.cellOptions", "value": {"type": "color-text"}},
            {"id": "thresholds", "value": {"mode": "absolute", "steps": _steps(thresholds)}},
        ],
    }


def _columns(panel: Table) -> list[Json]:
    """Rows of the same labels become one; only the columns that are named are left, in their order."""
    fields = [_field(each.field, len(panel.queries)) for each in panel.columns]
    renamed = {name: column.title for name, column in zip(fields, panel.columns, strict=True)}
    return [
        {"id": "merge", "options": {}},
        {"id": "filterFieldsByName", "options": {"include": {"names": fields}}},
        {
            "id": "organize",
            "options": {"indexByName": {name: place for place, name in enumerate(fields)}, "renameByName": renamed},
        },
    ]


def _field(column: str | int, queries: int) -> str:
    """How Grafana calls it: the values of a query have its letter where there are several."""
    if isinstance(column, str):
        return column
    return f"Value #{ascii_uppercase[column]}" if queries > 1 else "Value"


def _common(panel: Panel, addresses: Addresses) -> Json:
    alerts = dict.fromkeys(each.alert for each in panel.thresholds if each.alert)
    links = (*panel.links, *map(runbook, alerts))
    good = _GOOD_IN.get(type(panel), GOOD.value)
    return {
        "title": panel.title,
        "description": f"{panel.description}\n\nNothing to see: {panel.empty}" if panel.empty else panel.description,
        "dataSource": SOURCE,
        "targets": _targets(panel),
        "thresholds": _steps(panel.thresholds, good),
        "mappings": _mappings(panel.states),
        "links": [link_json(each, addresses) for each in links],
        "maxDataPoints": None,
        "timeFrom": panel.span or None,
        "extraJson": {"fieldConfig": {"defaults": _defaults(panel)}},
    }


def _defaults(panel: Panel) -> Json:
    found = {
        "decimals": panel.decimals,
        "min": panel.minimum,
        "max": panel.maximum,
        "noValue": panel.empty or NOTHING,
        "mappings": _mappings(panel.states),
        "unit": panel.unit.value,
    }
    return {key: value for key, value in found.items() if value is not None}


def _targets(panel: Panel) -> list[Json]:
    newest = isinstance(panel, Table) or (
        isinstance(panel, Stat) and not panel.trend and panel.calculation == _CALCULATION_NOW
    )
    shape = core.TABLE_TARGET_FORMAT if isinstance(panel, Table) else core.TIME_SERIES_TARGET_FORMAT
    return [
        _target(each, letter, shape, newest=newest)
        for each, letter in zip(panel.queries, ascii_uppercase, strict=False)
    ]


def _target(query: Query, letter: str, shape: str, *, newest: bool) -> Json:
    made = core.Target(
        expr=query.expr,
        legendFormat=query.legend,
        refId=letter,
        format=shape,
        instant=newest,
        interval=MINIMUM_STEP,
        datasource=SOURCE,
    )
    return finish.kept(made, finish.TARGET) | {"editorMode": "code", "range": not newest}


def _steps(thresholds: Iterable[Threshold], good: str = GOOD.value) -> list[Json]:
    return [
        {"value": start, "color": good if level is GOOD else level.value} for start, level in steps(tuple(thresholds))
    ]


def _mappings(states: Sequence[State]) -> list[Json]:
    if not states:
        return []
    options = {
        _key(each): {"text": each.text, "color": each.level.value, "index": number}
        for number, each in enumerate(states)
    }
    return [{"type": "value", "options": options}]


def _key(state: State) -> str:
    return state.value if isinstance(state.value, str) else f"{state.value:g}"
