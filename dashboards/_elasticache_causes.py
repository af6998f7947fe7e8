"""Rows of the caches: what nodes run out of, their connections and network, replication, and who is refused."""

from dashboards._elasticache import (
    ALERTS,
    CPU,
    CPU_LIMITS,
    MEMORY,
    MEMORY_LIMITS,
    NEVER,
    NO_REPLICA,
    NODE,
    PLACES,
    PRIMARY,
    USED_CONNECTIONS,
    at,
    events,
    of,
    rate,
)
from exporters import elasticache
from ppbe_observe.cloudwatch import MAXIMUM, MINIMUM
from ppbe_observe.grafana import (
    BAD,
    GOOD,
    NEUTRAL,
    NOTE,
    WARN,
    Query,
    Row,
    Stat,
    State,
    StateTimeline,
    TimeSeries,
    Unit,
    above,
    below,
    limits,
)

FACTS = {each.name: elasticache.EXPORTER.fact_name(each) for each in elasticache.EXPORTER.facts}
GROUP = "{{dimension_ReplicationGroupId}}"
FRAGMENTED = 1.5
"""ElastiCache user guide, "Metrics for Valkey and Redis OSS", and Redis documentation, "Memory optimization"."""

SATURATION = Row(
    "What nodes run out of",
    (
        TimeSeries(
            title="CPU of the engine",
            description="Commands run on one thread: at 100 every one of them waits, whatever the host has left.",
            unit=Unit.PERCENT,
            queries=(Query(CPU, NODE),),
            thresholds=CPU_LIMITS,
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="CPU of the host",
            description="Of all its vCPUs. Small nodes saturate here first, by snapshots, TLS and connections.",
            unit=Unit.PERCENT,
            queries=(of("CPUUtilization"),),
            thresholds=limits(ALERTS, "ElasticacheHostCpuHigh"),
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="CPU credits",
            description="Left on a burstable class, in vCPU-minutes. At 0 it falls to its baseline.",
            unit=Unit.COUNT,
            queries=(of("CPUCreditBalance", MINIMUM),),
            thresholds=limits(ALERTS, "ElasticacheCpuCreditsLow"),
            minimum=0,
            empty="no node is of a burstable class.",
        ),
        TimeSeries(
            title="Memory",
            description="In use, of what a node may use for data. A slope without end: keys without expiry.",
            unit=Unit.PERCENT,
            queries=(Query(MEMORY, NODE),),
            thresholds=MEMORY_LIMITS,
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="Keys",
            description="Keys in the cache, and how many of them expire. The others stay until somebody deletes them.",
            unit=Unit.COUNT,
            queries=(of("CurrItems"), of("CurrVolatileItems", legend=f"{NODE}: that expire")),
            minimum=0,
            empty="the caches hold no key that expires.",
        ),
        TimeSeries(
            title="Swap",
            description="In use. More than 50 MB: memory is short, and latency rises.",
            unit=Unit.BYTES,
            queries=(of("SwapUsage"),),
            thresholds=limits(ALERTS, "ElasticacheSwapHigh"),
            minimum=0,
        ),
        TimeSeries(
            title="Memory taken per byte used",
            description="Fragmentation. Above the threshold much is wasted; below 1 the node swaps.",
            unit=Unit.COUNT,
            queries=(of("MemoryFragmentationRatio"),),
            thresholds=(above(FRAGMENTED, WARN),),
            minimum=0,
        ),
        TimeSeries(
            title="Free memory of the host",
            description="What snapshots and replication need beside the data. At 0 the node swaps.",
            unit=Unit.BYTES,
            queries=(of("FreeableMemory", MINIMUM),),
            minimum=0,
        ),
        StateTimeline(
            title="Held back and saving",
            description="Orange where commands come faster than the engine can take them; blue during a snapshot.",
            queries=(
                Query(f"2 * {at('TrafficManagementActive', MAXIMUM)}", f"{NODE}: held back"),
                Query(at("SaveInProgress", MAXIMUM), f"{NODE}: saving"),
            ),
            states=(State(0, "no", GOOD), State(1, "saving", NOTE), State(2, "held back", WARN)),
            empty="no node reports whether its traffic is held back.",
            width=8,
        ),
    ),
)

