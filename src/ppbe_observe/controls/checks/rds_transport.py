"""Whether databases (RDS) take TLS connections only: said by a parameter of their engine.

Sources: RDS, Aurora and DocumentDB user guides, "Requiring an SSL/TLS connection". Oracle says it in an option group,
Db2 in its registry: those are not looked at.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, unknown, verdict
from ppbe_observe.controls.checks.rds_clusters import DESCRIBE_CLUSTERS, cluster_of
from ppbe_observe.model import Reason, Verdict

_DB = "rds:db"
_GROUP = "rds:pg"
_PARAMETERS = "rds:DescribeDBParameters"
_CLUSTER_PARAMETERS = "rds:DescribeDBClusterParameters"
_IN_FORCE = "in-sync"


@dataclass(frozen=True, slots=True)
class _Rule:
    parameter: str
    values: frozenset[str]


_FORCE_SSL = _Rule("rds.force_ssl", frozenset({"1", "on", "true"}))
_SECURE_TRANSPORT = _Rule("require_secure_transport", frozenset({"1", "on", "true"}))
_TLS = _Rule("tls", frozenset({"enabled", "fips-140-3", "tls1.2+", "tls1.3+"}))

_RULES: Mapping[str, _Rule] = {
    "aurora": _SECURE_TRANSPORT,
    "aurora-mysql": _SECURE_TRANSPORT,
    "aurora-postgresql": _FORCE_SSL,
    "docdb": _TLS,
    "mariadb": _SECURE_TRANSPORT,
    "mysql": _SECURE_TRANSPORT,
    "postgres": _FORCE_SSL,
    "sqlserver": _FORCE_SSL,
}


@dataclass(frozen=True, slots=True)
class _Attached:
    """A parameter group as an instance has it: with its parameters, and whether they are in force."""

    name: str
    status: str
    parameters: Iterable[Mapping[str, Any]]


@check(
    "rds_instance_transport_encrypted",
    on=_DB,
    uses=(_GROUP,),
    needs=(_PARAMETERS, DESCRIBE_CLUSTERS, _CLUSTER_PARAMETERS),
    severity=HIGH,
    title="The database takes TLS connections only",
    controls=("sc-8", "sc-8.1"),
    indicators=("KSI-SVC-SIN",),
    remediation="Set the parameter in a parameter group of your own (aws rds modify-db-parameter-group --parameters "
    "ParameterName=rds.force_ssl,ParameterValue=1,ApplyMethod=pending-reboot), attach it, and reboot.",
)
def transport_encrypted(db: Subject) -> Verdict:
    """Without TLS, passwords and records cross the network readable; the engine must refuse such connections.

    PostgreSQL and SQL Server do by rds.force_ssl, MySQL and MariaDB by require_secure_transport, DocumentDB by tls; in
    clusters the cluster's own parameter group says it. What waits for a reboot is not in force.
    """
    engine = db.facts["Engine"]
    rule = _RULES.get("sqlserver" if engine.startswith("sqlserver-") else engine)
    if rule is None:
        return unknown(Reason.UNSUPPORTED, f"what makes {engine} refuse connections without TLS is not looked at")
    attached = tuple(_attached(db))
    if not attached:
        return failed(f"no parameter group is attached that could set {rule.parameter}")
    judged = [_judged(each, rule) for each in attached]
    return verdict(all(holds for holds, _ in judged), "; ".join(said for _, said in judged))


def _attached(db: Subject) -> Iterator[_Attached]:
    cluster = cluster_of(db)
    if cluster is not None:
        yield _of_cluster(db, cluster)
        return
    groups = {each.facts["DBParameterGroupName"]: each for each in db.all(_GROUP)}
    for each in db.facts["DBParameterGroups"]:
        name = each["DBParameterGroupName"]
        yield _Attached(name, each["ParameterApplyStatus"], groups[name].told(_PARAMETERS)["Parameters"])


def _of_cluster(db: Subject, cluster: Mapping[str, Any]) -> _Attached:
    name = db.facts["DBInstanceIdentifier"]
    (member,) = (each for each in cluster["DBClusterMembers"] if each["DBInstanceIdentifier"] == name)
    parameters = db.told(_CLUSTER_PARAMETERS)["Parameters"]
    return _Attached(cluster["DBClusterParameterGroup"], member["DBClusterParameterGroupStatus"], parameters)


def _judged(group: _Attached, rule: _Rule) -> tuple[bool, str]:
    values = [each.get("ParameterValue") for each in group.parameters if each["ParameterName"] == rule.parameter]
    value = values[0] if values else None
    said = f"{rule.parameter} is {'not set' if value is None else value} in parameter group {group.name}"
    holds = value is not None and value.lower() in rule.values
    if holds and group.status != _IN_FORCE:
        return False, f"{said}, which is {group.status}: not in force"
    return holds, said


CHECKS: tuple[Check, ...] = (transport_encrypted,)
