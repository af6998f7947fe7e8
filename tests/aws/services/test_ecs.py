"""Which task definitions are found: those that run now, each asked for once."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from ppbe_observe.aws.inventory import Discovery, Inventory
from ppbe_observe.model import Reason
from support.containers import CLUSTER, cluster, container, register, restate, serve
from support.gathering import LocalSession

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KIND = "ecs:task-definition"
DESCRIBE = "ecs:DescribeTaskDefinition"


def discover(session: LocalSession) -> Discovery:
    return Inventory(session, timedelta(minutes=5)).resources((KIND,), NOW)


def found(session: LocalSession) -> set[str]:
    discovery = discover(session)
    assert discovery.failures == ()
    return {each.arn for each in discovery.resources}


def test_a_task_definition_that_runs(local_session: LocalSession) -> None:
    tags = [{"key": "Environment", "value": "production"}]
    arn = register(local_session, container(), tags=tags)
    serve(local_session, arn)
    (resource,) = discover(local_session).resources
    assert (resource.arn, resource.kind, resource.dimensions) == (arn, KIND, ())
    assert resource.tags == (("Environment", "production"),)
    assert resource.facts["containerDefinitions"][0]["name"] == "api"
    assert resource.source is not None
    assert resource.source.operation == DESCRIBE


def test_revisions_that_nothing_runs_are_left_out(local_session: LocalSession) -> None:
    register(local_session, container())
    current = register(local_session, container())
    register(local_session, container())
    serve(local_session, current)
    assert found(local_session) == {current}


def test_one_that_several_services_run_is_asked_for_once(local_session: LocalSession) -> None:
    arn = register(local_session, container())
    for number in range(3):
        serve(local_session, arn, name=f"service-{number}")
    local_session.calls.clear()
    assert found(local_session) == {arn}
    assert local_session.calls[DESCRIBE] == 1


def test_while_it_deploys_a_service_runs_several(local_session: LocalSession) -> None:
    """Moto deploys nothing: what AWS would answer is told."""
    old, new, done, green = (register(local_session, container()) for _ in range(4))
    serve(local_session, new)
    deployments = [
        {"status": "PRIMARY", "taskDefinition": new},
        {"status": "ACTIVE", "taskDefinition": old},
        {"status": "INACTIVE", "taskDefinition": done},
    ]
    restate(local_session, deployments=deployments, taskSets=[{"taskDefinition": green}])
    assert found(local_session) == {old, new, green}


@pytest.mark.parametrize(("status", "left"), [("INACTIVE", 0), ("DRAINING", 1)])
def test_a_service_runs_something_until_it_is_gone(local_session: LocalSession, status: str, left: int) -> None:
    serve(local_session, register(local_session, container()))
    restate(local_session, status=status)
    assert len(found(local_session)) == left


def test_a_service_without_any(local_session: LocalSession) -> None:
    serve(local_session, None, deploymentController={"type": "EXTERNAL"})
    assert found(local_session) == set()


def test_one_that_cannot_be_described_is_missed(local_session: LocalSession) -> None:
    """ECS has no code of its own for a task definition that was deleted."""
    good = register(local_session, container())
    gone = good.replace("ppbe-api", "gone")
    serve(local_session, good)
    restate(local_session, taskDefinition=gone)
    inventory = Inventory(local_session, timedelta(minutes=5))
    seen = inventory.found((KIND,), NOW, monotonic() + 60)[KIND]
    assert [each.arn for each in seen.resources] == [good]
    assert seen.failures == ()
    assert {arn: each.reason for arn, each in seen.missed.items()} == {gone: Reason.REJECTED}


def test_without_services_nothing_is_asked(local_session: LocalSession) -> None:
    cluster(local_session)
    assert found(local_session) == set()
    assert local_session.calls[DESCRIBE] == 0
    assert local_session.client("ecs").list_services(cluster=CLUSTER)["serviceArns"] == []
