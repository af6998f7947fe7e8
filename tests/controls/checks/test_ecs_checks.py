"""Checks of clusters, services and running task definitions, on what moto holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.containers import CLUSTER, REGISTRY, cluster, container, push, register, restate, run, serve
from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

SERVICES = ("ecs:ListClusters", "ecs:DescribeClusters", "ecs:ListServices", "ecs:DescribeServices")
TASKS = (*SERVICES, "ecs:DescribeTaskDefinition")
TASK_CHECKS = (
    "ecs_task_logging_enabled",
    "ecs_task_no_privileged",
    "ecs_task_readonly_rootfs",
    "ecs_task_no_env_secrets",
    "ecs_task_image_digest_pinned",
)
SERVICE_CHECKS = ("ecs_service_no_public_ip", "ecs_service_fargate_latest", "ecs_service_running_equals_desired")
BEGUN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def insights(value: str) -> dict[str, Any]:
    return {"settings": [{"name": "containerInsights", "value": value}]}


@pytest.mark.parametrize(("value", "outcome"), [("enabled", "pass"), ("enhanced", "pass"), ("disabled", "fail")])
def test_container_insights(local_session: LocalSession, value: str, outcome: str) -> None:
    cluster(local_session, **insights(value))
    assert only(local_session, "ecs_cluster_container_insights") == (outcome, f"containerInsights is {value}")


def test_container_insights_that_were_never_set_are_off(local_session: LocalSession) -> None:
    """Moto always gives the setting; AWS leaves it out."""
    body = '{"clusters": [{"clusterArn": "arn:c", "clusterName": "c", "status": "ACTIVE"}]}'
    cluster(local_session)
    local_session.faults["ecs:DescribeClusters"] = lambda: answer(200, body)
    assert only(local_session, "ecs_cluster_container_insights") == ("fail", "containerInsights is disabled")


def test_a_deleted_cluster_needs_no_insights(local_session: LocalSession) -> None:
    """Moto deletes at once; AWS shows such clusters for a while."""
    body = '{"clusters": [{"clusterArn": "arn:c", "clusterName": "c", "status": "INACTIVE"}]}'
    cluster(local_session)
    local_session.faults["ecs:DescribeClusters"] = lambda: answer(200, body)
    assert only(local_session, "ecs_cluster_container_insights") == ("not_applicable", "the cluster is INACTIVE")


@pytest.mark.parametrize("operation", SERVICES[:2])
def test_container_insights_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    cluster(local_session, **insights("enabled"))
    unseen(local_session, "ecs_cluster_container_insights", operation)


@pytest.mark.parametrize("check", TASK_CHECKS)
@pytest.mark.parametrize("operation", TASKS)
def test_task_definitions_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    run(local_session, container())
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", SERVICE_CHECKS)
@pytest.mark.parametrize("operation", SERVICES)
def test_services_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    serve(local_session, register(local_session, container()))
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", TASK_CHECKS)
def test_a_task_definition_that_no_service_runs_is_not_judged(local_session: LocalSession, check: str) -> None:
    register(local_session, container(privileged=True))
    assert only(local_session, check) == ("not_applicable", "there is no ecs:task-definition here")


@pytest.mark.parametrize("check", TASK_CHECKS)
def test_a_task_definition_without_containers_cannot_do_wrong(local_session: LocalSession, check: str) -> None:
    run(local_session)
    assert only(local_session, check) == ("not_applicable", "it has no containers")


@pytest.mark.parametrize("check", TASK_CHECKS)
def test_a_task_definition_of_which_aws_tells_no_containers_is_unknown(local_session: LocalSession, check: str) -> None:
    run(local_session, container())
    body = '{"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:r:1:task-definition/a:1"}}'
    local_session.faults["ecs:DescribeTaskDefinition"] = lambda: answer(200, body)
    outcome, reason = only(local_session, check)
    assert outcome == "unknown"
    assert reason.startswith("malformed: ecs:DescribeTaskDefinition: ")


@pytest.mark.parametrize("check", SERVICE_CHECKS)
@pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
def test_a_service_that_ends_is_not_judged(local_session: LocalSession, check: str, status: str) -> None:
    serve(local_session, register(local_session, container()))
    restate(local_session, status=status)
    assert only(local_session, check) == ("not_applicable", f"the service is {status}")


def driver(name: str) -> dict[str, Any]:
    return {"logConfiguration": {"logDriver": name}}


@pytest.mark.parametrize(
    ("containers", "drivers", "expected"),
    [
        ([{}, {"name": "proxy"}], ("awslogs",), ("pass", "every container logs by awslogs (api, proxy)")),
        (
            [{}, {"name": "proxy", "essential": False, "logConfiguration": None}],
            ("awslogs",),
            ("fail", "proxy has no log driver"),
        ),
        (
            [driver("json-file")],
            ("awslogs",),
            ("fail", "api logs by json-file; awslogs is required"),
        ),
        (
            [driver("awsfirelens"), {"name": "router", "firelensConfiguration": {"type": "fluentbit"}}],
            ("awslogs", "awsfirelens"),
            ("pass", "every container logs by awslogs or awsfirelens (api, router)"),
        ),
        (
            [
                driver("awsfirelens"),
                {"name": "router", "firelensConfiguration": {"type": "fluentbit"}, "logConfiguration": None},
            ],
            ("awslogs", "awsfirelens"),
            ("fail", "router has no log driver"),
        ),
        ([driver("splunk")], (), ("pass", "every container logs by a log driver (api)")),
    ],
)
def test_logging(
    local_session: LocalSession, containers: list[dict[str, Any]], drivers: tuple[str, ...], expected: tuple[str, str]
) -> None:
    definitions = [container(**changed) for changed in containers]
    run(local_session, *({key: value for key, value in each.items() if value is not None} for each in definitions))
    assert only(local_session, "ecs_task_logging_enabled", drivers=drivers) == expected


@pytest.mark.parametrize(
    ("privileged", "expected"),
    [
        ({}, ("pass", "no container is privileged (api, agent)")),
        ({"privileged": False}, ("pass", "no container is privileged (api, agent)")),
        ({"privileged": True}, ("fail", "agent is privileged")),
    ],
)
def test_privileged(local_session: LocalSession, privileged: dict[str, bool], expected: tuple[str, str]) -> None:
    run(local_session, container(), container(name="agent", **privileged))
    assert only(local_session, "ecs_task_no_privileged") == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("pass", "every container has a read-only root file system (api)")),
        ({"readonlyRootFilesystem": False}, ("fail", "api can write to its root file system")),
        ({"readonlyRootFilesystem": None}, ("fail", "api can write to its root file system")),
    ],
)
def test_read_only_root(local_session: LocalSession, changed: dict[str, Any], expected: tuple[str, str]) -> None:
    given = {key: value for key, value in container(**changed).items() if value is not None}
    run(local_session, given)
    assert only(local_session, "ecs_task_readonly_rootfs") == expected


def test_windows_has_no_read_only_root(local_session: LocalSession) -> None:
    platform = {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    run(local_session, container(readonlyRootFilesystem=False), runtimePlatform=platform)
    assert only(local_session, "ecs_task_readonly_rootfs") == (
        "not_applicable",
        "WINDOWS_SERVER_2022_CORE containers have no read-only root file system",
    )


def environment(**variables: str) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": value} for name, value in variables.items()]}


def test_secrets_by_reference(local_session: LocalSession) -> None:
    secret = {"name": "DATABASE_PASSWORD", "valueFrom": "arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:x"}
    run(local_session, container(secrets=[secret], **environment(NODE_ENV="production", DB_PASSWORD_FILE="/run/db")))
    assert only(local_session, "ecs_task_no_env_secrets") == (
        "pass",
        "no container has a secret in its environment (api)",
    )


def test_secrets_in_plain_text_are_named_but_not_told(local_session: LocalSession) -> None:
    wrong = environment(DB_PASSWORD="hunter2", DATABASE_URL="postgres://ppbe:hunter2@db/ppbe", NODE_ENV="production")
    run(local_session, container(name="proxy"), container(**wrong))
    outcome, reason = only(local_session, "ecs_task_no_env_secrets")
    assert outcome == "fail"
    assert reason == (
        "api has what looks like a secret: DB_PASSWORD (its name says so), "
        "DATABASE_URL (its value looks like a URL with a password)"
    )
    assert "hunter2" not in reason


def test_names_that_hold_no_secret_can_be_ignored(local_session: LocalSession) -> None:
    run(local_session, container(**environment(CSRF_TOKEN="none-of-your-business", FEATURE_SECRET="open")))
    assert only(local_session, "ecs_task_no_env_secrets", ignore=("CSRF_*",)) == (
        "fail",
        "api has what looks like a secret: FEATURE_SECRET (its name says so)",
    )
    assert only(local_session, "ecs_task_no_env_secrets", ignore=("CSRF_*", "FEATURE_SECRET"))[0] == "pass"


def test_a_variable_without_a_value(local_session: LocalSession) -> None:
    run(local_session, container(environment=[{"name": "DB_PASSWORD"}]))
    assert only(local_session, "ecs_task_no_env_secrets")[0] == "pass"


def test_an_image_by_digest(local_session: LocalSession) -> None:
    image = f"{REGISTRY}/ppbe-api@{push(local_session)}"
    run(local_session, container(image=image))
    assert only(local_session, "ecs_task_image_digest_pinned") == ("pass", f"named by digest: {image}")


def test_an_image_by_tag_and_digest(local_session: LocalSession) -> None:
    run(local_session, container(image=f"{REGISTRY}/ppbe-api:v1@{push(local_session)}"))
    assert only(local_session, "ecs_task_image_digest_pinned")[0] == "pass"


@pytest.mark.parametrize("repository", ["ppbe-api", "nowhere"])
def test_a_digest_that_is_not_in_the_registry(local_session: LocalSession, repository: str) -> None:
    push(local_session)
    image = f"{REGISTRY}/{repository}@sha256:{'0' * 64}"
    run(local_session, container(image=image))
    assert only(local_session, "ecs_task_image_digest_pinned") == ("fail", f"not in the registry any more: {image}")


DIGEST = f"@sha256:{'1' * 64}"
FOREIGN = "is not of the account's registry in the region"
LOOSE = "is not named by digest"


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (f"{REGISTRY}/ppbe-api:v1", LOOSE),
        (f"{REGISTRY}/ppbe-api", LOOSE),
        ("redis", f"{LOOSE} and {FOREIGN}"),
        (f"docker.io/library/redis{DIGEST}", FOREIGN),
        (f"public.ecr.aws/docker/library/redis{DIGEST}", FOREIGN),
        (f"210987654321.dkr.ecr.us-gov-west-1.amazonaws.com/ppbe-api{DIGEST}", FOREIGN),
        (f"123456789012.dkr.ecr.us-gov-east-1.amazonaws.com/ppbe-api{DIGEST}", FOREIGN),
        (f"123456789012.dkr.ecr.us-gov-west-1.amazonaws.com.example.org/ppbe-api{DIGEST}", FOREIGN),
        (f"{REGISTRY}/ppbe-api@sha256:1234", LOOSE),
    ],
)
def test_an_image_that_may_change_or_vanish(local_session: LocalSession, image: str, why: str) -> None:
    run(local_session, container(image=image))
    assert only(local_session, "ecs_task_image_digest_pinned") == ("fail", f"{image} {why}")


@pytest.mark.parametrize(
    ("image", "allowed"),
    [
        (f"public.ecr.aws/ppbe/api{DIGEST}", ("public.ecr.aws/ppbe",)),
        (f"redis{DIGEST}", ("docker.io",)),
        (f"bitnami/redis{DIGEST}", ("quay.io", "docker.io/bitnami/")),
    ],
)
def test_registries_can_be_allowed(local_session: LocalSession, image: str, allowed: tuple[str, ...]) -> None:
    run(local_session, container(image=image))
    assert only(local_session, "ecs_task_image_digest_pinned", registry=allowed)[0] == "pass"
    assert only(local_session, "ecs_task_image_digest_pinned", registry=("public.ecr.aws/pp",)) == (
        "fail",
        f"{image} is not of public.ecr.aws/pp",
    )


def test_an_image_whose_existence_cannot_be_seen(local_session: LocalSession) -> None:
    run(local_session, container(image=f"{REGISTRY}/ppbe-api@{push(local_session)}"))
    unseen(local_session, "ecs_task_image_digest_pinned", "ecr:DescribeImages")


def test_an_image_that_cannot_be_seen_is_unknown_though_another_one_is_wrong_anyway(
    local_session: LocalSession,
) -> None:
    good = f"{REGISTRY}/ppbe-api@{push(local_session)}"
    run(local_session, container(image=good), container(name="cache", image="redis:7"))
    unseen(local_session, "ecs_task_image_digest_pinned", "ecr:DescribeImages")


def test_an_image_by_tag_that_cannot_be_seen_is_unknown(local_session: LocalSession) -> None:
    push(local_session)
    run(local_session, container(image=f"{REGISTRY}/ppbe-api:v1"))
    unseen(local_session, "ecs_task_image_digest_pinned", "ecr:DescribeImages")


def network(session: LocalSession, public: str | None) -> dict[str, Any]:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    assign = {"assignPublicIp": public} if public else {}
    return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [groups[0]["GroupId"]], **assign}}


@pytest.mark.parametrize(
    ("public", "expected"),
    [
        ("DISABLED", ("pass", "assignPublicIp is DISABLED")),
        (None, ("pass", "assignPublicIp is DISABLED")),
        ("ENABLED", ("fail", "assignPublicIp is ENABLED")),
    ],
)
def test_public_addresses(local_session: LocalSession, public: str | None, expected: tuple[str, str]) -> None:
    serve(local_session, register(local_session, container()), networkConfiguration=network(local_session, public))
    assert only(local_session, "ecs_service_no_public_ip") == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ACTIVE", ("fail", "assignPublicIp is DISABLED and ENABLED")),
        ("DRAINING", ("fail", "assignPublicIp is DISABLED and ENABLED")),
        ("INACTIVE", ("pass", "assignPublicIp is DISABLED")),
    ],
)
def test_public_addresses_of_the_deployment_before(
    local_session: LocalSession, status: str, expected: tuple[str, str]
) -> None:
    before = {"id": "ecs-svc/1", "status": status, "networkConfiguration": network(local_session, "ENABLED")}
    now = {"id": "ecs-svc/2", "status": "PRIMARY", "networkConfiguration": network(local_session, "DISABLED")}
    serve(local_session, register(local_session, container()), networkConfiguration=now["networkConfiguration"])
    restate(local_session, deployments=[now, before])
    assert only(local_session, "ecs_service_no_public_ip") == expected


def test_tasks_on_the_network_of_their_host(local_session: LocalSession) -> None:
    serve(local_session, register(local_session, container(), networkMode="bridge"))
    assert only(local_session, "ecs_service_no_public_ip") == (
        "not_applicable",
        "its tasks have no network interface of their own",
    )


def blue_green(session: LocalSession, **changed: Any) -> str:
    """A service whose task sets another controller makes, as CodeDeploy does: the service says little itself."""
    task_definition = register(session, container())
    serve(session, None, deploymentController={"type": "EXTERNAL"})
    ecs = session.client("ecs")
    made = ecs.create_task_set(cluster=CLUSTER, service="ppbe-api", taskDefinition=task_definition, **changed)
    arn = str(made["taskSet"]["taskSetArn"])
    ecs.update_service_primary_task_set(cluster=CLUSTER, service="ppbe-api", primaryTaskSet=arn)
    return arn


def test_public_addresses_of_a_task_set(local_session: LocalSession) -> None:
    blue_green(local_session, networkConfiguration=network(local_session, "ENABLED"), launchType="FARGATE")
    assert only(local_session, "ecs_service_no_public_ip") == ("fail", "assignPublicIp is ENABLED")


@pytest.mark.parametrize(
    ("platform", "outcome", "used"),
    [("LATEST", "pass", "LATEST"), ("1.4.0", "pass", "1.4.0"), ("1.3.0", "fail", "1.3.0"), (None, "pass", "LATEST")],
)
def test_fargate(local_session: LocalSession, platform: str | None, outcome: str, used: str) -> None:
    given = {"platformVersion": platform} if platform else {}
    serve(local_session, register(local_session, container()), launchType="FARGATE", **given)
    assert only(local_session, "ecs_service_fargate_latest") == (
        outcome,
        f"the platform version is {used}; 1.4.0 or LATEST is required",
    )


def test_fargate_of_a_task_set(local_session: LocalSession) -> None:
    blue_green(local_session, launchType="FARGATE", platformVersion="1.3.0")
    assert only(local_session, "ecs_service_fargate_latest")[0] == "fail"


@pytest.mark.parametrize(("platform", "outcome"), [("1.0.0", "pass"), ("1.4.0", "fail")])
def test_fargate_on_windows_counts_its_own_versions(local_session: LocalSession, platform: str, outcome: str) -> None:
    """Moto knows no platform family."""
    serve(local_session, register(local_session, container()), launchType="FARGATE", platformVersion=platform)
    restate(local_session, platformFamily="WINDOWS_SERVER_2022_CORE")
    assert only(local_session, "ecs_service_fargate_latest")[0] == outcome


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("FARGATE_SPOT", ("fail", "the platform version is 1.3.0; 1.4.0 or LATEST is required")),
        ("my-instances", ("not_applicable", "it does not run on Fargate")),
    ],
)
def test_fargate_by_capacity_provider(local_session: LocalSession, provider: str, expected: tuple[str, str]) -> None:
    """Moto forgets capacity providers; AWS then gives no launch type."""
    serve(local_session, register(local_session, container()), platformVersion="1.3.0")
    restate(local_session, launchType=None, capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1}])
    assert only(local_session, "ecs_service_fargate_latest") == expected


def test_a_service_on_instances_has_no_fargate(local_session: LocalSession) -> None:
    serve(local_session, register(local_session, container()), launchType="EC2")
    assert only(local_session, "ecs_service_fargate_latest") == ("not_applicable", "it does not run on Fargate")


def test_all_tasks_run(local_session: LocalSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "2")
    serve(local_session, register(local_session, container()), desiredCount=2)
    assert only(local_session, "ecs_service_running_equals_desired") == (
        "pass",
        "2 of 2 desired tasks run, and the deployment is completed",
    )


@pytest.mark.parametrize(
    ("minutes", "grace", "expected"),
    [
        (
            9,
            10,
            ("pass", "1 of 2 desired tasks run, and the deployment has been under way for 9 minutes; 10 are granted"),
        ),
        (
            11,
            10,
            ("fail", "1 of 2 desired tasks run, and the deployment has been under way for 11 minutes; 10 are granted"),
        ),
        (
            11,
            15,
            ("pass", "1 of 2 desired tasks run, and the deployment has been under way for 11 minutes; 15 are granted"),
        ),
    ],
)
def test_a_deployment_may_take_a_while(
    local_session: LocalSession, monkeypatch: pytest.MonkeyPatch, minutes: int, grace: int, expected: tuple[str, str]
) -> None:
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "1")
    serve(local_session, register(local_session, container()), desiredCount=2)
    now = datetime.now(UTC) + timedelta(minutes=minutes, seconds=30)
    found = only(local_session, "ecs_service_running_equals_desired", now=now, grace_minutes=grace)
    assert found == expected


def deployment(state: str | None, status: str = "PRIMARY", **changed: Any) -> dict[str, Any]:
    given = {"id": "d", "status": status, "rolloutState": state, "createdAt": BEGUN, "updatedAt": BEGUN, **changed}
    return {key: value for key, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "minutes", "expected"),
    [
        (
            {"runningCount": 1, "deployments": [deployment("COMPLETED")]},
            1,
            ("fail", "1 of 2 desired tasks run, and the deployment is completed"),
        ),
        (
            {"deployments": [deployment("FAILED", rolloutStateReason="tasks failed to start.")]},
            1,
            ("fail", "2 of 2 desired tasks run, and the deployment is FAILED: tasks failed to start."),
        ),
        (
            {"deployments": [deployment("COMPLETED"), deployment("FAILED", "ACTIVE")]},
            1,
            ("pass", "2 of 2 desired tasks run, and the deployment is completed"),
        ),
        (
            {"deployments": [deployment("IN_PROGRESS", updatedAt=BEGUN + timedelta(hours=1))]},
            61,
            ("fail", "2 of 2 desired tasks run, and the deployment has been under way for 61 minutes; 10 are granted"),
        ),
        (
            {"desiredCount": 0, "runningCount": 0, "deployments": [deployment("COMPLETED")]},
            1,
            ("pass", "0 of 0 desired tasks run, and the deployment is completed"),
        ),
        (
            {"schedulingStrategy": "DAEMON", "runningCount": 3, "deployments": [deployment("COMPLETED")]},
            1,
            ("pass", "3 of 2 desired tasks run, and the deployment is completed"),
        ),
        # Behind a Classic Load Balancer AWS tells no rollout state.
        (
            {"deployments": [deployment(None)]},
            99,
            ("pass", "2 of 2 desired tasks run, and the deployment is completed"),
        ),
        (
            {"deployments": [deployment(None), deployment(None, "ACTIVE")]},
            99,
            ("fail", "2 of 2 desired tasks run, and the deployment has been under way for 99 minutes; 10 are granted"),
        ),
        (
            {
                "deployments": [deployment("IN_PROGRESS")],
                "deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 30},
            },
            40,
            ("pass", "2 of 2 desired tasks run, and the deployment has been under way for 40 minutes; 40 are granted"),
        ),
        (
            {
                "deployments": [deployment("IN_PROGRESS")],
                "deploymentConfiguration": {
                    "strategy": "LINEAR",
                    "bakeTimeInMinutes": 5,
                    "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 10},
                },
            },
            46,
            ("fail", "2 of 2 desired tasks run, and the deployment has been under way for 46 minutes; 45 are granted"),
        ),
        (
            {
                "deployments": [deployment("IN_PROGRESS")],
                "deploymentConfiguration": {"strategy": "CANARY", "bakeTimeInMinutes": 5, "canaryConfiguration": {}},
            },
            25,
            ("pass", "2 of 2 desired tasks run, and the deployment has been under way for 25 minutes; 25 are granted"),
        ),
    ],
)
def test_tasks_and_deployments(
    local_session: LocalSession, changed: dict[str, Any], minutes: int, expected: tuple[str, str]
) -> None:
    """Moto deploys nothing: what AWS would answer is told."""
    serve(local_session, register(local_session, container()))
    restate(local_session, **{"desiredCount": 2, "runningCount": 2, **changed})
    now = BEGUN + timedelta(minutes=minutes)
    assert only(local_session, "ecs_service_running_equals_desired", now=now) == expected


def test_a_service_without_a_primary_deployment_is_not_as_documented(local_session: LocalSession) -> None:
    serve(local_session, register(local_session, container()))
    restate(local_session, deployments=[])
    (found,) = judge(local_session, "ecs_service_running_equals_desired").values()
    assert found.verdict.cause is Reason.MALFORMED


@pytest.mark.parametrize(
    ("stability", "running", "minutes", "outcome"),
    [
        ("STEADY_STATE", 2, 99, "pass"),
        ("STEADY_STATE", 1, 99, "fail"),
        ("STABILIZING", 1, 5, "pass"),
        ("STABILIZING", 2, 11, "fail"),
    ],
)
def test_task_sets_of_another_controller(
    local_session: LocalSession, stability: str, running: int, minutes: int, outcome: str
) -> None:
    """Moto's task sets are always steady, and run nothing."""
    arn = blue_green(local_session)
    task_set = {"taskSetArn": arn, "status": "PRIMARY", "stabilityStatus": stability, "createdAt": BEGUN}
    green = {**task_set, "status": "ACTIVE", "stabilityStatus": "STABILIZING", "updatedAt": BEGUN}
    serving = {**task_set, "updatedAt": BEGUN}
    restate(local_session, desiredCount=2, runningCount=running, taskSets=[green, serving])
    now = BEGUN + timedelta(minutes=minutes)
    assert only(local_session, "ecs_service_running_equals_desired", now=now)[0] == outcome


@pytest.mark.parametrize(("desired", "minutes", "outcome"), [(0, 99, "pass"), (1, 5, "pass"), (1, 11, "fail")])
def test_a_service_that_still_waits_for_its_first_task_set(
    local_session: LocalSession, desired: int, minutes: int, outcome: str
) -> None:
    """Moto does not tell when a service was created."""
    serve(local_session, None, deploymentController={"type": "CODE_DEPLOY"})
    restate(local_session, desiredCount=desired, createdAt=BEGUN)
    now = BEGUN + timedelta(minutes=minutes)
    assert only(local_session, "ecs_service_running_equals_desired", now=now)[0] == outcome
