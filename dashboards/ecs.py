"""Services of ECS: do their tasks run, is something being deployed, what runs full, what users notice of it.

The thresholds are those of the alerts in alerts/ecs.py, api.py and of the alarm in alarms.py.
"""

from alerts import api as api_alerts
from alerts import ecs as ecs_alerts
from dashboards._ecs import (
    ALERTS,
    CPU,
    DEPLOYMENTS,
    DESIRED,
    IN,
    INSIGHT,
    MEMORY,
    NO_INSIGHTS,
    OF_SERVICE,
    PENDING,
    PLACES,
    REVISION,
    RUNNING,
    SERVICE,
    SERVICES,
    SHARE,
    of,
)
from dashboards._ecs_capacity import CLUSTERS, NETWORK, SATURATION, SIZES
from dashboards._shared import MARKS, PLACE, number, some
from dashboards._users import USERS
from ppbe_observe.cloudwatch import AVERAGE
from ppbe_observe.grafana import (
    BAD,
    GOOD,
    NOTE,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    State,
    StateTimeline,
    Table,
    TimeSeries,
    Unit,
    above,
    alert_table,
    dashboard,
    limits,
)

API = "{{dimension_Service}}, {{dimension_Environment}}"
OF_API = 'dimension_Environment=~"$environment"'
PUBLISHED = PLACES.only("account", "region")
"""What the API publishes itself has no tags; the environment is one of its dimensions."""
TASK_ALERTS = ("EcsServiceDown", "EcsCapacityHalved", "EcsRunningBelowDesired")
SHARE_LIMITS = limits(ALERTS, *TASK_ALERTS)

GLANCE = Row(
    "At a glance",
    (
        number(
            "Least of its tasks",
            "Tasks that run, of those that should, of the service that lacks most. At 0 it is down.",
            Unit.RATIO,
            f"min({SHARE})",
            *SHARE_LIMITS,
            empty="no service should run a task.",
        ),
        number(
            "Pending tasks",
            "On their way to running. A Fargate task starts within minutes; longer, it cannot.",
            Unit.COUNT,
            f"sum({PENDING})",
            *limits(ALERTS, "EcsTasksPending"),
        ),
        number(
            "Being deployed",
            "Services with more than one deployment: one replaces the other, or hangs.",
            Unit.COUNT,
            some(f"{DEPLOYMENTS} > 1", DEPLOYMENTS),
            above(1, NOTE),
        ),
        number(
            "Busiest service",
            "CPU of its tasks on average. Node.js is slow before it is full.",
            Unit.PERCENT,
            f"max({CPU})",
            *limits(ALERTS, "EcsCpuSaturated"),
            empty="no task runs.",
        ),
        number(
            "Fullest task",
            "Memory of the task that uses most. At 100 the kernel kills it.",
            Unit.PERCENT,
            f"max({MEMORY})",
            *limits(ALERTS, "EcsMemoryExhausted"),
            empty="no task runs.",
        ),
        number(
            "Restless tasks",
            "How often the number of running tasks changed in an hour. Deployed or scaled: normal. Else tasks die.",
            Unit.COUNT,
            f"max(changes({IN(ecs_alerts.FEWEST)}[1h]))",
            *limits(ALERTS, "EcsTasksFlapping"),
            empty=NO_INSIGHTS,
        ),
        alert_table(
            "Firing for services",
            "Alerts of the services that are chosen.",
            'alertname=~"Ecs.+|ApiMemoryHigh"',
            'name=~"$resource"',
            *PLACE,
            height=7,
        ),
    ),
)

INVENTORY = Row(
    "Services",
    (
        Table(
            title="Services",
            description="What runs, and how near it is to its limits. The one that lacks most tasks is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, dimension_ClusterName, "
                    "dimension_ServiceName, launch_type, platform_version, deployment_controller, status, revision) "
                    f"({REVISION})"
                ),
                Query(f"100 * avg by (name) ({SHARE})"),
                Query(f"avg by (name) ({RUNNING})"),
                Query(f"avg by (name) ({DESIRED})"),
                Query(f"avg by (name) ({CPU})"),
                Query(f"avg by (name) ({MEMORY})"),
            ),
            columns=(
                Column("dimension_ServiceName", "Service"),
                Column("dimension_ClusterName", "Cluster"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("status", "Status"),
                Column("launch_type", "Launch type"),
                Column("platform_version", "Platform"),
                Column("deployment_controller", "Deployed by"),
                Column("revision", "Task definition"),
                Column(1, "Tasks, %", limits(ALERTS, *TASK_ALERTS, scale=100)),
                Column(2, "Running"),
                Column(3, "Wanted"),
                Column(4, "CPU, %", limits(ALERTS, "EcsCpuSaturated")),
                Column(5, "Fullest task, %", limits(ALERTS, "EcsMemoryExhausted")),
            ),
            sort="Tasks, %",
            descending=False,
            decimals=1,
            height=7,
        ),
    ),
)

