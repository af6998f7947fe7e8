"""What the panels of caches ask with: each node once, and what its counters grew by.

Each node is filed twice, with and without its node id; the panels look at the series without.
"""

from alerts import elasticache as alerts
from exporters import elasticache
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM
from ppbe_observe.grafana import Query, Scope, Variable, limits

METRIC, COUNTER = elasticache.EXPORTER.series_name, elasticache.EXPORTER.counter_name
INFO = alerts.INFO_SERIES
ALERTS = alerts.GROUP.alerts
PLACES = Scope(INFO, ("account", "region", "environment"))
"""What replication groups say is filtered by these alone: their ARN is not that of a node."""
IN = Scope(INFO)
OF_NODE = 'dimension_CacheClusterId!=""'
NODES = Variable("resource", "Node", PLACES(INFO, OF_NODE), "name", r"/^(?<value>.*:cluster:(?<text>.+))$/")
NODE = "{{dimension_CacheClusterId}}"
WHOLE = 'dimension_CacheNodeId=""'


def at(metric: str, statistic: str = AVERAGE) -> str:
    """A metric of each node that is chosen."""
    return IN(METRIC(metric, statistic), WHOLE)


def of(metric: str, statistic: str = AVERAGE, legend: str = NODE) -> Query:
    """A metric of each node that is chosen, with a legend."""
    return Query(at(metric, statistic), legend)


def rate(metric: str, legend: str = NODE) -> Query:
    """Events a second of each node."""
    return Query(f"rate({IN(COUNTER(metric), WHOLE)}[$__rate_interval])", legend)


def counted(metric: str, window: str = "15m") -> str:
    """Events of a window, as the alerts count them."""
    return f"increase({IN(COUNTER(metric), WHOLE)}[{window}])"


def events(metric: str, legend: str = NODE) -> Query:
    """Events of a quarter of an hour of each node."""
    return Query(counted(metric), legend)


PRIMARY = at("IsMaster", MAXIMUM)
CPU, MEMORY = at("EngineCPUUtilization"), at("DatabaseMemoryUsagePercentage")
CPU_LIMITS = limits(ALERTS, "ElasticacheEngineCpuHigh", "ElasticacheEngineCpuSaturated")
MEMORY_LIMITS = limits(ALERTS, "ElasticacheMemoryHigh", "ElasticacheMemoryFull")
USED_CONNECTIONS = limits(ALERTS, "ElasticacheConnectionsHigh")
NO_REPLICA = "no node is a replica."
NEVER = "it has not happened since the daemon began to look."
