"""Which ports the rules of a security group open to the internet. Pure.

Invariants: what counts is all rules together, so that two halves of the internet are the internet; a range that cannot
be read raises ValueError, it is never a closed one. Rules that refer to other groups open nothing to the internet.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from itertools import pairwise
from typing import Any

Network = IPv4Network | IPv6Network
Ports = tuple[tuple[int, int], ...]
"""Ranges of ports, both ends included."""

TCP, UDP, ALL = "tcp", "udp", "-1"
LAST = 65535
EVERY: Ports = ((0, LAST),)

WIDEST_IPV4 = 7
"""No block wider than this belongs to one organization: 214.0.0.0/7 is all of the US Department of Defense (IANA)."""
WIDEST_IPV6 = 13
"""A /12 is what IANA gives to a whole regional registry, so no organization holds one (IANA, IPv6 unicast space)."""
_GLOBAL_IPV6 = IPv6Network("2000::/3")  # all else is private, local or multicast (IANA, IPv6 address space)

_NAMES = {"6": TCP, "17": UDP, "1": "icmp", "58": "icmpv6", "all": ALL}
_PORTLESS = frozenset({"icmp", "icmpv6"})


@dataclass(frozen=True, slots=True)
class Opening:
    """Ports of a protocol that the internet reaches; ``sources`` are the ranges of addresses."""

    protocol: str
    first: int
    last: int
    sources: str

    def __str__(self) -> str:
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        protocol = f"protocol {self.protocol}" if self.protocol.isdigit() else self.protocol
        return f"{protocol} {ports} to {self.sources}"


@dataclass(frozen=True, slots=True)
class _Rule:
    protocol: str
    first: int
    last: int
    permission: Mapping[str, Any]

    def concerns(self, protocol: str, ports: Ports) -> bool:
        """Whether it admits some of the ports."""
        return self.protocol in {protocol, ALL} and any(
            self.first <= last and first <= self.last for first, last in ports
        )

    def networks(self) -> tuple[Network, ...]:
        fours = (each["CidrIp"] for each in self.permission.get("IpRanges") or ())
        sixes = (each["CidrIpv6"] for each in self.permission.get("Ipv6Ranges") or ())
        return tuple(ip_network(each, strict=False) for each in (*fours, *sixes))


def exactly(ports: Iterable[int]) -> Ports:
    """These ports."""
    return tuple((each, each) for each in sorted(set(ports)))


def all_but(ports: Iterable[int]) -> Ports:
    """Every port but these."""
    edges = [-1, *sorted(set(ports)), LAST + 1]
    return tuple((one + 1, other - 1) for one, other in pairwise(edges) if other - one > 1)


def openings(
    permissions: Iterable[Mapping[str, Any]], ports: Ports, protocols: tuple[str, ...] = ()
) -> tuple[Opening, ...]:
    """What of these ports is open to the internet, by these protocols, else by all that have ports.

    Of protocols other than TCP, UDP and ICMP, EC2 opens every port, whatever range the rule names (API reference,
    IpPermission). ICMP has none.
    """
    rules = tuple(map(_rule, permissions))
    found: list[Opening] = []
    for protocol in protocols or _protocols(rules):
        given = [(each, each.networks()) for each in rules if each.concerns(protocol, ports)]
        if not internet(network for _, networks in given for network in networks):
            continue
        for first, last in _segments([each for each, _ in given], ports):
            admitted = [n for each, networks in given if each.first <= first and last <= each.last for n in networks]
            if blocks := internet(admitted):
                _append(found, Opening(protocol, first, last, _sources(blocks, admitted)))
    return tuple(found)


def prefix_lists(
    permissions: Iterable[Mapping[str, Any]], ports: Ports, protocols: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The prefix lists that some of these ports are open to; a rule tells their ids, not their addresses."""
    rules = tuple(each for each in map(_rule, permissions) if each.permission.get("PrefixListIds"))
    listed = (
        prefix_list["PrefixListId"]
        for protocol in protocols or _protocols(rules)
        for each in rules
        if each.concerns(protocol, ports)
        for prefix_list in each.permission["PrefixListIds"]
    )
    return tuple(dict.fromkeys(listed))


def internet(networks: Iterable[Network]) -> tuple[Network, ...]:
    """The blocks among them that are as good as the internet, after neighbours are joined."""
    given = list(networks)
    fours = collapse_addresses(each for each in given if isinstance(each, IPv4Network))
    sixes = collapse_addresses(each for each in given if isinstance(each, IPv6Network))
    return (
        *(each for each in fours if each.prefixlen < WIDEST_IPV4),
        *(each for each in sixes if each.prefixlen < WIDEST_IPV6 and each.overlaps(_GLOBAL_IPV6)),
    )


def protocol_of(given: str) -> str:
    """The name of a protocol that AWS writes by name or by number; ``-1`` for all."""
    text = given.casefold()
    return _NAMES.get(text, text)


def range_of(protocol: str, first: int | None, last: int | None) -> tuple[int, int]:
    """The ports of a rule: every one where the protocol has no range, or the rule names none."""
    if protocol not in {TCP, UDP}:
        return 0, LAST
    return (
        0 if first is None or first < 0 else first,
        LAST if last is None or last < 0 else last,
    )


def _rule(permission: Mapping[str, Any]) -> _Rule:
    protocol = protocol_of(permission["IpProtocol"])
    first, last = range_of(protocol, permission.get("FromPort"), permission.get("ToPort"))
    return _Rule(protocol, first, last, permission)


def _protocols(rules: Iterable[_Rule]) -> tuple[str, ...]:
    others = {each.protocol for each in rules} - {TCP, UDP, ALL} - _PORTLESS
    return (TCP, UDP, *sorted(others))


def _segments(rules: Iterable[_Rule], ports: Ports) -> Iterator[tuple[int, int]]:
    """The ports cut where a rule begins or ends, so that a rule admits all of a segment or nothing of it."""
    cuts = {each.first for each in rules} | {each.last + 1 for each in rules}
    for low, high in ports:
        edges = sorted({low, high + 1, *(cut for cut in cuts if low < cut <= high)})
        yield from ((one, other - 1) for one, other in pairwise(edges))


def _sources(blocks: Iterable[Network], networks: list[Network]) -> str:
    """The blocks as the rules say them, or how many ranges make up one that no rule says."""
    told = (
        str(block) if block in networks else f"{block} ({sum(_within(each, block) for each in networks)} ranges)"
        for block in blocks
    )
    return ", ".join(told)


def _within(network: Network, block: Network) -> bool:
    return network.version == block.version and network.network_address in block


def _append(found: list[Opening], opening: Opening) -> None:
    """Add an opening, joined with the last one where it goes on from there."""
    last = found[-1] if found else None
    if last and (last.protocol, last.sources, last.last + 1) == (opening.protocol, opening.sources, opening.first):
        found[-1] = Opening(last.protocol, last.first, opening.last, last.sources)
    else:
        found.append(opening)
