"""Which images are found, under which ARN, and how ECR is asked about them."""

import json
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from ppbe_observe.model import Answer, Resource
from support.containers import ECR_ARN, REGISTRY, container, push, register, run, serve
from support.gathering import LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
IMAGE, REPOSITORY = "ecr:image", "ecr:repository"
DESCRIBE, FINDINGS = "ecr:DescribeImages", "ecr:DescribeImageScanFindings"
DIGEST = f"sha256:{'1' * 64}"


def images(session: LocalSession, *operations: str) -> dict[str, Resource]:
    inventory = Inventory(session, timedelta(minutes=5))
    found = observe(session, inventory, {IMAGE: set(operations)}, NOW, monotonic() + 60).kinds[IMAGE]
    assert found.failures == ()
    return {each.arn: each for each in found.resources}


HERE = "us-gov-west-1:123456789012"


@pytest.mark.parametrize(
    ("image", "place", "identifier"),
    [
        (f"{REGISTRY}/ppbe/api@{DIGEST}", HERE, {"imageDigest": DIGEST}),
        (f"{REGISTRY}/ppbe/api:v1@{DIGEST}", HERE, {"imageDigest": DIGEST}),
        (f"{REGISTRY}/ppbe/api:v1", HERE, {"imageTag": "v1"}),
        (f"{REGISTRY}/ppbe/api", HERE, {"imageTag": "latest"}),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/ppbe/api:v1", HERE, {"imageTag": "v1"}),
        ("123456789012.dkr-ecr.us-gov-west-1.on.aws/ppbe/api:v1", HERE, {"imageTag": "v1"}),
        (
            "210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/ppbe/api:v1",
            "cn-north-1:210987654321",
            {"imageTag": "v1"},
        ),
    ],
)
def test_the_names_of_images_in_ecr(
    local_session: LocalSession, image: str, place: str, identifier: dict[str, str]
) -> None:
    task_definition = run(local_session, container(image=image))
    (last,) = identifier.values()
    assert {arn: each.facts for arn, each in images(local_session).items()} == {
        f"arn:aws-us-gov:ecr:{place}:repository/ppbe/api/{last}": {
            "registryId": place.partition(":")[2],
            "repositoryName": "ppbe/api",
            "imageId": identifier,
            "images": (image,),
            "taskDefinitionArns": (task_definition,),
        }
    }


@pytest.mark.parametrize(
    "image",
    [
        "redis",
        "redis:7",
        "public.ecr.aws/x/y:1",
        "1234.dkr.ecr.us-gov-west-1.amazonaws.com/api:v1",
        "123456789012.dkr.ecr.us-gov-west-1.example.org/api:v1",
        f"{REGISTRY}.example.org/api:v1",
    ],
)
def test_images_outside_ecr_are_kept_under_their_task_definition(local_session: LocalSession, image: str) -> None:
    task_definition = run(local_session, container(image=image), container(name="other", image="nginx"))
    facts = {"images": (image, "nginx"), "taskDefinitionArns": (task_definition,)}
    found = images(local_session, DESCRIBE, FINDINGS)
    assert {arn: each.facts for arn, each in found.items()} == {task_definition: facts}
    assert found[task_definition].details == {}


def test_an_image_that_several_run_is_one_and_asked_about_once(local_session: LocalSession) -> None:
    digest = push(local_session)
    names = (f"{REGISTRY}/ppbe-api@{digest}", f"{REGISTRY}/ppbe-api:v1@{digest}")
    tags = [
        [{"key": "Environment", "value": "staging"}, {"key": "Project", "value": "PPBE"}],
        [{"key": "Project", "value": "PPBE"}, {"key": "Environment", "value": "production"}],
    ]
    arns = [
        register(local_session, container(image=name), family=f"api-{number}", tags=tags[number])
        for number, name in enumerate(names)
    ]
    for number, arn in enumerate(arns):
        serve(local_session, arn, name=f"api-{number}")
    local_session.calls.clear()
    ((arn, image),) = images(local_session, DESCRIBE, FINDINGS).items()
    assert arn == f"{ECR_ARN}/ppbe-api/{digest}"
    assert set(image.facts["images"]) == set(names)
    assert set(image.facts["taskDefinitionArns"]) == set(arns)
    assert image.tags == (("Project", "PPBE"),)
    assert (local_session.calls[DESCRIBE], local_session.calls[FINDINGS]) == (1, 1)
    described = image.details[DESCRIBE]
    assert isinstance(described, Answer)
    assert described.value["imageDetails"][0]["imageDigest"] == digest


def test_the_registry_of_another_region_is_not_asked(local_session: LocalSession) -> None:
    run(local_session, container(image="123456789012.dkr.ecr.us-gov-east-1.amazonaws.com/ppbe-api:v1"))
    ((_, image),) = images(local_session, DESCRIBE, FINDINGS).items()
    assert image.details == {}
    assert local_session.calls[DESCRIBE] == 0


def test_a_task_definition_without_containers_runs_no_image(local_session: LocalSession) -> None:
    run(local_session, container())
    body = '{"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:r:1:task-definition/a:1"}}'
    local_session.faults["ecs:DescribeTaskDefinition"] = lambda: answer(200, body)
    assert images(local_session) == {}


def test_repositories_over_pages_with_their_tags(local_session: LocalSession) -> None:
    """Moto gives all repositories in one page, and no tags of ECR in the tagging API."""
    tags = [{"Key": "Environment", "Value": "production"}]
    pages = iter(
        [
            {"repositories": [{"repositoryArn": f"{ECR_ARN}/ppbe-api"}], "nextToken": "more"},
            {"repositories": [{"repositoryArn": f"{ECR_ARN}/other"}]},
        ]
    )
    tagged = {"ResourceTagMappingList": [{"ResourceARN": f"{ECR_ARN}/ppbe-api", "Tags": tags}]}
    local_session.faults["ecr:DescribeRepositories"] = lambda: answer(200, json.dumps(next(pages)))
    local_session.faults["tag:GetResources"] = lambda: answer(200, json.dumps(tagged))
    discovery = Inventory(local_session, timedelta(minutes=5)).resources((REPOSITORY,), NOW)
    assert discovery.failures == ()
    assert {each.arn: each.tags for each in discovery.resources} == {
        f"{ECR_ARN}/ppbe-api": (("Environment", "production"),),
        f"{ECR_ARN}/other": (),
    }
