"""The cache: engine, memory, network, access and replication.

Each node is filed twice, with and without its node id; the rules look at the series without.
"""

from alerts._examples import CACHE, example, series
from exporters import elasticache
from ppbe_observe.alerting import (
    BYTES,
    HOUR,
    INFO,
    MINUTE,
    PAGE,
    PERCENT,
    SECONDS,
    TICKET,
    Alert,
    Case,
    RuleGroup,
)
from ppbe_observe.alerting.prometheus.examples import PLACE

EXPORTER = elasticache.EXPORTER
NODE = '{dimension_CacheNodeId=""}'
INFO_SERIES = "aws_elasticache_info"
MIB = 1 << 20


def gauge(metric: str, statistic: str = "Average") -> str:
    """The series of each node."""
    return f"{EXPORTER.series_name(metric, statistic)}{NODE}"


def more(metric: str, within: str) -> str:
    """How much a count of each node has grown."""
    return f"increase({EXPORTER.counter_name(metric)}{NODE}[{within}])"


PRIMARY = gauge("IsMaster", "Maximum")
LINK = gauge("MasterLinkHealthStatus", "Minimum")
DENIED = " + ".join(
    f"({more(each, '15m')} or {PRIMARY} * 0)"
    for each in ("CommandAuthorizationFailures", "KeyAuthorizationFailures", "ChannelAuthorizationFailures")
)
_NAME = PRIMARY.removesuffix(NODE)
_COMMANDS = EXPORTER.counter_name("CommandAuthorizationFailures")
_MEMBER = f'{INFO_SERIES}{{replication_group="ppbe-production"}}'

_ALLOWANCES = (
    ("ElasticacheBandwidthInExceeded", "NetworkBandwidthInAllowanceExceeded", 1000, "inbound bandwidth"),
    ("ElasticacheBandwidthOutExceeded", "NetworkBandwidthOutAllowanceExceeded", 1000, "outbound bandwidth"),
    ("ElasticachePacketRateExceeded", "NetworkPacketsPerSecondAllowanceExceeded", 1000, "packet rate"),
    ("ElasticacheConntrackExceeded", "NetworkConntrackAllowanceExceeded", 0, "number of tracked connections"),
)


def allowance_exceeded(name: str, metric: str, packets: int, what: str) -> Alert:
    """The network of a node is smaller than what is asked of it."""
    return Alert(
        name=name,
        expr=f"{more(metric, '15m')} > {packets}",
        severity=TICKET,
        owner="sre",
        summary=f"A cache node exceeds its {what}",
        description="{dimension_CacheClusterId}: {value} packets were queued or dropped in 15 minutes (threshold "
        "{threshold}). {name}",
        reason="ElastiCache user guide, 'Which metrics should I monitor', Network: any number means that the node is "
        "too small for its network load. A thousand in a quarter of an hour leaves out short bursts, which cost "
        "milliseconds; a connection that cannot be tracked is refused, so of those every one counts.",
        lasts=10 * MINUTE,
        runbook="ElasticacheNetworkAllowance",
        example=example(
            CACHE,
            {EXPORTER.counter_name(metric): "0+2000x150"},
            {EXPORTER.counter_name(metric): f"0+{packets // 20}x150"},
            22_000,
            begins=MINUTE,
        ),
    )