FELT = Row(
    "What users get",
    (
        *USERS,
        TimeSeries(
            title="Reports that wait",
            description="The queue that the API tells of. Its usual length is ten; one that only grows has no worker.",
            unit=Unit.COUNT,
            queries=(Query(PUBLISHED(api_alerts.QUEUE, OF_API), API),),
            thresholds=limits(api_alerts.GROUP.alerts, "ApiReportQueueLong"),
            minimum=0,
            empty="the API publishes no queue.",
        ),
        TimeSeries(
            title="Calls to other systems",
            description="5 % of the API's calls to other federal systems took longer. Their fault is waited for here.",
            unit=Unit.SECONDS,
            queries=(Query(PUBLISHED(api_alerts.CALLS, OF_API), API),),
            thresholds=limits(api_alerts.GROUP.alerts, "ApiExternalCallsSlow"),
            minimum=0,
            empty="the API calls nobody.",
        ),
        TimeSeries(
            title="Budget lines submitted",
            description="A second. What people come for: it stops where the API answers and does not work.",
            unit=Unit.PER_SECOND,
            queries=(
                Query(
                    f"rate({PUBLISHED(api_alerts.LINES, OF_API)}[$__rate_interval])",
                    API,
                ),
            ),
            minimum=0,
            empty="the API publishes nothing.",
        ),
    ),
)

TASKS = Row(
    "Tasks",
    (
        TimeSeries(
            title="Running and wanted",
            description="Tasks of each service. Apart for longer than a deployment: ECS cannot start them.",
            unit=Unit.COUNT,
            queries=(Query(RUNNING, f"{SERVICE}: running"), Query(DESIRED, f"{SERVICE}: wanted")),
            minimum=0,
        ),
        TimeSeries(
            title="Share that runs",
            description="Running tasks of those that should. At half a usual day is too much for the rest.",
            unit=Unit.RATIO,
            queries=(Query(SHARE, SERVICE),),
            thresholds=SHARE_LIMITS,
            minimum=0,
            empty="no service should run a task.",
        ),
        TimeSeries(
            title="On their way",
            description="Pending tasks. Stuck: no capacity, no image, no secret or no network; see the stopped reason.",
            unit=Unit.COUNT,
            queries=(Query(PENDING, SERVICE),),
            thresholds=limits(ALERTS, "EcsTasksPending"),
            minimum=0,
        ),
        TimeSeries(
            title="Changes in an hour",
            description="Of the number of running tasks. A task that dies and is replaced is two.",
            unit=Unit.COUNT,
            queries=(Query(f"changes({IN(ecs_alerts.FEWEST)}[1h])", SERVICE),),
            thresholds=limits(ALERTS, "EcsTasksFlapping"),
            minimum=0,
            empty=NO_INSIGHTS,
        ),
        TimeSeries(
            title="Containers restarted",
            description="In 30 minutes, within tasks that go on: the task count shows nothing of such a loop.",
            unit=Unit.COUNT,
            queries=(Query(f"increase({IN(ecs_alerts.RESTARTS, OF_SERVICE)}[30m])", SERVICE),),
            thresholds=limits(ALERTS, "EcsContainersRestarting"),
            minimum=0,
            empty="no container has a restart policy.",
        ),
        TimeSeries(
            title="Unhealthy containers",
            description="Containers whose own HEALTHCHECK fails. ECS replaces them; if it lasts, new ones fail, too.",
            unit=Unit.COUNT,
            queries=(of(ecs_alerts.UNHEALTHY),),
            thresholds=limits(ALERTS, "EcsContainersUnhealthy"),
            minimum=0,
            empty=NO_INSIGHTS,
        ),
    ),
)

ROLLOUTS = Row(
    "Deployments",
    (
        StateTimeline(
            title="Deployments under way",
            description="Blue while one deployment replaces another; that lasts ten minutes, 40 mean that it is stuck.",
            queries=(Query(DEPLOYMENTS, SERVICE),),
            states=(
                State(1, "settled", GOOD),
                State(2, "being replaced", NOTE),
                State(3, "two at once", WARN),
                State(0, "no deployment", BAD),
            ),
            height=5,
        ),
        StateTimeline(
            title="Task definitions",
            description="Which revision each service was at. An old one that comes back is a rollback.",
            queries=(Query(f"{REVISION} + 1", "{{dimension_ClusterName}}: {{revision}}"),),
            states=(State(1, "in use", NOTE),),
            width=16,
            height=7,
        ),
        TimeSeries(
            title="Task sets",
            description="Of a blue/green deployment: two while the new one is tried, none where ECS rolls.",
            unit=Unit.COUNT,
            queries=(of(INSIGHT("TaskSetCount", AVERAGE)),),
            minimum=0,
            empty=NO_INSIGHTS,
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Services (ECS)",
    description="For whoever is on call: do the tasks run, what was deployed, and what do they run out of.",
    variables=(*PLACES.variables, SERVICES),
    annotations=MARKS,
    links=(
        dashboard("overview", "Overview"),
        dashboard("alb", "Load balancers (ALB)"),
        dashboard("rds", "Databases (RDS)"),
        dashboard("elasticache", "Caches (ElastiCache)"),
        dashboard("network", "Network (NAT, VPN, WAF)"),
    ),
    rows=(GLANCE, INVENTORY, FELT, TASKS, ROLLOUTS, SATURATION, SIZES, CLUSTERS, NETWORK),
)
