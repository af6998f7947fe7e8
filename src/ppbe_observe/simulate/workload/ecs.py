"""AWS/ECS and ECS/ContainerInsights.

Source: ECS developer guide, "Amazon ECS CloudWatch metrics"; CloudWatch user guide, "Amazon ECS Container Insights
metrics".
"""

from collections.abc import Iterator

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.estate.compute import SERVICE
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.signals import Level
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAMESPACE = "AWS/ECS"
INSIGHTS = "ECS/ContainerInsights"
_CPU_UNITS = 1024.0  # of one task
_MEGABYTES = 2048.0  # of one task
_COUNT, _NONE = "Count", "None"


def ecs_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """The cluster and its service; nothing where no service runs."""
    env = deployment.env
    if not env.tasks:
        return
    cluster = {"ClusterName": env.prefix}
    service = {**cluster, "ServiceName": SERVICE}
    family = {**cluster, "TaskDefinitionFamily": SERVICE if env.production else f"{SERVICE}-{env.name}"}
    tasks = float(env.tasks)
    for dimensions in (cluster, service):
        yield from make.all(NAMESPACE, _utilization(env.tasks), dimensions, scope=env.name, key=env.prefix)
    yield from make.all(INSIGHTS, _cluster(tasks), cluster, scope=env.name)
    yield from make.all(INSIGHTS, _service(tasks), service, scope=env.name)
    for dimensions in (cluster, service, family):
        yield from make.all(INSIGHTS, _consumption(tasks), dimensions, scope=env.name, key=env.prefix)


def _utilization(tasks: int) -> tuple[Reported, ...]:
    cpu = Level(9.0, 38.0, 5.0, floor=0.5, ceiling=100.0, spread=0.25, samples=tasks)
    memory = Level(41.0, 14.0, 2.0, ceiling=100.0, spread=0.08, samples=tasks)
    return (Reported("CPUUtilization", "Percent", cpu), Reported("MemoryUtilization", "Percent", memory))


def _cluster(tasks: float) -> tuple[Reported, ...]:
    return (
        Reported("TaskCount", _COUNT, Level(tasks)),
        Reported("ServiceCount", _COUNT, Level(1.0)),
        Reported("ContainerInstanceCount", _COUNT, Level(0.0)),
    )


def _service(tasks: float) -> tuple[Reported, ...]:
    return (
        Reported("DesiredTaskCount", _COUNT, Level(tasks)),
        Reported("RunningTaskCount", _COUNT, Level(tasks)),
        Reported("PendingTaskCount", _COUNT, Level(0.0)),
        Reported("DeploymentCount", _COUNT, Level(1.0)),
        Reported("TaskSetCount", _COUNT, Level(0.0)),
    )


def _consumption(tasks: float) -> tuple[Reported, ...]:
    return (
        Reported("CpuReserved", _NONE, Level(_CPU_UNITS * tasks)),
        Reported("CpuUtilized", _NONE, Level(0.09 * _CPU_UNITS * tasks, 0.38 * _CPU_UNITS * tasks, 40.0)),
        Reported("MemoryReserved", "Megabytes", Level(_MEGABYTES * tasks)),
        Reported("MemoryUtilized", "Megabytes", Level(0.41 * _MEGABYTES * tasks, 0.14 * _MEGABYTES * tasks, 30.0)),
        Reported("NetworkRxBytes", "Bytes/Second", Level(9e3, 210e3 * tasks, 8e3)),
        Reported("NetworkTxBytes", "Bytes/Second", Level(14e3, 480e3 * tasks, 12e3)),
        Reported("StorageReadBytes", _NONE, Level(2e3, 30e3, 2e3)),
        Reported("StorageWriteBytes", _NONE, Level(6e3, 60e3, 5e3)),
        Reported("EphemeralStorageReserved", "Gigabytes", Level(21.47 * tasks)),
        Reported("EphemeralStorageUtilized", "Gigabytes", Level(3.1 * tasks, 0.2, 0.1)),
    )