GROUP = RuleGroup(
    rules=(
        Alert(
            name="ElasticacheEngineCpuHigh",
            expr=f"{gauge('EngineCPUUtilization')} > 80",
            severity=TICKET,
            owner="sre",
            summary="The engine of a cache node is busy",
            description="The engine of {name} uses {value} of its one CPU (threshold {threshold}).",
            reason="The engine runs commands on one thread; ElastiCache user guide, 'Which metrics should I monitor', "
            "wants to know at 90 %. 80 % for a quarter of an hour leaves time for a larger node.",
            unit=PERCENT,
            lasts=15 * MINUTE,
        ),
        Alert(
            name="ElasticacheEngineCpuSaturated",
            expr=f"{gauge('EngineCPUUtilization')} > 95",
            severity=PAGE,
            owner="sre",
            summary="The engine of a cache node is saturated",
            description="The engine of {name} uses {value} of its one CPU (threshold {threshold}): every command "
            "waits.",
            reason="As ElasticacheEngineCpuHigh; above 95 % commands queue and time out, and sessions with them.",
            unit=PERCENT,
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
            runbook="ElasticacheEngineCpuHigh",
        ),
        Alert(
            name="ElasticacheHostCpuHigh",
            expr=f"{gauge('CPUUtilization')} > 90",
            severity=TICKET,
            owner="sre",
            summary="The host of a cache node is busy",
            description="The host of {name} uses {value} of its CPUs (threshold {threshold}).",
            reason="ElastiCache user guide, 'Which metrics should I monitor': on nodes with up to two vCPUs the host "
            "is what saturates first, by snapshots, TLS and connections beside the engine.",
            unit=PERCENT,
            lasts=15 * MINUTE,
            runbook="ElasticacheEngineCpuHigh",
        ),
        Alert(
            name="ElasticacheCpuCreditsLow",
            expr=f"{gauge('CPUCreditBalance', 'Minimum')} < 20",
            severity=TICKET,
            owner="sre",
            summary="A burstable cache node is nearly out of CPU credits",
            description="{name} has {value} CPU credits left (threshold {threshold}).",
            reason="20 credits are 20 minutes of one vCPU at 100 %; at 0 a T node falls to its baseline (ElastiCache "
            "user guide, 'T4g, T3 and T2 nodes': standard mode).",
            lasts=15 * MINUTE,
            runbook="ElasticacheEngineCpuHigh",
        ),
        Alert(
            name="ElasticacheMemoryHigh",
            expr=f"{gauge('DatabaseMemoryUsagePercentage')} > 80",
            severity=TICKET,
            owner="sre",
            summary="The memory of a cache node fills",
            description="{name} uses {value} of its memory (threshold {threshold}).",
            reason="ElastiCache user guide, 'Managing reserved memory': a quarter is reserved for snapshots and "
            "buffers by default; 80 % of the rest is when to grow or to shorten expiries, before keys are evicted.",
            unit=PERCENT,
            lasts=15 * MINUTE,
            runbook="ElasticacheMemory",
        ),
        Alert(
            name="ElasticacheMemoryFull",
            expr=f"{gauge('DatabaseMemoryUsagePercentage')} > 95",
            severity=PAGE,
            owner="sre",
            summary="The memory of a cache node is full",
            description="{name} uses {value} of its memory (threshold {threshold}): keys are evicted, or writes "
            "refused.",
            reason="As ElasticacheMemoryHigh; at 100 % sessions are evicted, which signs users out, or SET fails with "
            "OOM (Redis documentation, 'Key eviction').",
            unit=PERCENT,
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
            runbook="ElasticacheMemory",
        ),
        Alert(
            name="ElasticacheEvictions",
            expr=f"{more('Evictions', '15m')} > 100",
            severity=TICKET,
            owner="sre",
            summary="A cache node evicts keys",
            description="{name} evicted {value} keys in 15 minutes (threshold {threshold}): sessions among them sign "
            "users out.",
            reason="Nothing is evicted while memory suffices. A hundred in a quarter of an hour is no longer the odd "
            "large key.",
            lasts=5 * MINUTE,
            keeps=30 * MINUTE,
            runbook="ElasticacheMemory",
            example=example(
                CACHE,
                {EXPORTER.counter_name("Evictions"): "0+200x150"},
                {EXPORTER.counter_name("Evictions"): "0+6x150"},
                1200,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="ElasticacheSwapHigh",
            expr=f"{gauge('SwapUsage')} > {50 * MIB}",
            severity=TICKET,
            owner="sre",
            summary="A cache node swaps",
            description="{name} has {value} swapped out (threshold {threshold}).",
            reason="ElastiCache user guide, 'Host-Level Metrics': SwapUsage should not exceed 50 MB.",
            unit=BYTES,
            lasts=30 * MINUTE,
            runbook="ElasticacheMemory",
        ),
        Alert(
            name="ElasticacheConnectionsHigh",
            expr=f"{gauge('CurrConnections', 'Maximum')} > 52000",
            severity=TICKET,
            owner="sre",
            summary="A cache node has many connections",
            description="{name} has {value} client connections (threshold {threshold}); it takes 65,000.",
            reason="80 % of maxclients, 65,000: ElastiCache user guide, 'Valkey and Redis OSS configuration and "
            "limits'. At the limit new tasks cannot connect.",
            lasts=15 * MINUTE,
        ),
        Alert(
            name="ElasticacheTrafficManaged",
            expr=f"{gauge('TrafficManagementActive', 'Maximum')} == 1",
            severity=TICKET,
            owner="sre",
            summary="ElastiCache holds back the traffic of a node",
            description="{name} gets more commands than it can process: the service slows its clients down.",
            reason="ElastiCache user guide, 'Metrics for Valkey and Redis OSS', TrafficManagementActive: for long, it "
            "means that the node is too small for its commands.",
            lasts=15 * MINUTE,
            runbook="ElasticacheEngineCpuHigh",
        ),
        *(allowance_exceeded(*each) for each in _ALLOWANCES),
        Alert(
            name="ElasticacheAuthenticationFails",
            expr=f"{more('AuthenticationFailures', '15m')} > 10",
            severity=TICKET,
            owner="isso",
            summary="Somebody fails to authenticate at the cache",
            description="{name} saw {value} failed AUTH commands in 15 minutes (threshold {threshold}).",
            reason="AC-7 and SI-4: a client with a stale password fails a few times while tasks are replaced; more "
            "than ten is a broken rotation or somebody who guesses, from inside the VPC.",
            keeps=15 * MINUTE,
            runbook="ElasticacheAccess",
            example=example(
                CACHE,
                {EXPORTER.counter_name("AuthenticationFailures"): "0+20x150"},
                {EXPORTER.counter_name("AuthenticationFailures"): "0+0x60 8x60"},
                20,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="ElasticacheAccessDenied",
            expr=f"{DENIED} > 10",
            severity=TICKET,
            owner="isso",
            summary="Somebody tries what the cache does not allow",
            description="{name} refused {value} commands, keys or channels in 15 minutes (threshold {threshold}).",
            reason="AC-6 and SI-4: an application knows what it may do; more than ten refusals are a wrong release or "
            "somebody who looks around.",
            keeps=15 * MINUTE,
            runbook="ElasticacheAccess",
            example=example(
                CACHE,
                {_COMMANDS: "0+20x150", _NAME: 1},
                {_COMMANDS: "0+0x60 8x60", _NAME: 1},
                20,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="ElasticacheReplicationLagHigh",
            expr=f"{gauge('ReplicationLag')} > 30",
            severity=TICKET,
            owner="sre",
            summary="A cache replica is far behind",
            description="{name} is {value} behind its primary (threshold {threshold}).",
            reason="Usual is under a second. Writes of the last 30 seconds, sign-ins among them, would be lost in a "
            "failover.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            runbook="ElasticacheReplication",
        ),
        Alert(
            name="ElasticacheReplicaLinkDown",
            expr=f"{LINK} == 0 unless on (name) {PRIMARY} == 1",
            severity=TICKET,
            owner="sre",
            summary="A cache replica is not in sync",
            description="{name} has no link to its primary: after a failover it would begin empty or old.",
            reason="Redis documentation, 'Replication', master_link_status. A full synchronisation takes minutes; "
            "after a quarter of an hour it does not succeed.",
            lasts=15 * MINUTE,
            runbook="ElasticacheReplication",
            example=example(
                CACHE,
                {LINK.removesuffix(NODE): 0, _NAME: 0},
                {LINK.removesuffix(NODE): 1, _NAME: 0},
                0,
            ),
            cases=(
                Case("keeps quiet about a primary", series({LINK.removesuffix(NODE): 0, _NAME: 1}, CACHE), 2 * HOUR),
            ),
        ),
        Alert(
            name="ElasticacheNoPrimary",
            expr="sum by (replication_group, account_id, region) "
            f"({PRIMARY} * on (name) group_left (replication_group) "
            f'({INFO_SERIES}{{replication_group!=""}} + 1)) == 0',
            severity=PAGE,
            owner="sre",
            summary="A cache has no primary",
            description="No node of {replication_group} in {region} is primary: nothing can be written.",
            reason="An automatic failover takes under a minute (ElastiCache user guide, 'Minimizing downtime with "
            "Multi-AZ'); a role is held for ten minutes by our collection, so five more mean that none took over.",
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            resource=("replication_group", "account_id", "region"),
            runbook="ElasticacheReplication",
            example=example(
                CACHE,
                {_NAME: 0, _MEMBER: 0},
                {_NAME: 1, _MEMBER: 0},
                0,
                result={"replication_group": "ppbe-production", **PLACE},
            ),
        ),
        Alert(
            name="ElasticacheFailover",
            expr=f"{PRIMARY} == 1 and changes({PRIMARY}[1h]) > 0",
            severity=INFO,
            owner="sre",
            summary="A cache node has become primary",
            description="{name} became primary within the last hour: clients lost their connections, and perhaps the "
            "last writes.",
            reason="A failover that nobody ordered has a cause: a node or a zone failed, or AWS maintained it. One "
            "who looks for the reason of an error peak wants to see it.",
            runbook="ElasticacheReplication",
            example=example(CACHE, {_NAME: "0x30 1x119"}, {_NAME: "1x150"}, 1, begins=31 * MINUTE),
        ),
        Alert(
            name="ElasticacheBroken",
            expr=f'{INFO_SERIES}{{status=~"create-failed|restore-failed|incompatible-network"}} == 0',
            severity=TICKET,
            owner="sre",
            summary="A cache is in a state that it does not leave by itself",
            description="{name} is {status}.",
            reason="ElastiCache API reference, CacheCluster, CacheClusterStatus: these states need a person.",
            lasts=5 * MINUTE,
            runbook="ElasticacheReplication",
            example=example(
                CACHE,
                {f'{INFO_SERIES}{{status="restore-failed"}}': 0},
                {f'{INFO_SERIES}{{status="snapshotting"}}': 0},
                0,
                result={**CACHE, "status": "restore-failed"},
            ),
        ),
    )
)
