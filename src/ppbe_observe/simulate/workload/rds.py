"""AWS/RDS: the instance metrics of PostgreSQL.

Source: RDS user guide, "Amazon CloudWatch metrics for Amazon RDS" and "for Performance Insights".
"""

from collections.abc import Iterator

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.estate.database import GIBIBYTES
from ppbe_observe.simulate.estate.untagged import DATABASE
from ppbe_observe.simulate.plane.series import DAY, Identity, MergedSeries, Series
from ppbe_observe.simulate.plane.signals import Drift, Level, Signal
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAMESPACE = "AWS/RDS"
QUIET = "ppbe-staging-old"
_QUIET_FOR = 5 * DAY
_GIB = float(1 << 30)
_PERCENT, _COUNT, _BYTES, _SECONDS = "Percent", "Count", "Bytes", "Seconds"
_PER_SECOND, _BYTES_PER_SECOND = "Count/Second", "Bytes/Second"


def rds_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """The instance's own metrics, and two of them summed over the engine."""
    env = deployment.env
    dimensions = {"DBInstanceIdentifier": env.prefix}
    busy = 1.0 if env.production else 0.3
    made = tuple(
        make.all(NAMESPACE, (*_instance(busy), *_class_of(production=env.production)), dimensions, scope=env.name)
    )
    yield from made
    for series in made:
        if series.identity.metric in ("CPUUtilization", "DatabaseConnections"):
            identity = Identity(NAMESPACE, series.identity.metric, (("EngineName", "postgres"),), series.identity.unit)
            yield MergedSeries(identity, (series,))


def sandbox_series(make: Maker) -> Iterator[Series]:
    """The database without tags, on gp2 storage; and one that was deleted some days ago."""
    dimensions = {"DBInstanceIdentifier": DATABASE}
    burst = Reported("BurstBalance", _PERCENT, Level(99.0, -4.0, 1.0, ceiling=100.0))
    yield from make.all(NAMESPACE, (*_instance(0.05), *_class_of(production=False), burst), dimensions)
    quiet = {"DBInstanceIdentifier": QUIET}
    yield from make.all(NAMESPACE, _instance(0.1), quiet, until=make.now // DAY * DAY - _QUIET_FOR)


def _instance(busy: float) -> tuple[Reported, ...]:
    return (*_load(busy), *_storage(busy), *_postgres(busy))


def _load(busy: float) -> tuple[Reported, ...]:
    cpu = Level(8.0, 34.0 * busy, 6.0 * busy, floor=1.0, ceiling=100.0)
    return (
        Reported("CPUUtilization", _PERCENT, cpu),
        Reported("DatabaseConnections", _COUNT, Level(12.0, 60.0 * busy, 6.0 * busy, whole=True)),
        Reported("FreeableMemory", _BYTES, Level(4.2 * _GIB, -1.2 * _GIB * busy, 0.1 * _GIB)),
        Reported("SwapUsage", _BYTES, Level(2_097_152.0)),
        Reported("NetworkReceiveThroughput", _BYTES_PER_SECOND, Level(20e3, 900e3 * busy, 15e3)),
        Reported("NetworkTransmitThroughput", _BYTES_PER_SECOND, Level(40e3, 3.2e6 * busy, 30e3)),
        Reported("DBLoad", "None", Level(0.1, 0.9 * busy, 0.15, spread=0.4, samples=60)),
        Reported("DBLoadCPU", "None", Level(0.07, 0.6 * busy, 0.1, spread=0.4, samples=60)),
        Reported("DBLoadNonCPU", "None", Level(0.03, 0.3 * busy, 0.05, spread=0.4, samples=60)),
        Reported("DBLoadRelativeToNumVCPUs", "None", Level(0.05, 0.45 * busy, 0.07, samples=60)),
    )


def _storage(busy: float) -> tuple[Reported, ...]:
    free: Signal = Drift(0.62 * GIBIBYTES * _GIB, -0.4 * _GIB * busy)
    return (
        Reported("FreeStorageSpace", _BYTES, free),
        Reported("ReadIOPS", _PER_SECOND, Level(4.0, 420.0 * busy, 40.0 * busy)),
        Reported("WriteIOPS", _PER_SECOND, Level(9.0, 260.0 * busy, 30.0 * busy)),
        Reported("ReadLatency", _SECONDS, Level(0.0006, 0.0011 * busy, 0.0003)),
        Reported("WriteLatency", _SECONDS, Level(0.0011, 0.0016 * busy, 0.0004)),
        Reported("ReadThroughput", _BYTES_PER_SECOND, Level(30e3, 7.5e6 * busy, 500e3 * busy)),
        Reported("WriteThroughput", _BYTES_PER_SECOND, Level(90e3, 4.1e6 * busy, 300e3 * busy)),
        Reported("DiskQueueDepth", _COUNT, Level(0.01, 0.6 * busy, 0.1 * busy)),
        Reported("EBSIOBalance%", _PERCENT, Level(99.0, -3.0 * busy, 1.0, ceiling=100.0)),
        Reported("EBSByteBalance%", _PERCENT, Level(99.0, -5.0 * busy, 1.0, ceiling=100.0)),
    )


def _postgres(busy: float) -> tuple[Reported, ...]:
    return (
        Reported("MaximumUsedTransactionIDs", _COUNT, Drift(45e6, 3.5e6 * busy)),
        Reported("TransactionLogsDiskUsage", _BYTES, Level(2.1 * _GIB, 0.4 * _GIB * busy, 0.05 * _GIB)),
        Reported("TransactionLogsGeneration", _BYTES_PER_SECOND, Level(8e3, 700e3 * busy, 50e3 * busy)),
        Reported("CheckpointLag", _SECONDS, Level(40.0, 90.0 * busy, 20.0)),
        Reported("OldestReplicationSlotLag", _BYTES, Level(0.0)),
        Reported("ReplicationSlotDiskUsage", _BYTES, Level(0.0)),
    )


def _class_of(*, production: bool) -> tuple[Reported, ...]:
    """CPU credits belong to the burstable classes."""
    if production:
        return ()
    return (
        Reported("CPUCreditBalance", _COUNT, Level(570.0, -60.0, 4.0, ceiling=576.0)),
        Reported("CPUCreditUsage", _COUNT, Level(0.4, 1.6, 0.3)),
        Reported("CPUSurplusCreditBalance", _COUNT, Level(0.0)),
        Reported("CPUSurplusCreditsCharged", _COUNT, Level(0.0)),
    )
