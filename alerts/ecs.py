"""Services of ECS: tasks that are missing, hang or restart, deployments that fail, and what runs full.

Tasks are counted by Container Insights minute by minute, and by DescribeServices every ten minutes or so; a cluster
without Container Insights is judged by the latter.

Sources, as the reasons name them. ECS: Amazon ECS developer guide, "Amazon ECS CloudWatch metrics", "Amazon ECS
services". Insights: CloudWatch user guide, "Amazon ECS Container Insights metrics".
"""

from alerts._examples import series
from alerts._shared import ARN, SRE
from exporters import ecs
from ppbe_observe.alerting import HOUR, MINUTE, PAGE, PERCENT, RATIO, TICKET, Alert, Case, Example, Record, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINIMUM
from ppbe_observe.cloudwatch.naming import info_name

UTILIZATION, INSIGHTS = ecs.UTILIZATION, ecs.INSIGHTS
FACTS = {fact.name: UTILIZATION.fact_name(fact) for fact in UTILIZATION.facts}
DESIRED_NOW, RUNNING_NOW, PENDING_NOW, DEPLOYMENTS_NOW = (
    FACTS[f"service_{each}"] for each in ("desired_tasks", "running_tasks", "pending_tasks", "deployments")
)
DESIRED = INSIGHTS.series_name("DesiredTaskCount", AVERAGE)
RUNNING = INSIGHTS.series_name("RunningTaskCount", AVERAGE)
FEWEST = INSIGHTS.series_name("RunningTaskCount", MINIMUM)
PENDING = INSIGHTS.series_name("PendingTaskCount", AVERAGE)
DEPLOYMENTS = INSIGHTS.series_name("DeploymentCount", MAXIMUM)
RESTARTS = INSIGHTS.counter_name("RestartCount")
UNHEALTHY = INSIGHTS.series_name("UnHealthyContainerHealthStatus", MAXIMUM)
DISK_USED = INSIGHTS.series_name("EphemeralStorageUtilized", AVERAGE)
DISK = INSIGHTS.series_name("EphemeralStorageReserved", AVERAGE)
CPU = UTILIZATION.series_name("CPUUtilization", AVERAGE)
MEMORY = UTILIZATION.series_name("MemoryUtilization", MAXIMUM)
VOLUME = UTILIZATION.series_name("EBSFilesystemUtilization", MAXIMUM)
INFO = info_name(UTILIZATION.namespace)

OF_SERVICE = 'dimension_ServiceName!=""'
BY_SERVICE = "account_id, region, name, dimension_ClusterName, dimension_ServiceName"
WHICH = "{dimension_ServiceName} of {dimension_ClusterName} in {region}"


def either(insights: str, described: str) -> str:
    """Container Insights, and where there is none what DescribeServices said."""
    return f"({insights} or on (name) {described})"


RUNNING_SHARE = Record(
    name="ecs:running_tasks:ratio",
    expr=either(f"{RUNNING} / ({DESIRED} > 0)", f"{RUNNING_NOW} / ({DESIRED_NOW} > 0)"),
)
"""Running tasks as a share of those that should; nothing where none should."""

SERVICE = {
    **PLACE,
    "name": f"{ARN}:ecs:us-gov-west-1:123456789012:service/ppbe-production/ppbe-api",
    "dimension_ClusterName": "ppbe-production",
    "dimension_ServiceName": "ppbe-api",
}
OTHER = {**SERVICE, "name": f"{ARN}:ecs:us-gov-west-1:123456789012:service/ppbe-staging/ppbe-api"}
OTHER["dimension_ClusterName"] = "ppbe-staging"


def tasks(running: str, desired: str = "4x60") -> dict[str, str]:
    """Tasks of the example's service, as Container Insights counts them."""
    return series({RUNNING: running, FEWEST: running, DESIRED: desired}, SERVICE)


def described(running: str, desired: str = "4x60") -> dict[str, str]:
    """Tasks of the example's service, as DescribeServices counts them."""
    return series({RUNNING_NOW: running, DESIRED_NOW: desired}, SERVICE)


def revision(values: str, number: int) -> dict[str, str]:
    """Whether the example's service is at a revision of its task definition."""
    return series({INFO: values}, SERVICE, task_definition=f"task-definition/ppbe-api:{number}")


