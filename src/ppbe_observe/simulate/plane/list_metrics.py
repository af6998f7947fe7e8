"""ListMetrics: 500 a page. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ppbe_observe.model import Labels
from ppbe_observe.simulate.plane.catalog import LISTED_FOR, Catalog
from ppbe_observe.simulate.plane.errors import invalid_value
from ppbe_observe.simulate.plane.parameters import Parameters, items, text
from ppbe_observe.simulate.plane.series import Identity
from ppbe_observe.simulate.plane.tokens import read_token, write_token

NAME = "ListMetrics"
PAGE = 500
_MOST_FILTERS = 10
_RECENTLY = 3 * 3600  # seconds: PT3H is the only value


def list_metrics(catalog: Catalog, parameters: Parameters, now: float) -> dict[str, Any]:
    """One page of the metrics that fit the filters."""
    token = parameters.get("NextToken")
    first, asked_at = read_token(NAME, token, 2) if token else (0, now)
    found = _matching(catalog, parameters, asked_at)
    page = list(islice(found, int(first), int(first) + PAGE + 1))
    answer: dict[str, Any] = {"Metrics": [_entry(each) for each in page[:PAGE]]}
    if len(page) > PAGE:
        answer["NextToken"] = write_token(NAME, int(first) + PAGE, asked_at)
    return answer


def _matching(catalog: Catalog, parameters: Parameters, now: float) -> Iterator[Identity]:
    filters = [(text(each, "Name"), each.get("Value")) for each in items(parameters, "Dimensions")]
    if len(filters) > _MOST_FILTERS:
        raise invalid_value("The collection Dimensions must not have a size greater than 10.")
    namespace, metric = parameters.get("Namespace"), parameters.get("MetricName")
    for series in catalog.active(now - _listed_for(parameters), now):
        identity = series.identity
        if namespace and identity.namespace != namespace:
            continue
        if metric and identity.metric != metric:
            continue
        if all(_has(identity.dimensions, name, value) for name, value in filters):
            yield identity


def _listed_for(parameters: Parameters) -> int:
    recently = parameters.get("RecentlyActive")
    if recently is None:
        return LISTED_FOR
    if recently != "PT3H":
        raise invalid_value(f"The value {recently} for parameter RecentlyActive is invalid: use PT3H.")
    return _RECENTLY


def _has(dimensions: Labels, name: str, value: str | None) -> bool:
    return any(key == name and value in (None, "", found) for key, found in dimensions)


def _entry(identity: Identity) -> dict[str, Any]:
    return {
        "Namespace": identity.namespace,
        "MetricName": identity.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in identity.dimensions],
    }