NETWORK = Row(
    "Connections and network",
    (
        TimeSeries(
            title="Connections",
            description="Of clients; a node takes 65,000. A slope is a leak, a step at a deployment normal.",
            unit=Unit.COUNT,
            queries=(of("CurrConnections", MAXIMUM),),
            thresholds=USED_CONNECTIONS,
            minimum=0,
        ),
        TimeSeries(
            title="New connections",
            description="A second. With TLS each is dear: many mean that clients do not keep theirs.",
            unit=Unit.PER_SECOND,
            queries=(rate("NewConnections"),),
            minimum=0,
        ),
        TimeSeries(
            title="Bytes",
            description="Received and sent a second, replication included.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(rate("NetworkBytesIn", f"{NODE}: received"), rate("NetworkBytesOut", f"{NODE}: sent")),
            minimum=0,
        ),
        TimeSeries(
            title="Beyond the bandwidth",
            description="Packets of 15 minutes that were queued or dropped: the node is too small for its network.",
            unit=Unit.COUNT,
            queries=(
                events("NetworkBandwidthInAllowanceExceeded", f"{NODE}: in"),
                events("NetworkBandwidthOutAllowanceExceeded", f"{NODE}: out"),
            ),
            thresholds=limits(ALERTS, "ElasticacheBandwidthInExceeded", "ElasticacheBandwidthOutExceeded"),
            minimum=0,
            empty=NEVER,
        ),
        TimeSeries(
            title="Beyond the packet rate",
            description="Packets of 15 minutes that were queued or dropped: very many small commands; pipeline them.",
            unit=Unit.COUNT,
            queries=(events("NetworkPacketsPerSecondAllowanceExceeded"),),
            thresholds=limits(ALERTS, "ElasticachePacketRateExceeded"),
            minimum=0,
            empty=NEVER,
        ),
        TimeSeries(
            title="Connections that cannot be tracked",
            description="Packets of 15 minutes that were dropped for it: new clients cannot connect.",
            unit=Unit.COUNT,
            queries=(events("NetworkConntrackAllowanceExceeded"),),
            thresholds=limits(ALERTS, "ElasticacheConntrackExceeded"),
            minimum=0,
            empty=NEVER,
        ),
    ),
)

REPLICATION = Row(
    "Replication and recovery",
    (
        StateTimeline(
            title="Roles",
            description="Who takes writes. A change is a failover: connections were lost, perhaps some writes.",
            queries=(Query(PRIMARY, NODE),),
            states=(State(1, "primary", NOTE), State(0, "replica", NEUTRAL)),
            height=6,
        ),
        TimeSeries(
            title="Replica lag",
            description="How far a replica is behind its primary: what would be lost in a failover.",
            unit=Unit.SECONDS,
            queries=(of("ReplicationLag"),),
            thresholds=limits(ALERTS, "ElasticacheReplicationLagHigh"),
            minimum=0,
            empty=NO_REPLICA,
        ),
        TimeSeries(
            title="Replication",
            description="Bytes a second from primaries to replicas. A burst is a full synchronisation.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(rate("ReplicationBytes"),),
            minimum=0,
            empty=NO_REPLICA,
        ),
        StateTimeline(
            title="Links to the primary",
            description="Whether each replica is in sync. One that is not begins empty or old after a failover.",
            queries=(Query(f"{at('MasterLinkHealthStatus', MINIMUM)} unless on (name) {PRIMARY} == 1", NODE),),
            states=(State(1, "in sync", GOOD), State(0, "not in sync", BAD)),
            width=8,
            empty="no replica tells whether it is in sync.",
        ),
        Stat(
            title="Nodes of a group",
            description="With one alone a failed node is an outage, and an empty cache.",
            unit=Unit.COUNT,
            queries=(Query(PLACES.joined(FACTS["replication_group_members"]), GROUP),),
            thresholds=(below(2, WARN),),
            width=12,
            empty="there is no replication group.",
        ),
        Stat(
            title="Snapshots kept",
            description="How long automatic snapshots are kept. At 0 there are none: a lost group begins empty.",
            unit=Unit.DURATION,
            queries=(Query(PLACES.joined(FACTS["snapshot_retention_seconds"]), GROUP),),
            thresholds=(below(1, WARN),),
            width=12,
            empty="there is no replication group.",
        ),
    ),
)

ACCESS = Row(
    "Who is refused",
    (
        TimeSeries(
            title="Failed sign-ins",
            description="AUTH commands of 15 minutes that failed: a broken rotation, or somebody who guesses.",
            unit=Unit.COUNT,
            queries=(events("AuthenticationFailures"),),
            thresholds=limits(ALERTS, "ElasticacheAuthenticationFails"),
            width=12,
            minimum=0,
            empty=NEVER,
        ),
        TimeSeries(
            title="Refused commands, keys and channels",
            description="In 15 minutes. The application knows what it may do: a wrong release, or an intruder.",
            unit=Unit.COUNT,
            queries=(
                events("CommandAuthorizationFailures", f"{NODE}: commands"),
                events("KeyAuthorizationFailures", f"{NODE}: keys"),
                events("ChannelAuthorizationFailures", f"{NODE}: channels"),
            ),
            thresholds=limits(ALERTS, "ElasticacheAccessDenied"),
            width=12,
            minimum=0,
            empty=NEVER,
        ),
    ),
    collapsed=True,
)
