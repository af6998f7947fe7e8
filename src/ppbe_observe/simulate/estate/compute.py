"""ECS and ECR: the cluster, the API's service and its images."""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import follow_updates, set_running, set_scanned
from ppbe_observe.simulate.estate.edge import Edge
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import Environment, lower_tag_list, tag_list

SERVICE = "ppbe-api"
_CONTINUOUSLY: Mapping[str, Any] = MappingProxyType(
    {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
)
_RELEASES = ("2.13.0", "2.14.0")  # the previous one is what a rollback points at


def build_registry(aws: Aws, env: Environment, key: str) -> tuple[str, ...]:
    """The repository with two releases; their image references, pinned by digest, oldest first."""
    ecr = aws.client("ecr")
    repository = ecr.create_repository(
        repositoryName=SERVICE,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "KMS", "kmsKey": key},
        tags=tag_list({**env.tags, "Environment": "shared"}),
    )["repository"]
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[dict(_CONTINUOUSLY)])
    digests = tuple(_push(ecr, release) for release in _RELEASES)
    for digest in digests:
        set_scanned(env, SERVICE, digest)
    return tuple(f"{repository['repositoryUri']}@{digest}" for digest in digests)


def build_service(
    aws: Aws, env: Environment, network: Network, edge: Edge, *, images: tuple[str, ...], secret: str
) -> None:
    """The cluster and the service, with a task definition revision for each release."""
    ecs = aws.client("ecs")
    ecs.create_cluster(
        clusterName=env.prefix,
        settings=[{"name": "containerInsights", "value": "enabled"}],
        capacityProviders=["FARGATE"],
        tags=lower_tag_list(env.tags),
    )
    revisions = [_task_definition(ecs, env, image, secret) for image in images]
    ecs.create_service(
        cluster=env.prefix,
        serviceName=SERVICE,
        taskDefinition=revisions[-1],
        desiredCount=env.tasks,
        launchType="FARGATE",
        platformVersion="LATEST",
        deploymentController={"type": "ECS"},
        deploymentConfiguration={
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
        },
        networkConfiguration=_private(network),
        loadBalancers=[{"targetGroupArn": edge.target_group, "containerName": SERVICE, "containerPort": 3000}],
        tags=lower_tag_list(env.tags),
    )
    set_running(env, env.prefix, SERVICE, env.tasks)
    follow_updates(env)


def _private(network: Network) -> dict[str, Any]:
    return {
        "awsvpcConfiguration": {
            "subnets": list(network.private),
            "securityGroups": [network.task_group],
            "assignPublicIp": "DISABLED",
        }
    }


def _task_definition(ecs: Any, env: Environment, image: str, secret: str) -> str:
    answer = ecs.register_task_definition(
        family=SERVICE if env.production else f"{SERVICE}-{env.name}",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="1024",
        memory="2048",
        executionRoleArn=env.arn("iam", f"role/{env.prefix}-ecs-execution", region=False),
        taskRoleArn=env.arn("iam", f"role/{env.prefix}-ecs-task", region=False),
        containerDefinitions=[_container(env, image, secret)],
        tags=lower_tag_list(env.tags),
    )
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def _container(env: Environment, image: str, secret: str) -> dict[str, Any]:
    log_options = {
        "awslogs-group": f"/ecs/{env.prefix}/api",
        "awslogs-region": env.region,
        "awslogs-stream-prefix": "api",
    }
    return {
        "name": SERVICE,
        "image": image,
        "essential": True,
        "user": "1001",
        "privileged": False,
        "readonlyRootFilesystem": True,
        "portMappings": [{"containerPort": 3000, "protocol": "tcp"}],
        "environment": [{"name": "NODE_ENV", "value": env.name}],
        "secrets": [{"name": "DATABASE_PASSWORD", "valueFrom": secret}],
        "logConfiguration": {"logDriver": "awslogs", "options": log_options},
        "healthCheck": {"command": ["CMD", "node", "health.js"], "interval": 30, "timeout": 5, "retries": 3},
        "linuxParameters": {"initProcessEnabled": True},
    }


def _push(ecr: Any, release: str) -> str:
    config = hashlib.sha256(release.encode()).hexdigest()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 7023,
            "digest": f"sha256:{config}",
        },
        "layers": [_layer(release)],  # what moto makes the digest of
    }
    answer = ecr.put_image(repositoryName=SERVICE, imageManifest=json.dumps(manifest), imageTag=release)
    return str(answer["image"]["imageId"]["imageDigest"])


def _layer(release: str) -> dict[str, Any]:
    digest = hashlib.sha256(f"layer of {release}".encode()).hexdigest()
    return {
        "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "size": 48_211_004,
        "digest": f"sha256:{digest}",
    }
