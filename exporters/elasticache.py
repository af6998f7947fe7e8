"""ElastiCache for Redis and Valkey: hosts, engine, memory, commands and replication.

Source: ElastiCache user guide, "Host-Level Metrics" and "Metrics for Valkey and Redis OSS". Each node is filed under
its cluster's id, and once more with its node id.
"""

from ppbe_observe.cloudwatch import AVERAGE, FIVE_MINUTES, MAXIMUM, MINIMUM, MINUTE, SUM, Exporter, Fact, Metric

DAY_SECONDS = 86_400

EXPORTER = Exporter(
    namespace="AWS/ElastiCache",
    resources=("elasticache:cluster", "elasticache:replicationgroup"),
    dimensions=(("CacheClusterId",), ("CacheClusterId", "CacheNodeId")),
    period=MINUTE,
    metrics=(
        # Host
        Metric(
            "CPUUtilization",
            AVERAGE,
            MAXIMUM,
            help="CPU of the host in use, percent of all its vCPUs. On large nodes watch EngineCPUUtilization.",
        ),
        Metric("FreeableMemory", AVERAGE, MINIMUM, help="Memory of the host that is free, bytes."),
        Metric(
            "SwapUsage",
            AVERAGE,
            MAXIMUM,
            help="Swap in use, bytes. Above 50 MB, memory is short and latency rises.",
        ),
        Metric(
            "CPUCreditBalance",
            AVERAGE,
            MINIMUM,
            period=FIVE_MINUTES,
            help="CPU credits left (vCPU-minutes) on a burstable class. At 0 the CPU is throttled to its baseline.",
        ),
        Metric(
            "CPUCreditUsage",
            AVERAGE,
            period=FIVE_MINUTES,
            help="CPU credits spent in five minutes (vCPU-minutes) on a burstable class.",
        ),
        Metric("NetworkBytesIn", SUM, AVERAGE, help="Bytes that the host received in the period."),
        Metric("NetworkBytesOut", SUM, AVERAGE, help="Bytes that the host sent in the period."),
        Metric("NetworkPacketsIn", SUM, help="Packets that the host received in the period."),
        Metric("NetworkPacketsOut", SUM, help="Packets that the host sent in the period."),
        Metric(
            "NetworkBandwidthInAllowanceExceeded",
            SUM,
            help="Packets queued or dropped since inbound traffic exceeded the node's bandwidth. Any: a larger node.",
        ),
        Metric(
            "NetworkBandwidthOutAllowanceExceeded",
            SUM,
            help="Packets queued or dropped since outbound traffic exceeded the node's bandwidth. Any: a larger node.",
        ),
        Metric(
            "NetworkPacketsPerSecondAllowanceExceeded",
            SUM,
            help="Packets queued or dropped since they exceeded the node's packet rate.",
        ),
        Metric(
            "NetworkConntrackAllowanceExceeded",
            SUM,
            help="Packets dropped since the node could track no more connections: new clients cannot connect.",
        ),
        # Engine
        Metric(
            "EngineCPUUtilization",
            AVERAGE,
            MAXIMUM,
            help="CPU of the engine's main thread in use, percent. Above 90 commands queue.",
        ),
        Metric("CurrConnections", AVERAGE, MAXIMUM, help="Client connections, without those of replicas."),
        Metric("NewConnections", SUM, help="Connections accepted in the period. Many: clients do not reuse them."),
        Metric("CurrItems", AVERAGE, MAXIMUM, help="Keys in the cache."),
        Metric("CurrVolatileItems", AVERAGE, MAXIMUM, help="Keys in the cache that have an expiry."),
        Metric("SuccessfulReadRequestLatency", AVERAGE, MAXIMUM, help="Microseconds that a successful read takes."),
        Metric("SuccessfulWriteRequestLatency", AVERAGE, MAXIMUM, help="Microseconds that a successful write takes."),
        Metric("ErrorCount", SUM, help="Commands that failed in the period."),
        Metric(
            "TrafficManagementActive",
            MAXIMUM,
            help="1 while the service holds traffic back because commands come faster than the engine can take them.",
        ),
        Metric("SaveInProgress", MAXIMUM, help="1 while a background save runs; latency may rise meanwhile."),
        # Memory
        Metric(
            "DatabaseMemoryUsagePercentage",
            AVERAGE,
            MAXIMUM,
            help="Memory in use, percent of maxmemory. At 100 keys are evicted or writes refused.",
        ),
        Metric(
            "DatabaseMemoryUsageCountedForEvictPercentage",
            AVERAGE,
            MAXIMUM,
            help="Memory in use without overhead and buffers, percent of maxmemory: what eviction looks at.",
        ),
        Metric(
            "DatabaseCapacityUsagePercentage",
            AVERAGE,
            MAXIMUM,
            help="Capacity in use, percent, memory and (with data tiering) SSD together.",
        ),
        Metric("BytesUsedForCache", AVERAGE, MAXIMUM, help="Bytes that the engine has allocated for all purposes."),
        Metric(
            "MemoryFragmentationRatio", AVERAGE, help="Memory taken from the system per byte used. Above 1.5 is waste."
        ),
        Metric(
            "Evictions",
            SUM,
            help="Keys evicted in the period because memory was full. Sessions lost this way sign users out.",
        ),
        Metric("Reclaimed", SUM, help="Keys that expired in the period."),
        # Commands
        Metric("CacheHits", SUM, help="Look-ups that found their key."),
        Metric("CacheMisses", SUM, help="Look-ups that did not find their key. Each is a query to the database."),
        Metric("CacheHitRate", AVERAGE, MINIMUM, help="Look-ups that found their key, percent of all."),
        Metric("GetTypeCmds", SUM, help="Read commands in the period."),
        Metric("SetTypeCmds", SUM, help="Write commands in the period."),
        Metric("GetTypeCmdsLatency", AVERAGE, MAXIMUM, help="Microseconds of CPU that a read command takes."),
        Metric("SetTypeCmdsLatency", AVERAGE, MAXIMUM, help="Microseconds of CPU that a write command takes."),
        Metric("KeyBasedCmds", SUM, help="Commands on keys in the period, such as DEL and EXPIRE."),
        Metric("StringBasedCmds", SUM, help="Commands on strings in the period."),
        Metric("HashBasedCmds", SUM, help="Commands on hashes in the period."),
        Metric("EvalBasedCmds", SUM, help="Scripts run in the period."),
        # Access
        Metric("AuthenticationFailures", SUM, help="Failed AUTH commands. Any that is not a deployment is suspicious."),
        Metric("CommandAuthorizationFailures", SUM, help="Commands that the user may not run."),
        Metric("KeyAuthorizationFailures", SUM, help="Attempts at keys that the user may not reach."),
        Metric("ChannelAuthorizationFailures", SUM, help="Attempts at channels that the user may not reach."),
        # Replication
        Metric("IsMaster", MAXIMUM, help="1 where the node is the primary of its shard. A change is a failover."),
        Metric(
            "MasterLinkHealthStatus",
            MINIMUM,
            help="1 where the replica is in sync with its primary, 0 where it is not.",
        ),
        Metric("ReplicationLag", AVERAGE, MAXIMUM, help="Seconds that a replica is behind its primary."),
        Metric("ReplicationBytes", SUM, help="Bytes that the primary sent to its replicas in the period."),
    ),
    info={
        "engine": "Engine",
        "engine_version": "EngineVersion",
        "class": "CacheNodeType",
        "status": "CacheClusterStatus",
        "replication_group": "ReplicationGroupId",
        "availability_zone": "PreferredAvailabilityZone",
        "automatic_failover": "AutomaticFailover",
        "multi_az": "MultiAZ",
    },
    facts=(
        Fact("NumCacheNodes", "nodes", kind="elasticache:cluster", help="Nodes of the cluster."),
        Fact(
            "MemberClusters",
            "replication_group_members",
            kind="elasticache:replicationgroup",
            help="Clusters that make up the replication group.",
        ),
        Fact(
            "SnapshotRetentionLimit",
            "snapshot_retention_seconds",
            kind="elasticache:replicationgroup",
            scale=DAY_SECONDS,
            help="How long automatic snapshots are kept, seconds. At 0 there are none.",
        ),
    ),
)
