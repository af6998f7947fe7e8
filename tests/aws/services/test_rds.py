"""What is listed of RDS beside instances and clusters, and what is asked of whom."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import Wanted, observe
from ppbe_observe.model import Answer, Found
from support.databases import instance, member
from support.gathering import LocalSession
from support.queryxml import answered

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARN = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:"
CLUSTERS, CLUSTER_PARAMETERS = "rds:DescribeDBClusters", "rds:DescribeDBClusterParameters"


def seen(session: LocalSession, wanted: Wanted) -> dict[str, Found]:
    inventory = Inventory(session, timedelta(minutes=5))
    return dict(observe(session, inventory, wanted, NOW, monotonic() + 30).kinds)


def test_parameter_groups_are_those_in_use_each_once(local_session: LocalSession) -> None:
    """A member of a cluster takes its parameters from the cluster's own group: its instance group is not asked for."""
    rds = local_session.client("rds")
    for name in ("used", "unused"):
        rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres15", Description="d")
    instance(local_session, "one", DBParameterGroupName="used")
    instance(local_session, "two", DBParameterGroupName="used")
    instance(local_session, "three")
    member(local_session)
    local_session.calls.clear()
    found = seen(local_session, {"rds:pg": {"rds:DescribeDBParameters"}})["rds:pg"].resources
    assert {each.arn for each in found} == {f"{ARN}pg:used", f"{ARN}pg:default.postgres15"}
    assert {each.source.operation for each in found if each.source} == {"rds:DescribeDBInstances"}
    assert local_session.calls == {"rds:DescribeDBInstances": 1, "rds:DescribeDBParameters": 2}


def test_every_page_of_snapshots_is_read(local_session: LocalSession) -> None:
    """Moto gives all at once."""
    told = [
        {"DBSnapshotArn": f"{ARN}snapshot:{name}", "TagList": [{"Key": "Number", "Value": name}]}
        for name in ("one", "two")
    ]
    answered(
        local_session,
        "rds:DescribeDBSnapshots",
        {"DBSnapshots": told[:1], "Marker": "more"},
        {"DBSnapshots": told[1:]},
    )
    found = seen(local_session, {"rds:snapshot": set()})["rds:snapshot"].resources
    assert [(each.arn, dict(each.tags)) for each in found] == [
        (f"{ARN}snapshot:one", {"Number": "one"}),
        (f"{ARN}snapshot:two", {"Number": "two"}),
    ]


def test_the_parameters_of_every_page_are_told(local_session: LocalSession) -> None:
    """A group of PostgreSQL has some 400 parameters, and a page holds 100; moto gives all at once."""
    instance(local_session)
    names = ("autovacuum", "rds.force_ssl", "work_mem")
    pages = [{"Parameters": [{"ParameterName": name}], "Marker": name} for name in names]
    del pages[-1]["Marker"]
    answered(local_session, "rds:DescribeDBParameters", *pages)
    (group,) = seen(local_session, {"rds:pg": {"rds:DescribeDBParameters"}})["rds:pg"].resources
    told = group.details["rds:DescribeDBParameters"]
    assert isinstance(told, Answer)
    assert [each["ParameterName"] for each in told.value["Parameters"]] == list(names)
    assert len(told.provenance) == 3


def test_a_cluster_is_asked_for_once_and_only_for_its_members(local_session: LocalSession) -> None:
    instance(local_session)
    member(local_session)
    local_session.client("rds").create_db_instance(
        DBInstanceIdentifier="shared-2",
        DBClusterIdentifier="shared",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
    local_session.client("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName="own", DBParameterGroupFamily="aurora-postgresql15", Description="d"
    )
    local_session.client("rds").modify_db_cluster(DBClusterIdentifier="shared", DBClusterParameterGroupName="own")
    local_session.calls.clear()
    found = seen(local_session, {"rds:db": {CLUSTERS, CLUSTER_PARAMETERS}})["rds:db"].resources
    told = {each.arn.rpartition(":")[2]: set(each.details) for each in found}
    assert told == {
        "ppbe": set(),
        "shared-1": {CLUSTERS, CLUSTER_PARAMETERS},
        "shared-2": {CLUSTERS, CLUSTER_PARAMETERS},
    }
    assert all(isinstance(answer, Answer) for each in found for answer in each.details.values())
    assert local_session.calls == {"rds:DescribeDBInstances": 1, CLUSTERS: 1, CLUSTER_PARAMETERS: 1}
