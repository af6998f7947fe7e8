"""What a DB cluster decides for the instances in it.

Sources: RDS API reference, CreateDBInstance and CreateDBCluster: backups, availability zones, deletion protection, log
exports and most parameters of Aurora and of Multi-AZ DB clusters are set on the cluster; so are those of Neptune and
DocumentDB.
"""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.check import Subject

DESCRIBE_CLUSTERS = "rds:DescribeDBClusters"


def cluster_of(db: Subject) -> Mapping[str, Any] | None:
    """The cluster that an instance is a member of; None where it is in none.

    Raises:
        Unseen: The cluster could not be described.
        ValueError: It is not in the answer.
    """
    told = db.detail(DESCRIBE_CLUSTERS)
    if told is None:
        return None
    (cluster,) = told["DBClusters"]
    facts: Mapping[str, Any] = cluster
    return facts


def decider(db: Subject) -> tuple[str, Mapping[str, Any]]:
    """Who decides for an instance, in words: its cluster, else itself; with its facts."""
    cluster = cluster_of(db)
    return ("the instance", db.facts) if cluster is None else (f"its cluster {cluster['DBClusterIdentifier']}", cluster)
