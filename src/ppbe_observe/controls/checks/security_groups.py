"""Security groups (EC2), each judged whatever it is attached to: it is one call away from a network interface.

A range of addresses counts as the internet where no single organization holds one as wide (controls/ports.py says how
wide). What a prefix list holds is not told by the group: where a rule opens a port that matters to one, and nothing
else is wrong, the check is unknown, be the list AWS' own or a customer's.
"""

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, not_applicable, passed, unknown
from ppbe_observe.controls.reading.ports import TCP, UDP, Ports, all_but, exactly, openings, prefix_lists
from ppbe_observe.model import Reason, Verdict

_GROUP = "ec2:security-group"
_NARROW = (
    "Name the networks that may connect in place of the internet (aws ec2 revoke-security-group-ingress, then "
    "authorize-security-group-ingress), or connect through Session Manager."
)


@check(
    "vpc_default_sg_closed",
    on=_GROUP,
    severity=HIGH,
    title="The default security group lets nothing in or out",
    controls=("ac-4", "sc-7"),
    indicators=("KSI-CNA-RNT",),
    remediation="Remove all its rules (Terraform: aws_default_security_group without ingress and egress), after what "
    "uses it has a group of its own.",
)
def default_closed(group: Subject) -> Verdict:
    """Whatever is started without a security group gets the default one of its VPC: it must not open anything."""
    if (name := group.facts["GroupName"]) != "default":  # nobody can give another group this name
        return not_applicable(f"{name} is not the default group of its VPC")
    ingress, egress = len(group.facts["IpPermissions"]), len(group.facts["IpPermissionsEgress"])
    if ingress or egress:
        return failed(f"the default group has rules: {ingress} ingress, {egress} egress; it must have none")
    return passed("the default group has no rules")


@check(
    "sg_no_ssh_from_internet",
    on=_GROUP,
    severity=HIGH,
    title="SSH is not open to the internet",
    controls=("ac-17", "sc-7", "cm-7"),
    indicators=("KSI-CNA-RNT",),
    remediation=_NARROW,
    ports=(22,),
)
def no_ssh(group: Subject, ports: tuple[int, ...]) -> Verdict:
    """Whoever reaches SSH can try keys and known faults; administration comes from known networks only. TCP only."""
    return _closed(group, exactly(ports), f"of {_listed(ports)} none is", (TCP,))


@check(
    "sg_no_high_risk_ports",
    on=_GROUP,
    severity=HIGH,
    title="No high-risk port is open to the internet",
    controls=("ac-4", "sc-7", "cm-7"),
    indicators=("KSI-CNA-RNT",),
    remediation=_NARROW,
    ports=(20, 21, 3389, 3306, 4333),
)
def no_high_risk_ports(group: Subject, ports: tuple[int, ...]) -> Verdict:
    """File transfer, remote desktops and databases are what intruders look for first. TCP and UDP."""
    return _closed(group, exactly(ports), f"of {_listed(ports)} none is", (TCP, UDP))


@check(
    "sg_only_authorized_ports",
    on=_GROUP,
    severity=HIGH,
    title="Only authorized ports are open to the internet",
    controls=("ac-4", "sc-7", "ac-17.1"),
    indicators=("KSI-CNA-RNT",),
    remediation=_NARROW,
    authorized_ports=(443,),
)
def only_authorized_ports(group: Subject, authorized_ports: tuple[int, ...]) -> Verdict:
    """What is meant for the internet is named; all else that is open to it is a mistake. All protocols but ICMP."""
    return _closed(group, all_but(authorized_ports), f"nothing but {_listed(authorized_ports)} is", ())


@check(
    "sg_no_postgres_from_internet",
    on=_GROUP,
    severity=HIGH,
    title="PostgreSQL is not open to the internet",
    controls=("ac-4", "sc-7"),
    remediation=_NARROW,
    ports=(5432,),
)
def no_postgres(group: Subject, ports: tuple[int, ...]) -> Verdict:
    """Only the API talks to the database, from private subnets. TCP only."""
    return _closed(group, exactly(ports), f"of {_listed(ports)} none is", (TCP,))


@check(
    "sg_no_redis_from_internet",
    on=_GROUP,
    severity=HIGH,
    title="Redis is not open to the internet",
    controls=("ac-4", "sc-7"),
    remediation=_NARROW,
    ports=(6379,),
)
def no_redis(group: Subject, ports: tuple[int, ...]) -> Verdict:
    """Only the API talks to the cache, from private subnets. TCP only."""
    return _closed(group, exactly(ports), f"of {_listed(ports)} none is", (TCP,))


def _closed(group: Subject, ports: Ports, closed: str, protocols: tuple[str, ...]) -> Verdict:
    rules = group.facts["IpPermissions"]
    if found := openings(rules, ports, protocols):
        return failed(f"open to the internet: {'; '.join(map(str, found))}")
    if listed := prefix_lists(rules, ports, protocols):
        told = f"checked ports are open to prefix lists, whose addresses the group does not tell: {', '.join(listed)}"
        return unknown(Reason.UNSUPPORTED, told)
    return passed(f"{closed} open to the internet")


def _listed(ports: tuple[int, ...]) -> str:
    return f"port{'s' if len(ports) > 1 else ''} {', '.join(map(str, ports)) or 'none'}"


CHECKS: tuple[Check, ...] = (
    default_closed,
    no_ssh,
    no_high_risk_ports,
    only_authorized_ports,
    no_postgres,
    no_redis,
)
