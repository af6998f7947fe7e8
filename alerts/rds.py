"""Database instances: CPU credits, load, memory and connections.

Storage is in rds_storage.py; replicas, backups and certificates in rds_recovery.py.
"""

from alerts._examples import DATABASE, example
from exporters import rds
from ppbe_observe.alerting import (
    BYTES,
    HOUR,
    INFO,
    MINUTE,
    PAGE,
    RATIO,
    TICKET,
    Alert,
    Record,
    RuleGroup,
)

METRIC = rds.EXPORTER.series_name
CREDITS = METRIC("CPUCreditBalance", "Minimum")
SURPLUS = METRIC("CPUSurplusCreditsCharged", "Average")
LOAD = METRIC("DBLoadRelativeToNumVCPUs", "Average")
MEMORY = METRIC("FreeableMemory", "Minimum")
SWAP = METRIC("SwapUsage", "Average")
CONNECTIONS = METRIC("DatabaseConnections", "Maximum")
INFO_SERIES = "aws_rds_info"
LIMIT = "aws_rds:max_connections:default"

MIB = 1 << 20
GIB = 1 << 30

_CLASSES = {
    1: "t[^.]*[.]micro",
    2: "t[^.]*[.]small",
    4: "t[^.]*[.]medium",
    8: "[mt][^.]*[.]large",
    16: "[mt][^.]*[.]xlarge|[rx][^.]*[.]large",
    32: "[mt][^.]*[.]2xlarge|[rx][^.]*[.]xlarge",
    64: "m[^.]*[.]([4-9]|[1-9][0-9])xlarge|[rx][^.]*[.]([2-9]|[1-9][0-9])xlarge",
}
"""Memory (GiB, at least) of instance classes: RDS user guide, "Hardware specifications for DB instance classes"."""
_USABLE = 0.9  # of the memory: RDS keeps the rest from DBInstanceClassMemory
_PER_CONNECTION = (
    9_531_392  # bytes: RDS user guide, "Quotas and constraints": LEAST(DBInstanceClassMemory/9531392, 5000)
)
_MOST = 5000


def max_connections(gibibytes: int) -> int:
    """What max_connections is by default on an instance with this much memory."""
    return min(int(gibibytes * _USABLE * GIB / _PER_CONNECTION), _MOST)


_LIMITS = " or ".join(
    f'{INFO_SERIES}{{engine="postgres",class=~"db[.]({classes})"}} + {max_connections(memory)}'
    for memory, classes in _CLASSES.items()
)

