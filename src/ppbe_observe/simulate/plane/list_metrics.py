"""ListMetrics: 500 a page. Pure."""

from collections.abc import Callable
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
    """One page of the metrics that fit the filters; its token says where in the listing the next one begins."""
    fits = _filter(parameters)
    namespace = parameters.get("Namespace")
    token = parameters.get("NextToken")
    start, asked_at = read_token(NAME, token, 2) if token else (catalog.begin(namespace or ""), now)
    since = asked_at - _listed_for(parameters)
    listing = catalog.listing()
    page: list[dict[str, Any]] = []
    for index in range(int(start), len(listing)):
        series = listing[index]
        if namespace and series.identity.namespace != namespace:
            break
        if not fits(series.identity) or not series.active(since, asked_at):
            continue
        if len(page) == PAGE:
            return {"Metrics": page, "NextToken": write_token(NAME, index, asked_at)}
        page.append(_entry(series.identity))
    return {"Metrics": page}


def _filter(parameters: Parameters) -> Callable[[Identity], bool]:
    filters = [(text(each, "Name"), each.get("Value")) for each in items(parameters, "Dimensions")]
    if len(filters) > _MOST_FILTERS:
        raise invalid_value("The collection Dimensions must not have a size greater than 10.")
    metric = parameters.get("MetricName")

    def fits(identity: Identity) -> bool:
        return metric in (None, "", identity.metric) and all(
            _has(identity.dimensions, name, value) for name, value in filters
        )

    return fits


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
