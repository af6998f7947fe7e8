"""A database cluster beside the estate, which has none: for what is asked of clusters."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.estate.corrections import set_certificate
from ppbe_observe.simulate.estate.places import PRODUCTION
from support.simulated import client


@contextmanager
def aurora(estate: SimulatedEstate) -> Iterator[None]:
    """There while a test runs, and gone without a trace."""
    rds = client(estate, "rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="aurora", DBParameterGroupFamily="aurora-postgresql15", Description="TLS"
    )
    rds.create_db_cluster(
        DBClusterIdentifier="aurora",
        DBClusterParameterGroupName="aurora",
        Engine="aurora-postgresql",
        EngineVersion="15.4",
        MasterUsername="ppbe",
        MasterUserPassword="simulated-only",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="aurora-1",
        DBClusterIdentifier="aurora",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        PubliclyAccessible=False,
    )
    set_certificate(PRODUCTION, "aurora-1")
    try:
        yield
    finally:
        rds.delete_db_instance(DBInstanceIdentifier="aurora-1", SkipFinalSnapshot=True)
        rds.delete_db_cluster(DBClusterIdentifier="aurora", SkipFinalSnapshot=True)
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="aurora")
        forget_snapshots(rds, "aurora")


def forget_snapshots(rds: Any, name: str) -> None:
    """Delete the automated snapshots of a deleted cluster and its members: moto keeps them, AWS does not."""
    for each in rds.describe_db_snapshots()["DBSnapshots"]:
        if each["DBInstanceIdentifier"].startswith(name):
            with suppress(rds.exceptions.DBSnapshotNotFoundFault):  # listed from memory, gone by now
                rds.delete_db_snapshot(DBSnapshotIdentifier=each["DBSnapshotIdentifier"])
    for each in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:
        if each["DBClusterIdentifier"] == name:
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=each["DBClusterSnapshotIdentifier"])
