"""AWS/ElastiCache: host and Redis metrics of each node.

Source: ElastiCache user guide, "Host-Level Metrics" and "Metrics for Valkey and Redis OSS".
"""

from collections.abc import Iterator

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.signals import Events, Level, Volume
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAMESPACE = "AWS/ElastiCache"
_PERCENT, _COUNT, _BYTES = "Percent", "Count", "Bytes"
_MIB = float(1 << 20)


def elasticache_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """Each node, with and without the dimension of its node id, as AWS files them."""
    busy = 1.0 if deployment.env.production else 0.3
    for position, node in enumerate(deployment.cache_nodes):
        reported = (*_host(busy), *_engine(busy), *_commands(busy), *_role(primary=position == 0))
        for dimensions in ({"CacheClusterId": node}, {"CacheClusterId": node, "CacheNodeId": "0001"}):
            yield from make.all(NAMESPACE, reported, dimensions, scope=deployment.env.name, key=node)


def _host(busy: float) -> tuple[Reported, ...]:
    return (
        Reported("CPUUtilization", _PERCENT, Level(3.0, 14.0 * busy, 2.0, floor=0.5, ceiling=100.0)),
        Reported("CPUCreditBalance", _COUNT, Level(570.0, -20.0, 3.0, ceiling=576.0)),
        Reported("CPUCreditUsage", _COUNT, Level(0.1, 0.5 * busy, 0.05)),
        Reported("FreeableMemory", _BYTES, Level(920 * _MIB, -160 * _MIB * busy, 10 * _MIB)),
        Reported("SwapUsage", _BYTES, Level(0.0)),
        Reported("NetworkBytesIn", _BYTES, Volume(18e6 * busy, samples=1)),
        Reported("NetworkBytesOut", _BYTES, Volume(52e6 * busy, samples=1)),
        Reported("NetworkBandwidthInAllowanceExceeded", _COUNT, Level(0.0)),
        Reported("NetworkBandwidthOutAllowanceExceeded", _COUNT, Level(0.0)),
    )


def _engine(busy: float) -> tuple[Reported, ...]:
    return (
        Reported("EngineCPUUtilization", _PERCENT, Level(1.0, 11.0 * busy, 1.5, floor=0.2, ceiling=100.0)),
        Reported("BytesUsedForCache", _BYTES, Level(180 * _MIB, 210 * _MIB * busy, 8 * _MIB)),
        Reported("DatabaseMemoryUsagePercentage", _PERCENT, Level(13.0, 15.0 * busy, 0.6, ceiling=100.0)),
        Reported("DatabaseCapacityUsagePercentage", _PERCENT, Level(13.0, 15.0 * busy, 0.6, ceiling=100.0)),
        Reported("MemoryFragmentationRatio", "None", Level(1.1, 0.05, 0.02)),
        Reported("CurrConnections", _COUNT, Level(6.0, 48.0 * busy, 4.0, whole=True)),
        Reported("NewConnections", _COUNT, Events(22.0 * busy, sparse=False, each=False)),
        Reported("CurrItems", _COUNT, Level(21e3, 44e3 * busy, 900.0, whole=True)),
        Reported("CacheHitRate", _PERCENT, Level(96.5, -1.5, 0.8, ceiling=100.0)),
        Reported("SaveInProgress", _COUNT, Level(0.0)),
        Reported("ErrorCount", _COUNT, Level(0.0)),
    )


def _commands(busy: float) -> tuple[Reported, ...]:
    rates = {
        "CacheHits": 26e3,
        "CacheMisses": 900.0,
        "Evictions": 0.0,
        "Reclaimed": 140.0,
        "GetTypeCmds": 25e3,
        "SetTypeCmds": 3.1e3,
        "KeyBasedCmds": 5.2e3,
        "StringBasedCmds": 22e3,
    }
    return tuple(Reported(name, _COUNT, Events(rate * busy, sparse=False, each=False)) for name, rate in rates.items())


def _role(*, primary: bool) -> tuple[Reported, ...]:
    """A replica lags behind, a primary does not."""
    return (
        Reported("IsMaster", _COUNT, Level(1.0 if primary else 0.0)),
        Reported("ReplicationBytes", _BYTES, Volume(4e6, samples=1)),
        *(() if primary else (Reported("ReplicationLag", "Seconds", Level(0.4, 0.5, 0.3)),)),
    )