GROUP = RuleGroup(
    rules=(
        Record(name=LIMIT, expr=_LIMITS),
        Alert(
            name="RdsCpuCreditsLow",
            expr=f"{CREDITS} < 20",
            severity=TICKET,
            owner="sre",
            summary="A burstable database is nearly out of CPU credits",
            description="{name} has {value} CPU credits left (threshold {threshold}).",
            reason="20 credits are 20 minutes of one vCPU at 100 %. At 0 a T2 is throttled to its baseline, a T3 or "
            "T4g (unlimited) is billed for every further one: RDS user guide, 'DB instance class types'. Credits come "
            "every five minutes and are held for 20, so 15 minutes are at least three datapoints.",
            lasts=15 * MINUTE,
        ),
        Alert(
            name="RdsSurplusCreditsCharged",
            expr=f"{SURPLUS} > 0",
            severity=INFO,
            owner="sre",
            summary="A burstable database is billed for surplus CPU credits",
            description="{name} was charged {value} surplus CPU credits in five minutes.",
            reason="A burstable class that spends more than it earns for a day costs more than a class that fits: RDS "
            "user guide, 'DB instance class types'. An hour leaves out nightly jobs.",
            lasts=HOUR,
            runbook="RdsCpuCreditsLow",
        ),
        Alert(
            name="RdsLoadHigh",
            expr=f"{LOAD} > 1",
            severity=TICKET,
            owner="sre",
            summary="A database has more active sessions than vCPUs",
            description="{name} has {value} active sessions per vCPU (threshold {threshold}): sessions wait.",
            reason="Above 1 sessions wait for a CPU or a lock: RDS user guide, 'Database load', Max vCPU line. Half "
            "an hour leaves out reports and vacuum. What users feel of it pages through the latency of the API.",
            lasts=30 * MINUTE,
        ),
        Alert(
            name="RdsMemoryLow",
            expr=f"{MEMORY} < {256 * MIB}",
            severity=TICKET,
            owner="sre",
            summary="A database is short of memory",
            description="{name} has {value} of freeable memory left (threshold {threshold}).",
            reason="Freeable memory holds the page cache, of which a healthy PostgreSQL keeps much more than 256 MiB "
            "even on the smallest class of the estate (4 GiB): RDS user guide, 'Best practices', DB instance RAM "
            "recommendations.",
            unit=BYTES,
            lasts=15 * MINUTE,
        ),
        Alert(
            name="RdsMemoryExhausted",
            expr=f"{MEMORY} < {64 * MIB}",
            severity=PAGE,
            owner="sre",
            summary="A database is about to run out of memory",
            description="{name} has {value} of freeable memory left (threshold {threshold}): the engine is about to "
            "be killed and restarted.",
            reason="64 MiB are six new connections at about 10 MB each; then the kernel kills PostgreSQL and all "
            "sessions end. Ten minutes leave out a single heavy query.",
            unit=BYTES,
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
            runbook="RdsMemoryLow",
        ),
        Alert(
            name="RdsSwapHigh",
            expr=f"{SWAP} > {256 * MIB}",
            severity=TICKET,
            owner="sre",
            summary="A database swaps",
            description="{name} has {value} swapped out (threshold {threshold}).",
            reason="A few MB of never-used pages are normal, more means that the working set does not fit: AWS "
            "re:Post, 'Why is my RDS instance using swap memory when I have sufficient memory'. Swap is given back "
            "slowly, hence half an hour.",
            unit=BYTES,
            lasts=30 * MINUTE,
            runbook="RdsMemoryLow",
        ),
        Alert(
            name="RdsConnectionsHigh",
            expr=f"{CONNECTIONS} / on (name) group_left () {LIMIT} > 0.8",
            severity=TICKET,
            owner="sre",
            summary="A database uses most of its connections",
            description="{name} uses {value} of the connections that its class allows (threshold {threshold}).",
            reason="max_connections is LEAST(DBInstanceClassMemory/9531392, 5000) by default (RDS user guide, 'Quotas "
            "and constraints'), reckoned here with 90 % of the class's memory. A parameter group may say otherwise: "
            "raise the threshold then. 80 % leaves room for a deployment, when old and new tasks hold their pools at "
            "once.",
            unit=RATIO,
            lasts=15 * MINUTE,
            example=example(
                DATABASE,
                {CONNECTIONS: 700, f'{INFO_SERIES}{{class="db.m6g.large",engine="postgres"}}': 0},
                {CONNECTIONS: 640, f'{INFO_SERIES}{{class="db.m6g.large",engine="postgres"}}': 0},
                700 / max_connections(8),
            ),
        ),
        Alert(
            name="RdsConnectionsExhausted",
            expr=f"{CONNECTIONS} / on (name) group_left () {LIMIT} > 0.95",
            severity=PAGE,
            owner="sre",
            summary="A database is about to refuse connections",
            description="{name} uses {value} of the connections that its class allows (threshold {threshold}): new "
            "ones are about to be refused with 'too many clients already'.",
            reason="As RdsConnectionsHigh; at 95 % only the connections reserved for superusers are left (PostgreSQL "
            "documentation, superuser_reserved_connections and rds.rds_superuser_reserved_connections).",
            unit=RATIO,
            lasts=5 * MINUTE,
            keeps=10 * MINUTE,
            runbook="RdsConnectionsHigh",
            example=example(
                DATABASE,
                {CONNECTIONS: 4900, f'{INFO_SERIES}{{class="db.r6g.4xlarge",engine="postgres"}}': 0},
                {CONNECTIONS: 4700, f'{INFO_SERIES}{{class="db.r6g.4xlarge",engine="postgres"}}': 0},
                0.98,
            ),
        ),
    )
)
