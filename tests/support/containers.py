"""A cluster, services, task definitions and images on a moto server, as the tests of ECS and ECR need them."""

import hashlib
import json
from datetime import datetime
from typing import Any

from support.gathering import LocalSession, answer

CLUSTER = "ppbe-production"
REGISTRY = "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com"
ECR_ARN = "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository"


def cluster(session: LocalSession, **given: Any) -> str:
    """The ARN of the cluster."""
    return str(session.client("ecs").create_cluster(clusterName=CLUSTER, **given)["cluster"]["clusterArn"])


def container(**changed: Any) -> dict[str, Any]:
    """A container definition as the house has it."""
    return {
        "name": "api",
        "image": f"{REGISTRY}/ppbe-api:v1",
        "memory": 128,
        "readonlyRootFilesystem": True,
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/ppbe/api"}},
        **changed,
    }


def register(session: LocalSession, *containers: dict[str, Any], family: str = "ppbe-api", **given: Any) -> str:
    """The ARN of a new revision."""
    made = session.client("ecs").register_task_definition(
        family=family, containerDefinitions=list(containers), memory="512", **given
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def serve(session: LocalSession, task_definition: str | None, name: str = "ppbe-api", **given: Any) -> str:
    """The ARN of a new service, in a cluster that is made where there is none."""
    ecs = session.client("ecs")
    if not ecs.list_clusters()["clusterArns"]:
        cluster(session)
    ran = {"taskDefinition": task_definition} if task_definition else {}
    made = ecs.create_service(cluster=CLUSTER, serviceName=name, **{"desiredCount": 0, **ran, **given})
    return str(made["service"]["serviceArn"])


def run(session: LocalSession, *containers: dict[str, Any], **given: Any) -> str:
    """The ARN of a task definition that a service runs."""
    task_definition = register(session, *containers, **given)
    serve(session, task_definition)
    return task_definition


def restate(session: LocalSession, **changed: Any) -> None:
    """Let DescribeServices answer as moto does, but for these members of the one service that there is."""
    ecs = session.client("ecs")
    (arn,) = ecs.list_services(cluster=CLUSTER)["serviceArns"]
    (service,) = ecs.describe_services(cluster=CLUSTER, services=[arn])["services"]
    told = {key: value for key, value in {**service, **changed}.items() if value is not None}
    body = json.dumps({"services": [told], "failures": []}, default=datetime.timestamp)
    session.faults["ecs:DescribeServices"] = lambda: answer(200, body)


def push(session: LocalSession, tag: str = "v1", repository: str = "ppbe-api", **given: Any) -> str:
    """The digest of a new image, in a repository that is made where there is none."""
    ecr = session.client("ecr")
    if repository not in {each["repositoryName"] for each in ecr.describe_repositories()["repositories"]}:
        ecr.create_repository(repositoryName=repository)
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"digest": f"sha256:{hashlib.sha256(tag.encode()).hexdigest()}", "size": 1},
        "layers": [{"digest": f"sha256:{hashlib.sha256(f'layer {tag}'.encode()).hexdigest()}"}],
    }
    made = ecr.put_image(repositoryName=repository, imageManifest=json.dumps({**manifest, **given}), imageTag=tag)
    return str(made["image"]["imageId"]["imageDigest"])
