"""Which ports the rules of a security group open to the internet."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.reading.ports import ALL, EVERY, TCP, UDP, all_but, exactly, internet, openings, prefix_lists

ANY4, ANY6 = "0.0.0.0/0", "::/0"


def rule(
    *sources: str, protocol: str = TCP, ports: tuple[int, int] | None = (22, 22), **changed: Any
) -> dict[str, Any]:
    """A rule as EC2 describes it: of all protocols it names no ports."""
    ranged = {} if ports is None else {"FromPort": ports[0], "ToPort": ports[1]}
    return {
        "IpProtocol": protocol,
        **ranged,
        "IpRanges": [{"CidrIp": each} for each in sources if ":" not in each],
        "Ipv6Ranges": [{"CidrIpv6": each, "Description": "everybody"} for each in sources if ":" in each],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
        **changed,
    }


def told(*rules: dict[str, Any], port: int = 22, protocols: tuple[str, ...] = (TCP,)) -> str:
    return "; ".join(map(str, openings(rules, exactly([port]), protocols)))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], ""),
        ([rule(ANY4)], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY6)], "tcp 22 to ::/0"),
        ([rule("0::0/0")], "tcp 22 to ::/0"),
        ([rule(ANY4, ANY6)], "tcp 22 to 0.0.0.0/0, ::/0"),
        ([rule(ANY4), rule(ANY6, ports=(1, 1024))], "tcp 22 to 0.0.0.0/0, ::/0"),
        ([rule("198.51.100.7/0")], "tcp 22 to 0.0.0.0/0"),
        ([rule("10.0.0.0/8", "2001:db8::/32")], ""),
        ([rule(ANY4, protocol="6")], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, protocol="TCP")], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, protocol=ALL, ports=None)], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, protocol=ALL, ports=(-1, -1))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, protocol=ALL, ports=(443, 443))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=None)], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=(-1, -1))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=(0, 65535))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=(22, 23))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=(21, 22))], "tcp 22 to 0.0.0.0/0"),
        ([rule(ANY4, ports=(23, 65535)), rule(ANY4, ports=(0, 21))], ""),
        ([rule(ANY4, protocol=UDP)], ""),
        ([rule(ANY4, protocol="17")], ""),
        ([rule(ANY4, protocol="icmp", ports=(-1, -1))], ""),
        ([rule(ANY4, protocol="icmp", ports=(22, 22))], ""),
        ([rule(ANY6, protocol="58", ports=None)], ""),
        ([rule(ANY4, protocol="50", ports=None)], ""),
        ([rule(UserIdGroupPairs=[{"GroupId": "sg-1", "UserId": "210987654321"}])], ""),
        ([rule(PrefixListIds=[{"PrefixListId": "pl-1"}])], ""),
        ([{"IpProtocol": TCP, "FromPort": 22, "ToPort": 22, "IpRanges": None}], ""),
    ],
)
def test_a_port_is_open_to_the_internet(rules: list[dict[str, Any]], expected: str) -> None:
    assert told(*rules) == expected


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["0.0.0.0/1", "128.0.0.0/1"], "tcp 22 to 0.0.0.0/0 (2 ranges)"),
        (["::/1", "8000::/1"], "tcp 22 to ::/0 (2 ranges)"),
        (["0.0.0.0/1"], "tcp 22 to 0.0.0.0/1"),
        (["64.0.0.0/6"], "tcp 22 to 64.0.0.0/6"),
        (["64.0.0.0/8", "65.0.0.0/8", "66.0.0.0/7"], "tcp 22 to 64.0.0.0/6 (3 ranges)"),
        (["214.0.0.0/7"], ""),
        (["214.0.0.0/8", "215.0.0.0/8", "6.0.0.0/7", "10.0.0.0/8"], ""),
        (["2000::/3"], "tcp 22 to 2000::/3"),
        (["2600::/12"], "tcp 22 to 2600::/12"),
        (["2608::/13"], ""),
        (["fc00::/7"], ""),
        (["fe80::/10"], ""),
    ],
)
def test_what_is_wider_than_any_organization_is_the_internet(sources: list[str], expected: str) -> None:
    assert told(rule(*sources)) == expected


def test_the_halves_of_the_internet_may_come_from_two_rules() -> None:
    halves = [rule("0.0.0.0/1", ports=(1, 30)), rule("128.0.0.0/2", "192.0.0.0/2", ports=(20, 100), protocol=TCP)]
    both = openings(halves, EVERY, (TCP,))
    assert [str(each) for each in both] == [
        "tcp 1-19 to 0.0.0.0/1",
        "tcp 20-30 to 0.0.0.0/0 (3 ranges)",
        "tcp 31-100 to 128.0.0.0/1 (2 ranges)",
    ]


def test_every_protocol_that_has_ports_counts_unless_some_are_named() -> None:
    rules = [
        rule(ANY4, protocol=UDP, ports=(53, 53)),
        rule(ANY4, protocol="132", ports=(443, 443)),
        rule(ANY4, protocol="icmp", ports=(8, -1)),
    ]
    assert [str(each) for each in openings(rules, EVERY)] == [
        "udp 53 to 0.0.0.0/0",
        "protocol 132 0-65535 to 0.0.0.0/0",
    ]
    assert [str(each) for each in openings(rules, EVERY, (UDP, TCP))] == ["udp 53 to 0.0.0.0/0"]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([443], ((0, 442), (444, 65535))),
        ([443, 80, 443], ((0, 79), (81, 442), (444, 65535))),
        ([80, 81], ((0, 79), (82, 65535))),
        ([0, 65535], ((1, 65534),)),
        ([], EVERY),
    ],
)
def test_all_ports_but_some(ports: list[int], expected: tuple[tuple[int, int], ...]) -> None:
    assert all_but(ports) == expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (rule(PrefixListIds=[{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}]), ("pl-1", "pl-2")),
        (rule(PrefixListIds=[{"PrefixListId": "pl-1"}], protocol=ALL, ports=None), ("pl-1",)),
        (rule(PrefixListIds=[{"PrefixListId": "pl-1"}], ports=(443, 443)), ()),
        (rule(PrefixListIds=[{"PrefixListId": "pl-1"}], protocol=UDP), ()),
        (rule(ANY4), ()),
    ],
)
def test_the_prefix_lists_that_a_port_is_open_to(listed: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert prefix_lists([listed], exactly([22]), (TCP,)) == expected


@pytest.mark.parametrize("cidr", ["", "everywhere", "0.0.0.0/33", "10.0.0.0/8/8"])
def test_a_range_that_cannot_be_read_is_not_a_closed_one(cidr: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        openings([rule(cidr)], EVERY)


CIDRS = st.sampled_from([ANY4, "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", ANY6, "::/1", "8000::/1", "fd00::/8"])
PORT = st.integers(0, 40)
RULES = st.builds(
    lambda cidrs, protocol, low, width: rule(*cidrs, protocol=protocol, ports=(low, low + width)),
    st.lists(CIDRS, max_size=3),
    st.sampled_from([TCP, UDP, ALL, "icmp"]),
    PORT,
    st.integers(0, 20),
)


@given(st.lists(RULES, max_size=5), st.lists(PORT, max_size=4))
def test_openings_are_what_asking_for_one_port_after_the_other_tells(
    rules: list[dict[str, Any]], authorized: list[int]
) -> None:
    found = openings(rules, all_but(authorized), (TCP,))
    for port in range(70):
        admitted = [
            ip_network(each.get("CidrIp") or each["CidrIpv6"])
            for one in rules
            if one["IpProtocol"] == ALL or (one["IpProtocol"] == TCP and one["FromPort"] <= port <= one["ToPort"])
            for each in (*one["IpRanges"], *one["Ipv6Ranges"])
        ]
        expected = bool(internet(admitted)) and port not in authorized
        assert any(each.first <= port <= each.last for each in found) is expected, port
