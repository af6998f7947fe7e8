"""Checks of network ACLs, on what moto holds."""

from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.check import Subject, World
from ppbe_observe.controls.checks.network_acls import no_ssh
from ppbe_observe.controls.reading.ports import internet
from ppbe_observe.model import Resource
from support.gathering import GOVCLOUD, LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "nacl_no_ssh_from_internet"
LIST = "ec2:DescribeNetworkAcls"
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
CLOSED = "no rule lets the internet reach 22, 3389; it guards 0 subnets"
ANY4, ANY6 = "0.0.0.0/0", "::/0"


def entry(
    number: int, action: str, cidr: str, ports: tuple[int, int] | None = (22, 22), protocol: str = "6", **changed: Any
) -> dict[str, Any]:
    """An entry as one asks EC2 for it, which is how EC2 describes it too."""
    ranged = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
    member = "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"
    told = {"RuleNumber": number, "RuleAction": action, "Protocol": protocol, "Egress": False, member: cidr}
    return told | ranged | changed


def judged(session: LocalSession, *entries: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    """Outcome and reason on an ACL of a VPC, which guards no subnet, with these entries."""
    ec2 = session.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    for each in entries:
        ec2.create_network_acl_entry(NetworkAclId=acl, **each)
    arn = f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:network-acl/{acl}"
    finding = judge(session, CHECK, **parameters)[arn]
    return finding.outcome.value, finding.verdict.reason


def test_the_default_acl_lets_everything_in(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == (
        "fail",
        "rule 100 lets 0.0.0.0/0 reach port 22; rule 100 lets 0.0.0.0/0 reach port 3389; it guards 3 subnets",
    )


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([entry(100, "allow", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        ([entry(100, "allow", ANY6)], "rule 100 lets ::/0 reach port 22"),
        ([entry(100, "allow", ANY4, (3389, 3389))], "rule 100 lets 0.0.0.0/0 reach port 3389"),
        ([entry(100, "allow", ANY4, (0, 1024))], "rule 100 lets 0.0.0.0/0 reach port 22"),
        (
            [entry(100, "allow", ANY4, None, "-1"), entry(90, "deny", ANY4, (22, 22))],
            "rule 100 lets 0.0.0.0/0 reach port 3389",
        ),
        ([entry(100, "allow", ANY4), entry(200, "deny", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        ([entry(90, "deny", ANY4), entry(100, "allow", ANY6)], "rule 100 lets ::/0 reach port 22"),
        ([entry(90, "deny", ANY4, protocol="17"), entry(100, "allow", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        ([entry(90, "deny", ANY4, Egress=True), entry(100, "allow", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        ([entry(90, "deny", ANY4, (23, 23)), entry(100, "allow", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        ([entry(90, "deny", "10.0.0.0/8"), entry(100, "allow", ANY4)], "rule 100 lets 0.0.0.0/0 reach port 22"),
        (
            [entry(100, "allow", "128.0.0.0/1"), entry(90, "allow", "0.0.0.0/1")],
            "rule 90 lets 0.0.0.0/1 reach port 22; rule 100 lets 128.0.0.0/1 reach port 22",
        ),
        (
            [
                entry(80, "allow", "198.51.100.0/24", (443, 443)),
                entry(90, "deny", "0.0.0.0/1"),
                entry(100, "allow", ANY4),
            ],
            "rule 100 lets 0.0.0.0/0 reach port 22",
        ),
    ],
)
def test_the_internet_is_let_in(local_session: LocalSession, entries: list[dict[str, Any]], said: str) -> None:
    assert judged(local_session, *entries) == ("fail", f"{said}; it guards 0 subnets")


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(100, "allow", ANY4, (443, 443))],
        [entry(100, "allow", "10.0.0.0/8"), entry(110, "allow", "fd00::/8", None, "-1")],
        [
            entry(90, "deny", ANY4, (22, 22)),
            entry(91, "deny", ANY4, (3389, 3389)),
            entry(100, "allow", ANY4, None, "-1"),
        ],
        [entry(90, "deny", "0.0.0.0/1"), entry(91, "deny", "128.0.0.0/1"), entry(100, "allow", ANY4)],
        [entry(90, "deny", ANY6, None, "-1"), entry(100, "allow", ANY6, None, "-1")],
        [entry(100, "allow", ANY4, Egress=True)],
        [entry(100, "allow", ANY4, (1024, 65535), "17")],
        [entry(100, "allow", ANY4, None, "1", IcmpTypeCode={"Type": -1, "Code": -1})],
        [entry(100, "allow", ANY4, None, "50")],
    ],
)
def test_the_internet_is_not_let_in(local_session: LocalSession, entries: list[dict[str, Any]]) -> None:
    assert judged(local_session, *entries) == ("pass", CLOSED)


def test_other_ports(local_session: LocalSession) -> None:
    assert judged(local_session, entry(100, "allow", ANY4, (443, 443)), ports=[443]) == (
        "fail",
        "rule 100 lets 0.0.0.0/0 reach port 443; it guards 0 subnets",
    )


def test_acls_that_cannot_be_seen(local_session: LocalSession) -> None:
    unseen(local_session, CHECK, LIST, "UnauthorizedOperation")


def test_no_acl(local_session: LocalSession) -> None:
    """In moto a VPC has one, and its default VPC cannot be without."""
    body = f'<DescribeNetworkAclsResponse xmlns="{NAMESPACE}"><networkAclSet/></DescribeNetworkAclsResponse>'
    local_session.faults[LIST] = lambda: answer(200, body)
    assert only(local_session, CHECK) == ("not_applicable", "there is no ec2:network-acl here")


BLOCKS = [IPv4Network((first << 24, 8)) for first in range(256)]
CIDR = st.sampled_from([str(block.supernet(new_prefix=length)) for block in BLOCKS for length in range(9)])
ENTRY = st.builds(
    entry, st.just(0), st.sampled_from(["allow", "deny"]), CIDR, st.sampled_from([None, (22, 22), (80, 80)])
)


@given(st.lists(ENTRY, max_size=8))
def test_the_first_rule_that_matches_an_address_wins(entries: list[dict[str, Any]]) -> None:
    """Against what looking at every /8 alone tells."""
    numbered = [each | {"RuleNumber": number} for number, each in enumerate(entries, 1)]
    let_in = []
    for block in BLOCKS:
        matching = (
            each["RuleAction"]
            for each in numbered
            if (each.get("PortRange") or {"From": 22})["From"] == 22 and block.subnet_of(IPv4Network(each["CidrBlock"]))
        )
        if next(matching, "deny") == "allow":
            let_in.append(block)
    facts = {"Entries": numbered[::-1], "Associations": []}
    acl = Subject(Resource("acl", "ec2:network-acl", GOVCLOUD, facts=facts), World(datetime(2026, 11, 23, tzinfo=UTC)))
    assert no_ssh.judge(acl, ports=(22,)).outcome == ("fail" if internet(let_in) else "pass")
