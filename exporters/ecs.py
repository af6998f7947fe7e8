"""Clusters and services of ECS: utilization, and with Container Insights tasks, network and storage.

Source: ECS developer guide, "Amazon ECS CloudWatch metrics"; CloudWatch user guide, "Amazon ECS Container Insights
metrics". A service without a running task reports no utilization at all.
"""

from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINIMUM, MINUTE, SUM, Exporter, Fact, Metric

CLUSTER = ("ClusterName",)
SERVICE = ("ClusterName", "ServiceName")
FAMILY = ("ClusterName", "TaskDefinitionFamily")
EVERYWHERE = (CLUSTER, SERVICE, FAMILY)

UTILIZATION = Exporter(
    name="ecs",
    namespace="AWS/ECS",
    resources=("ecs:service", "ecs:cluster"),
    dimensions=(CLUSTER, SERVICE),
    period=MINUTE,
    metrics=(
        Metric(
            "CPUUtilization",
            AVERAGE,
            MINIMUM,
            MAXIMUM,
            help="CPU in use, percent of what the service's tasks (or the cluster's instances) have.",
        ),
        Metric(
            "MemoryUtilization",
            AVERAGE,
            MINIMUM,
            MAXIMUM,
            help="Memory in use, percent of what the service's tasks have. At 100 the kernel kills tasks.",
        ),
        Metric(
            "EBSFilesystemUtilization",
            AVERAGE,
            MAXIMUM,
            help="EBS volumes of the tasks in use, percent.",
        ),
        Metric(
            "CPUReservation",
            AVERAGE,
            MAXIMUM,
            levels=(CLUSTER,),
            help="CPU reserved by tasks, percent of the cluster's EC2 instances; not for Fargate.",
        ),
        Metric(
            "MemoryReservation",
            AVERAGE,
            MAXIMUM,
            levels=(CLUSTER,),
            help="Memory reserved by tasks, percent of the cluster's EC2 instances; not for Fargate.",
        ),
    ),
    info={
        "status": "status",
        "launch_type": "launchType",
        "platform_version": "platformVersion",
        "task_definition": "taskDefinition",
        "scheduling_strategy": "schedulingStrategy",
        "deployment_controller": "deploymentController.type",
    },
    facts=(
        Fact("desiredCount", "service_desired_tasks", kind="ecs:service", help="Tasks that the service should run."),
        Fact(
            "runningCount",
            "service_running_tasks",
            kind="ecs:service",
            help="Tasks that the service runs. Fewer than desired for longer than a deployment hurts.",
        ),
        Fact(
            "pendingCount",
            "service_pending_tasks",
            kind="ecs:service",
            help="Tasks on their way to running. Stuck above 0: no capacity, no image or no network.",
        ),
        Fact(
            "deployments",
            "service_deployments",
            kind="ecs:service",
            help="Deployments of the service. More than 1 means that one is under way, or stuck.",
        ),
        Fact(
            "createdAt",
            "service_created_timestamp_seconds",
            kind="ecs:service",
            help="When the service was created, in seconds since the epoch.",
        ),
        Fact("runningTasksCount", "cluster_running_tasks", kind="ecs:cluster", help="Tasks that run in the cluster."),
        Fact(
            "pendingTasksCount",
            "cluster_pending_tasks",
            kind="ecs:cluster",
            help="Tasks of the cluster on their way to running.",
        ),
        Fact("activeServicesCount", "cluster_active_services", kind="ecs:cluster", help="Services of the cluster."),
    ),
)

INSIGHTS = Exporter(
    name="ecs_containerinsights",
    namespace="ECS/ContainerInsights",
    resources=("ecs:service", "ecs:cluster"),
    dimensions=EVERYWHERE,
    period=MINUTE,
    metrics=(
        # Tasks
        Metric("DesiredTaskCount", AVERAGE, levels=(SERVICE,), help="Tasks that the service should run."),
        Metric(
            "RunningTaskCount",
            AVERAGE,
            MINIMUM,
            levels=(SERVICE,),
            help="Tasks that the service runs. Fewer than desired for longer than a deployment hurts.",
        ),
        Metric("PendingTaskCount", AVERAGE, MAXIMUM, levels=(SERVICE,), help="Tasks on their way to running."),
        Metric(
            "DeploymentCount",
            AVERAGE,
            MAXIMUM,
            levels=(SERVICE,),
            help="Deployments of the service. More than 1 means that one is under way, or stuck.",
        ),
        Metric("TaskSetCount", AVERAGE, levels=(SERVICE,), help="Task sets of the service, as in blue/green."),
        Metric("TaskCount", AVERAGE, levels=(CLUSTER,), help="Tasks that run in the cluster."),
        Metric("ServiceCount", AVERAGE, levels=(CLUSTER,), help="Services of the cluster."),
        Metric(
            "ContainerInstanceCount",
            AVERAGE,
            levels=(CLUSTER,),
            help="EC2 instances registered in the cluster; 0 on Fargate.",
        ),
        Metric(
            "RestartCount",
            SUM,
            help="Restarts of containers that have a restart policy. A loop shows here first.",
        ),
        Metric(
            "UnHealthyContainerHealthStatus",
            AVERAGE,
            MAXIMUM,
            help="Containers that fail their health check: 1 unhealthy, 0 healthy (enhanced observability only).",
        ),
        # CPU and memory
        Metric("CpuUtilized", AVERAGE, MAXIMUM, help="CPU in use, CPU units: 1024 are one vCPU."),
        Metric("CpuReserved", AVERAGE, help="CPU reserved by the tasks, CPU units: 1024 are one vCPU."),
        Metric("MemoryUtilized", AVERAGE, MAXIMUM, help="Memory in use, megabytes, as CloudWatch gives it."),
        Metric("MemoryReserved", AVERAGE, help="Memory reserved by the tasks, megabytes, as CloudWatch gives it."),
        Metric(
            "TaskCpuUtilization",
            AVERAGE,
            MAXIMUM,
            help="CPU in use, percent of what the tasks reserve (enhanced observability only).",
        ),
        Metric(
            "TaskMemoryUtilization",
            AVERAGE,
            MAXIMUM,
            help="Memory in use, percent of what the tasks reserve (enhanced observability only).",
        ),
        # Network and storage
        Metric("NetworkRxBytes", AVERAGE, MAXIMUM, help="Bytes received a second."),
        Metric("NetworkTxBytes", AVERAGE, MAXIMUM, help="Bytes sent a second."),
        Metric("StorageReadBytes", AVERAGE, MAXIMUM, help="Bytes read from storage."),
        Metric("StorageWriteBytes", AVERAGE, MAXIMUM, help="Bytes written to storage."),
        Metric(
            "EphemeralStorageUtilized",
            AVERAGE,
            MAXIMUM,
            help="Ephemeral storage in use, gigabytes, as CloudWatch gives it. Full, the task fails to write.",
        ),
        Metric(
            "EphemeralStorageReserved",
            AVERAGE,
            help="Ephemeral storage reserved, gigabytes, as CloudWatch gives it.",
        ),
    ),
    info={"status": "status", "launch_type": "launchType", "task_definition": "taskDefinition"},
)

EXPORTERS = (UTILIZATION, INSIGHTS)
