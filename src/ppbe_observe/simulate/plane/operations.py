"""The CloudWatch operations that the data plane answers itself; moto answers the others."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.get_metric_data import get_metric_data
from ppbe_observe.simulate.plane.get_metric_statistics import get_metric_statistics
from ppbe_observe.simulate.plane.list_metrics import list_metrics
from ppbe_observe.simulate.plane.parameters import Parameters
from ppbe_observe.simulate.plane.put_metric_data import put_metric_data

Operation = Callable[[Catalog, Parameters, float], dict[str, Any]]

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "GetMetricData": get_metric_data,
        "GetMetricStatistics": get_metric_statistics,
        "ListMetrics": list_metrics,
        "PutMetricData": put_metric_data,
    }
)
