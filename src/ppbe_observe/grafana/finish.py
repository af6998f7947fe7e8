"""Makes of what grafanalib emits what Grafana 10, 11 and 12 take. Pure.

grafanalib 0.7.1 writes schema 12: keys that are long gone, nulls, and objects that are still its own. What is kept is
listed here, after the schema of Grafana's dashboards (``Dashboard``, ``Panel``, ``RowPanel``, ``VariableModel``).
"""

from collections.abc import Collection, Mapping
from typing import Any

DASHBOARD = (
    *("title", "description", "uid", "tags", "links", "editable", "graphTooltip", "time", "timezone", "refresh"),
    *("schemaVersion", "templating", "annotations"),
)
PANEL = (
    *("type", "title", "description", "datasource", "targets", "interval", "timeFrom", "links", "transparent"),
    *("fieldConfig", "options", "transformations", "repeat"),
)
TEXT = ("type", "title", "links", "options", "transparent")
ROW = ("type", "title", "collapsed")
TARGET = ("datasource", "expr", "format", "hide", "instant", "interval", "legendFormat", "refId")
VARIABLE = (
    *("type", "name", "label", "hide", "datasource", "query", "regex", "refresh", "sort", "options"),
    *("multi", "includeAll", "allValue", "current"),
)
_STANDS_AS_NULL = frozenset({"value"})
"""The first step of thresholds begins at null."""


def kept(element: Any, keys: Collection[str]) -> dict[str, Any]:
    """What an element of grafanalib says under these keys, as plain values."""
    said: Mapping[str, Any] = element.to_json_data()
    found = plain({key: value for key, value in said.items() if key in keys})
    assert isinstance(found, dict)
    return found


def plain(value: Any) -> Any:
    """The value in dicts and lists, without what is null or an empty object."""
    if isinstance(value, str | int | float | None):  # most values, and the cheapest question
        return value
    if isinstance(value, dict):
        found = {key: plain(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if each is not None or key in _STANDS_AS_NULL}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return plain(value.to_json_data())