TASKS = (
    Alert(
        name="EcsServiceDown",
        expr=f"{RUNNING_SHARE.name} == 0",
        severity=PAGE,
        owner=SRE,
        summary="A service runs no task at all",
        description=f"{WHICH} should run tasks, and runs none.",
        reason="Nothing is left that could answer. Five minutes are longer than ECS needs to start a task (ECS: image "
        "pull and health check), and than a datapoint is held while the next is late.",
        unit=RATIO,
        lasts=5 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(fires=tasks("0x60"), quiet=tasks("0.5x60"), labels=SERVICE, value=0),
        cases=(
            Case("nothing should run", tasks("0x60", "0x60"), 30 * MINUTE),
            Case("without Container Insights", described("0x60"), 10 * MINUTE, 0, SERVICE),
            Case("Container Insights knows better", {**tasks("4x60"), **described("0x60")}, 30 * MINUTE),
            Case("scaled down to nothing", tasks("4x9 0x50", "4x9 0x50"), 30 * MINUTE),
        ),
    ),
    Alert(
        name="EcsCapacityHalved",
        expr=f"0 < {RUNNING_SHARE.name} <= 0.5",
        severity=PAGE,
        owner=SRE,
        summary="A service runs half of its tasks or fewer",
        description=f"{WHICH} runs {{value}} of the tasks that it should; {{threshold}} is too few to carry a "
        f"usual day.",
        reason="The deployment keeps 100 % (minimumHealthyPercent of the estate), so that half is lost, not replaced. "
        "Ten minutes are two attempts to start a task.",
        unit=RATIO,
        lasts=10 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(fires=tasks("2x60"), quiet=tasks("3x60"), labels=SERVICE, value=0.5),
        cases=(Case("leaves none at all to EcsServiceDown", tasks("0x60"), 40 * MINUTE),),
    ),
    Alert(
        name="EcsRunningBelowDesired",
        expr=f"0.5 < {RUNNING_SHARE.name} < 1",
        severity=TICKET,
        owner=SRE,
        summary="A service runs fewer tasks than it should",
        description=f"{WHICH} runs {{value}} of the tasks that it should, for 20 minutes.",
        reason="Fewer than desired for longer than ECS needs to replace a task (ECS): it cannot. Twenty minutes, since "
        "DescribeServices is asked every ten where Container Insights is off.",
        unit=RATIO,
        lasts=20 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(fires=tasks("3x60"), quiet=tasks("4x60"), labels=SERVICE, value=0.75),
        cases=(
            Case("a task that is replaced", tasks("4x9 3x12 4x40"), 30 * MINUTE),
            Case(
                "a deployment that runs more",
                tasks("4x9 8x20 4x30"),
                25 * MINUTE,
            ),
            Case(
                "of two services the one that lacks",
                {**tasks("3x60"), **series({RUNNING: "2x60", DESIRED: "2x60"}, OTHER)},
                30 * MINUTE,
                0.75,
                SERVICE,
            ),
        ),
    ),
    Alert(
        name="EcsTasksPending",
        expr=f"{either(PENDING, PENDING_NOW)} > 0",
        severity=TICKET,
        owner=SRE,
        summary="Tasks hang on their way to running",
        description=f"{WHICH} has {{value}} tasks that do not get to run, for 20 minutes.",
        reason="A Fargate task starts within minutes. Longer: no capacity, no image, no secret or no network (ECS, "
        "stopped task errors).",
        lasts=20 * MINUTE,
        example=Example(
            fires=series({PENDING: "1x60"}, SERVICE), quiet=series({PENDING: "0x60"}, SERVICE), labels=SERVICE, value=1
        ),
        cases=(
            Case("without Container Insights", series({PENDING_NOW: "2x60"}, SERVICE), 30 * MINUTE, 2, SERVICE),
            Case("a deployment", series({PENDING: "0x9 2x8 0x50"}, SERVICE), 30 * MINUTE),
        ),
    ),
    Alert(
        name="EcsTasksFlapping",
        expr=f"changes({FEWEST}[1h]) >= 6 and on (name) changes({DESIRED}[1h]) == 0 "
        f"and on (name) max_over_time({DEPLOYMENTS}[1h]) < 2",
        severity=TICKET,
        owner=SRE,
        summary="Tasks of a service die again and again",
        description=f"The number of running tasks of {WHICH} changed {{value}} times in the last hour, though nothing "
        "was deployed or scaled: tasks crash, run out of memory or fail their health check.",
        reason="A task that dies and is replaced is two changes; three of them in an hour are no accident. ECS counts "
        "no restarts of tasks without a restart policy (Insights, RestartCount).",
        lasts=5 * MINUTE,
        keeps=15 * MINUTE,
        example=Example(
            fires={
                **tasks("4x3 3x1 4x3 3x1 4x3 3x1 4x30"),
                **series({DEPLOYMENTS: "1x60"}, SERVICE),
            },
            quiet={**tasks("4x3 3x1 4x3 3x1 4x30"), **series({DEPLOYMENTS: "1x60"}, SERVICE)},
            labels=SERVICE,
            value=6,
            begins=18 * MINUTE,
        ),
        cases=(
            Case(
                "a deployment",
                {**tasks("4x3 5 6 5 6 5 6 5 4x30"), **series({DEPLOYMENTS: "1x3 2x8 1x30"}, SERVICE)},
                20 * MINUTE,
            ),
            Case(
                "scaling",
                {**tasks("4 5 6 7 8 7 6 5 4x30", "4 5 6 7 8 7 6 5 4x30"), **series({DEPLOYMENTS: "1x60"}, SERVICE)},
                20 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="EcsContainersRestarting",
        expr=f"increase({RESTARTS}{{{OF_SERVICE}}}[30m]) >= 3",
        severity=TICKET,
        owner=SRE,
        summary="Containers of a service restart again and again",
        description=f"Containers of {WHICH} restarted {{value}} times in the last 30 minutes, {{threshold}} or more.",
        reason="A container with a restart policy that exits is started again in its task (Insights, RestartCount): "
        "the task count shows nothing of it. Three in half an hour are a loop.",
        lasts=5 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=series({RESTARTS: "0+0.2x60"}, SERVICE),
            quiet=series({RESTARTS: "0+0.05x60"}, SERVICE),
            labels=SERVICE,
            value=4,
            begins=15 * MINUTE,
        ),
        cases=(
            Case(
                "does not count the cluster again",
                series({RESTARTS: "0+1x60"}, {**SERVICE, "dimension_ServiceName": ""}),
                30 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="EcsContainersUnhealthy",
        expr=f"{UNHEALTHY}{{{OF_SERVICE}}} > 0",
        severity=TICKET,
        owner=SRE,
        summary="Containers fail their own health check",
        description=f"{WHICH} has a container whose HEALTHCHECK fails for ten minutes.",
        reason="ECS replaces a task whose essential container is unhealthy within minutes (ECS, health checks); ten "
        "mean that the next one is unhealthy, too. Needs Container Insights with enhanced observability.",
        lasts=10 * MINUTE,
        example=Example(
            fires=series({UNHEALTHY: "1x40"}, SERVICE),
            quiet=series({UNHEALTHY: "0x40"}, SERVICE),
            labels=SERVICE,
            value=1,
        ),
    ),
)

SETTLED = (
    f"(min_over_time({DEPLOYMENTS}[40m]) or on (name) min_over_time({DEPLOYMENTS_NOW}[40m]))"
    f" > 1 and on (name) {either(f'{DEPLOYMENTS} offset 40m', f'{DEPLOYMENTS_NOW} offset 40m')} > 1"
)

ROLLOUTS = (
    Alert(
        name="EcsDeploymentStuck",
        expr=SETTLED,
        severity=TICKET,
        owner=SRE,
        summary="A deployment does not come to its end",
        description=f"{WHICH} has had {{value}} deployments at once for 40 minutes.",
        reason="More than one deployment means that one replaces the other (ECS). Draining and health checks of the "
        "estate's few tasks take ten minutes, a bake time half an hour. Looks back instead of waiting: a gap of some "
        "minutes would begin the wait anew.",
        lasts=2 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(
            fires=series({DEPLOYMENTS: "2x60"}, SERVICE),
            quiet=series({DEPLOYMENTS: "2x25 1 2x33"}, SERVICE),
            labels=SERVICE,
            value=2,
            begins=40 * MINUTE,
        ),
        cases=(
            Case("without Container Insights", series({DEPLOYMENTS_NOW: "2x60"}, SERVICE), 50 * MINUTE, 2, SERVICE),
            Case("a gap of four minutes", series({DEPLOYMENTS: "2x30 _x4 2x30"}, SERVICE), 45 * MINUTE, 2, SERVICE),
            Case("a daemon that just began", series({DEPLOYMENTS: "_x30 2x30"}, SERVICE), 50 * MINUTE),
        ),
    ),
    Alert(
        name="EcsDeploymentRolledBack",
        expr=f"count by ({BY_SERVICE}) (count by ({BY_SERVICE}, task_definition) "
        f"(count_over_time({INFO}{{{OF_SERVICE}}}[2h]))) > 1 "
        f"and on (name) ({INFO}{{{OF_SERVICE}}} and on (name, task_definition) {INFO}{{{OF_SERVICE}}} offset 2h)",
        severity=TICKET,
        owner=SRE,
        summary="A deployment was rolled back",
        description=f"{WHICH} went through {{value}} revisions of its task definition in two hours, and is back at the "
        "one that it began with: the deployment failed, or somebody undid it.",
        reason="The circuit breaker of the estate goes back by itself (ECS, deployment circuit breaker): users see "
        "nothing, and the release is not out. Revisions are those that DescribeServices told, every ten minutes.",
        resource=("account_id", "region", "name"),
        lasts=MINUTE,
        example=Example(
            fires={**revision("0x5 _x12 0x120", 7), **revision("_x6 0x11", 8)},
            quiet={**revision("0x5", 7), **revision("_x6 0x130", 8)},
            labels=SERVICE,
            value=2,
            begins=120 * MINUTE,
        ),
    ),
)

SATURATION = (
    Alert(
        name="EcsCpuSaturated",
        expr=f"{CPU}{{{OF_SERVICE}}} > 85",
        severity=TICKET,
        owner=SRE,
        summary="A service uses nearly all its CPU",
        description=f"{WHICH} uses {{value}} of its CPU on the average of its tasks, more than {{threshold}}, for a "
        "quarter of an hour.",
        reason="Node.js is slow before it is full: from about 80 % requests queue (queueing: at 85 % use the wait is "
        "nearly six times the service time). Slow or failing requests page by themselves.",
        unit=PERCENT,
        lasts=15 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=series({CPU: "90x60"}, SERVICE), quiet=series({CPU: "85x60"}, SERVICE), labels=SERVICE, value=90
        ),
        cases=(Case("the cluster as a whole is not judged", series({CPU: "99x60"}, {**PLACE, "name": "c"}), HOUR),),
    ),
    Alert(
        name="EcsMemoryExhausted",
        expr=f"{MEMORY}{{{OF_SERVICE}}} > 95",
        severity=TICKET,
        owner=SRE,
        summary="A task is about to run out of memory",
        description=f"A task of {WHICH} uses {{value}} of its memory, more than {{threshold}}: at 100 % it is killed.",
        reason="The most of any task, where the estate's alarm at 85 % looks at the average: one leaking task hides "
        "behind healthy ones. Above 95 % of 2 GiB, 100 MiB are left (ECS, MemoryUtilization).",
        unit=PERCENT,
        lasts=10 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=series({MEMORY: "97x60"}, SERVICE), quiet=series({MEMORY: "95x60"}, SERVICE), labels=SERVICE, value=97
        ),
    ),
    Alert(
        name="EcsEphemeralStorageLow",
        expr=f"{DISK_USED}{{{OF_SERVICE}}} / {DISK}{{{OF_SERVICE}}} > 0.85",
        severity=TICKET,
        owner=SRE,
        summary="The ephemeral storage of tasks runs full",
        description=f"Tasks of {WHICH} have filled {{value}} of their ephemeral storage, more than {{threshold}}. "
        "Full, they cannot write, and their image cannot be pulled.",
        reason="Fargate gives 20 GiB unless more is asked for, the image included (ECS, Fargate task ephemeral "
        "storage). At 85 % three of them are left: hours, at the rate of a log file that nobody rotates.",
        unit=RATIO,
        lasts=10 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=series({DISK_USED: "18x40", DISK: "20x40"}, SERVICE),
            quiet=series({DISK_USED: "17x40", DISK: "20x40"}, SERVICE),
            labels=SERVICE,
            value=0.9,
        ),
    ),
    Alert(
        name="EcsVolumeLow",
        expr=f"{VOLUME}{{{OF_SERVICE}}} > 85",
        severity=TICKET,
        owner=SRE,
        summary="An EBS volume of a task runs full",
        description=f"A volume of {WHICH} is {{value}} full, more than {{threshold}}.",
        reason="A volume of a running task cannot be enlarged (ECS, EBS volumes): 15 % are the time to replace the "
        "tasks.",
        unit=PERCENT,
        lasts=10 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=series({VOLUME: "90x40"}, SERVICE), quiet=series({VOLUME: "85x40"}, SERVICE), labels=SERVICE, value=90
        ),
    ),
)

GROUP = RuleGroup(rules=(RUNNING_SHARE, *TASKS, *ROLLOUTS, *SATURATION))
