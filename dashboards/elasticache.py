"""Caches: does the cache spare the database work, is a node short of CPU, memory or network, who is primary.

The thresholds are those of the alerts in alerts/elasticache.py.
"""

from dashboards._elasticache import (
    ALERTS,
    CPU,
    CPU_LIMITS,
    IN,
    INFO,
    MEMORY,
    MEMORY_LIMITS,
    METRIC,
    NEVER,
    NO_REPLICA,
    NODE,
    NODES,
    OF_NODE,
    PLACES,
    PRIMARY,
    USED_CONNECTIONS,
    WHOLE,
    at,
    counted,
    events,
    rate,
)
from dashboards._elasticache_causes import ACCESS, NETWORK, REPLICATION, SATURATION
from dashboards._shared import MARKS, PLACE, number, some
from ppbe_observe.cloudwatch import MAXIMUM
from ppbe_observe.grafana import (
    BAD,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Table,
    TimeSeries,
    Unit,
    above,
    alert_table,
    below,
    dashboard,
    limits,
)

MICROSECOND = 1e-6  # seconds
FEW_HITS = (below(0.8, WARN),)
"""AWS, "Monitoring best practices with Amazon ElastiCache": under about 0.8 many keys were evicted."""
NOBODY_ASKED = "nobody asked for a key."
HITS, MISSES = counted("CacheHits", "10m"), counted("CacheMisses", "10m")
HIT_RATIO = f"{HITS} / ({HITS} + {MISSES} > 0)"
MEMBERS = f"({PLACES(INFO, OF_NODE)} + 1)"
WITHOUT_PRIMARY = (
    "sum by (account_id, region, replication_group) "
    f"({PLACES(METRIC('IsMaster', MAXIMUM), WHOLE)} * on (name) group_left (replication_group) {MEMBERS}) == 0"
)
"""Whichever node is chosen: a replica alone has no primary."""

GLANCE = Row(
    "At a glance",
    (
        number(
            "Groups without a primary",
            "Replication groups in which no node takes writes.",
            Unit.COUNT,
            some(WITHOUT_PRIMARY, MEMBERS),
            above(1, BAD),
        ),
        number(
            "Busiest engine",
            "CPU of the one thread that runs commands. Near 100 every command waits.",
            Unit.PERCENT,
            f"max({CPU})",
            *CPU_LIMITS,
        ),
        number(
            "Fullest node",
            "Memory in use, of what it may use for data. At 100 keys are evicted or writes refused.",
            Unit.PERCENT,
            f"max({MEMORY})",
            *MEMORY_LIMITS,
        ),
        number(
            "Look-ups that hit",
            "Of ten minutes, of all nodes. What misses, the database has to answer.",
            Unit.RATIO,
            f"sum({HITS}) / (sum({HITS}) + sum({MISSES}) > 0)",
            *FEW_HITS,
            empty=NOBODY_ASKED,
        ),
        number(
            "Evicted keys",
            "In 15 minutes, of the node with most. Sessions among them sign users out.",
            Unit.COUNT,
            f"max({counted('Evictions')})",
            *limits(ALERTS, "ElasticacheEvictions"),
        ),
        number(
            "Furthest behind",
            "The lag of the slowest replica: what would be lost in a failover.",
            Unit.SECONDS,
            f"max({at('ReplicationLag')})",
            *limits(ALERTS, "ElasticacheReplicationLagHigh"),
            empty=NO_REPLICA,
        ),
        alert_table(
            "Firing for caches",
            "Alerts of the nodes that are chosen, and of replication groups.",
            'alertname=~"Elasticache.+"',
            'name=~"$resource|"',
            *PLACE,
            height=7,
        ),
    ),
)

INVENTORY = Row(
    "Nodes",
    (
        Table(
            title="Nodes",
            description="What each node is, and how near it is to its limits. The fullest is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, dimension_CacheClusterId, "
                    "replication_group, class, engine, engine_version, availability_zone, status) "
                    f"({IN(INFO, OF_NODE)})"
                ),
                Query(f"max by (name) ({PRIMARY})"),
                Query(f"avg by (name) ({CPU})"),
                Query(f"avg by (name) ({MEMORY})"),
                Query(f"100 * avg by (name) ({HIT_RATIO})"),
                Query(f"max by (name) ({at('CurrConnections', MAXIMUM)})"),
            ),
            columns=(
                Column("dimension_CacheClusterId", "Node"),
                Column("replication_group", "Group"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("availability_zone", "Zone"),
                Column("status", "Status"),
                Column("class", "Class"),
                Column("engine", "Engine"),
                Column("engine_version", "Version"),
                Column(1, "Primary (1)"),
                Column(2, "Engine CPU, %", CPU_LIMITS),
                Column(3, "Memory, %", MEMORY_LIMITS),
                Column(4, "Hits, %"),
                Column(5, "Connections", USED_CONNECTIONS),
            ),
            sort="Memory, %",
            decimals=1,
            height=7,
        ),
    ),
)

USE = Row(
    "What the application gets",
    (
        TimeSeries(
            title="Commands",
            description="Reads and writes a second. What falls with the traffic is normal; to 0, nobody can connect.",
            unit=Unit.OPERATIONS_PER_SECOND,
            queries=(rate("GetTypeCmds", f"{NODE}: reads"), rate("SetTypeCmds", f"{NODE}: writes")),
            minimum=0,
        ),
        TimeSeries(
            title="Hit ratio",
            description="Look-ups of ten minutes that found their key. After a failover the cache is cold.",
            unit=Unit.RATIO,
            queries=(Query(HIT_RATIO, NODE),),
            thresholds=FEW_HITS,
            maximum=1,
            empty=NOBODY_ASKED,
        ),
        TimeSeries(
            title="Misses",
            description="Look-ups a second that found nothing: each is a query to the database.",
            unit=Unit.OPERATIONS_PER_SECOND,
            queries=(rate("CacheMisses"),),
            links=(dashboard("rds", "Databases (RDS)"),),
            minimum=0,
        ),
        TimeSeries(
            title="Time of a command",
            description="CPU time of a read and of a write, on average. Large values or slow commands, such as KEYS.",
            unit=Unit.SECONDS,
            queries=(
                Query(f"{at('GetTypeCmdsLatency')} * {MICROSECOND:g}", f"{NODE}: read"),
                Query(f"{at('SetTypeCmdsLatency')} * {MICROSECOND:g}", f"{NODE}: write"),
            ),
            minimum=0,
            empty="the nodes do not report how long commands take.",
        ),
        TimeSeries(
            title="Commands that fail",
            description="Errors a second: wrong types, scripts that fail, writes refused for want of memory.",
            unit=Unit.OPERATIONS_PER_SECOND,
            queries=(rate("ErrorCount"),),
            minimum=0,
            empty=NEVER,
        ),
        TimeSeries(
            title="Evicted and expired",
            description="Keys in 15 minutes. Expired is how it should be; evicted means that memory does not suffice.",
            unit=Unit.COUNT,
            queries=(events("Evictions", f"{NODE}: evicted"), events("Reclaimed", f"{NODE}: expired")),
            minimum=0,
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Caches (ElastiCache)",
    description="For whoever is on call: does the cache serve, what is it short of, and who may write.",
    variables=(*PLACES.variables, NODES),
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), dashboard("ecs", "Services (ECS)")),
    rows=(GLANCE, INVENTORY, USE, SATURATION, NETWORK, REPLICATION, ACCESS),
)
