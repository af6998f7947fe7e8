"""Rows of the services: what their tasks run out of, how large they need to be, their clusters and network."""

from alerts import alarms
from alerts import ecs as ecs_alerts
from dashboards._ecs import (
    ALERTS,
    CPU,
    IN,
    INFO,
    INSIGHT,
    MEMORY,
    NO_INSIGHTS,
    OF_CLUSTER,
    OF_SERVICE,
    PLACES,
    SERVICE,
    of,
)
from exporters import ecs
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM
from ppbe_observe.grafana import BAD, Column, Query, Row, Table, TimeSeries, Unit, alarm_limit, limits

USED = ecs.UTILIZATION.series_name
FACTS = ecs_alerts.FACTS
CPU_LIMIT = limits(ALERTS, "EcsCpuSaturated")
NO_TASK = "no task runs."
DISK_SHARE = f"{IN(ecs_alerts.DISK_USED, OF_SERVICE)} / {IN(ecs_alerts.DISK, OF_SERVICE)}"


def peak(metric: str, reserved: str) -> str:
    """The most of a day that the tasks used, as a share of what they reserve."""
    used = IN(INSIGHT(metric, MAXIMUM), OF_SERVICE)
    return f"max_over_time({used}[1d]) / {IN(INSIGHT(reserved, AVERAGE), OF_SERVICE)}"


SATURATION = Row(
    "What tasks run out of",
    (
        TimeSeries(
            title="CPU",
            description="Of what the tasks of a service have, on average. From about 80 % requests queue.",
            unit=Unit.PERCENT,
            queries=(Query(CPU, SERVICE),),
            thresholds=CPU_LIMIT,
            minimum=0,
            maximum=100,
            empty=NO_TASK,
        ),
        TimeSeries(
            title="Memory",
            description="Of what the tasks have, on average: what the estate's alarm looks at.",
            unit=Unit.PERCENT,
            queries=(of(USED("MemoryUtilization", AVERAGE)),),
            thresholds=(alarm_limit(alarms.API_MEMORY, BAD, "ApiMemoryHigh"),),
            minimum=0,
            maximum=100,
            empty=NO_TASK,
        ),
        TimeSeries(
            title="Memory of the fullest task",
            description="A leaking task hides behind healthy ones in the average. At 100 the kernel kills it.",
            unit=Unit.PERCENT,
            queries=(Query(MEMORY, SERVICE),),
            thresholds=limits(ALERTS, "EcsMemoryExhausted"),
            minimum=0,
            maximum=100,
            empty=NO_TASK,
        ),
        TimeSeries(
            title="CPU of the busiest and the idlest task",
            description="Far apart, the load is uneven: one task hangs, or connections stick to it.",
            unit=Unit.PERCENT,
            queries=(
                of(USED("CPUUtilization", MAXIMUM), f"{SERVICE}: busiest"),
                of(USED("CPUUtilization", "Minimum"), f"{SERVICE}: idlest"),
            ),
            minimum=0,
            maximum=100,
            empty=NO_TASK,
        ),
        TimeSeries(
            title="Ephemeral storage",
            description="In use, of what a task has, its image included. Full, it cannot write.",
            unit=Unit.RATIO,
            queries=(Query(DISK_SHARE, SERVICE),),
            thresholds=limits(ALERTS, "EcsEphemeralStorageLow"),
            minimum=0,
            maximum=1,
            empty=NO_INSIGHTS,
        ),
        TimeSeries(
            title="EBS volumes",
            description="The fullest volume of each service. It cannot be enlarged while its task runs.",
            unit=Unit.PERCENT,
            queries=(of(ecs_alerts.VOLUME),),
            thresholds=limits(ALERTS, "EcsVolumeLow"),
            minimum=0,
            maximum=100,
            empty="no task has an EBS volume.",
        ),
    ),
)

SIZES = Row(
    "How large they need to be",
    (
        TimeSeries(
            title="Most CPU of a day",
            description="Of what the tasks reserve. Fargate bills what is reserved: steadily under half is too large.",
            unit=Unit.RATIO,
            queries=(Query(peak("CpuUtilized", "CpuReserved"), SERVICE),),
            width=12,
            minimum=0,
            empty=NO_INSIGHTS,
        ),
        TimeSeries(
            title="Most memory of a day",
            description="Of what the tasks reserve. Near 1 the next larger report kills a task.",
            unit=Unit.RATIO,
            queries=(Query(peak("MemoryUtilized", "MemoryReserved"), SERVICE),),
            width=12,
            minimum=0,
            empty=NO_INSIGHTS,
        ),
    ),
)

CLUSTERS = Row(
    "Clusters",
    (
        Table(
            title="Clusters",
            description="All tasks of a cluster, those that no service started among them.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, dimension_ClusterName, status) "
                    f"({PLACES(INFO, OF_CLUSTER)})"
                ),
                Query(f"avg by (name) ({PLACES.joined(FACTS['cluster_active_services'])})"),
                Query(f"avg by (name) ({PLACES.joined(FACTS['cluster_running_tasks'])})"),
                Query(f"avg by (name) ({PLACES.joined(FACTS['cluster_pending_tasks'])})"),
                Query(f"avg by (name) ({PLACES(INSIGHT('ContainerInstanceCount', AVERAGE))})"),
            ),
            columns=(
                Column("dimension_ClusterName", "Cluster"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("status", "Status"),
                Column(1, "Services"),
                Column(2, "Running tasks"),
                Column(3, "Pending tasks", limits(ALERTS, "EcsTasksPending")),
                Column(4, "EC2 instances (0 on Fargate)"),
            ),
            sort="Pending tasks",
            height=6,
        ),
    ),
    collapsed=True,
)

NETWORK = Row(
    "Network and disk of the tasks",
    (
        TimeSeries(
            title="Network",
            description="Bytes received and sent a second. What leaves the VPC is on the dashboard of the network.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(
                of(INSIGHT("NetworkRxBytes", AVERAGE), f"{SERVICE}: received"),
                of(INSIGHT("NetworkTxBytes", AVERAGE), f"{SERVICE}: sent"),
            ),
            width=12,
            minimum=0,
            empty=NO_INSIGHTS,
        ),
        TimeSeries(
            title="Disk",
            description="Bytes read and written, as Container Insights tells: since the tasks began, not a second.",
            unit=Unit.BYTES,
            queries=(
                of(INSIGHT("StorageReadBytes", AVERAGE), f"{SERVICE}: read"),
                of(INSIGHT("StorageWriteBytes", AVERAGE), f"{SERVICE}: written"),
            ),
            width=12,
            minimum=0,
            empty=NO_INSIGHTS,
        ),
    ),
    collapsed=True,
)
