"""Network ACLs (EC2), each judged whether or not it guards a subnet: it is one call away from one."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any, TypeVar

from ppbe_observe.controls.check import MEDIUM, Check, Subject, check, verdict
from ppbe_observe.controls.reading.ports import ALL, TCP, internet, protocol_of, range_of
from ppbe_observe.model import Verdict

N = TypeVar("N", IPv4Network, IPv6Network)

_WHOLE_IPV4, _WHOLE_IPV6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")


@check(
    "nacl_no_ssh_from_internet",
    on="ec2:network-acl",
    severity=MEDIUM,
    title="The network ACL does not let the internet reach SSH and RDP",
    controls=("cm-7", "sc-7", "ac-4.21"),
    indicators=("KSI-CNA-RNT",),
    remediation="Deny the ports before what allows them (aws ec2 create-network-acl-entry --rule-action deny with a "
    "lower --rule-number), or allow known networks only.",
    ports=(22, 3389),
)
def no_ssh(acl: Subject, ports: tuple[int, ...]) -> Verdict:
    """The second wall, where a security group is too wide: remote access comes from known networks only.

    Rules count in their order, the first that matches wins, as EC2 applies them. TCP only: RDP over UDP needs it too.
    """
    entries = sorted((each for each in acl.facts["Entries"] if not each["Egress"]), key=_number)
    found = [f"rule {number} lets {cidr} reach port {port}" for port in ports for number, cidr in _open(entries, port)]
    guarded = f"it guards {len(acl.facts['Associations'])} subnets"
    closed = f"no rule lets the internet reach {', '.join(map(str, ports))}"
    return verdict(not found, f"{'; '.join(found) or closed}; {guarded}")


def _open(entries: list[Mapping[str, Any]], port: int) -> Iterator[tuple[int, str]]:
    """The rules, by number, that let the internet reach a port, and what they allow."""
    matching = [each for each in entries if _matches(each, port)]
    yield from _let_in(matching, "CidrBlock", _WHOLE_IPV4)
    yield from _let_in(matching, "Ipv6CidrBlock", _WHOLE_IPV6)


def _let_in(entries: Iterable[Mapping[str, Any]], member: str, whole: N) -> Iterator[tuple[int, str]]:
    left, let_in = [whole], []
    for each in entries:
        if not (cidr := each.get(member)):
            continue
        network = type(whole)(cidr, strict=False)
        if each["RuleAction"] == "allow":
            let_in.append((each["RuleNumber"], cidr, _common(left, network)))
        left = _without(left, network)
    blocks = internet(block for _, _, taken in let_in for block in taken)
    for number, cidr, taken in let_in:
        if any(block.overlaps(each) for block in blocks for each in taken):
            yield number, cidr


def _matches(entry: Mapping[str, Any], port: int) -> bool:
    protocol, ports = protocol_of(entry["Protocol"]), entry.get("PortRange") or {}
    first, last = range_of(protocol, ports.get("From"), ports.get("To"))
    return protocol in {TCP, ALL} and first <= port <= last


def _number(entry: Mapping[str, Any]) -> int:
    return int(entry["RuleNumber"])


def _common(blocks: Iterable[N], network: N) -> list[N]:
    """What is in both; of two blocks that overlap, one is within the other."""
    return [max(each, network, key=lambda one: one.prefixlen) for each in blocks if each.overlaps(network)]


def _without(blocks: Iterable[N], network: N) -> list[N]:
    left: list[N] = []
    for each in blocks:
        if not each.overlaps(network):
            left.append(each)
        elif each.prefixlen < network.prefixlen:
            left.extend(each.address_exclude(network))
    return left


CHECKS: tuple[Check, ...] = (no_ssh,)
