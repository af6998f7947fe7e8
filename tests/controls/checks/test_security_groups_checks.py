"""Checks of security groups, on what moto holds."""

from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
LIST = "ec2:DescribeSecurityGroups"
DEFAULT = "vpc_default_sg_closed"
SSH = "sg_no_ssh_from_internet"
HIGH_RISK = "sg_no_high_risk_ports"
AUTHORIZED = "sg_only_authorized_ports"
POSTGRES = "sg_no_postgres_from_internet"
REDIS = "sg_no_redis_from_internet"
EACH = pytest.mark.parametrize("check", [DEFAULT, SSH, HIGH_RISK, AUTHORIZED, POSTGRES, REDIS])
ALL_BUT_443 = ("tcp 0-442", "tcp 444-65535", "udp 0-442", "udp 444-65535")
ANY4: dict[str, Any] = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ANY6: dict[str, Any] = {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}


def arn_of(group: str) -> str:
    return f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:security-group/{group}"


def allow(first: int, last: int | None = None, protocol: str = "tcp", **sources: Any) -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": first if last is None else last, **(sources or ANY4)}


def default_group(session: LocalSession) -> dict[str, Any]:
    (group,) = session.client("ec2").describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    return dict(group)


def group(session: LocalSession, *rules: dict[str, Any], name: str = "ppbe-production-alb") -> str:
    ec2 = session.client("ec2")
    vpc = default_group(session)["VpcId"]
    made = str(ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"])
    if rules:
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(rules))
    return made


def judged(session: LocalSession, check: str, *rules: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    """Outcome and reason of a check on a group with these ingress rules."""
    made = group(session, *rules)
    finding = judge(session, check, **parameters)[arn_of(made)]
    return finding.outcome.value, finding.verdict.reason


def test_the_default_group_as_a_vpc_begins_with_it(local_session: LocalSession) -> None:
    assert only(local_session, DEFAULT) == (
        "fail",
        "the default group has rules: 0 ingress, 1 egress; it must have none",
    )


def test_the_default_group_without_rules(local_session: LocalSession) -> None:
    default = default_group(local_session)
    local_session.client("ec2").revoke_security_group_egress(
        GroupId=default["GroupId"], IpPermissions=default["IpPermissionsEgress"]
    )
    assert only(local_session, DEFAULT) == ("pass", "the default group has no rules")


def test_members_of_the_default_group_may_not_even_reach_each_other(local_session: LocalSession) -> None:
    default = default_group(local_session)
    ec2 = local_session.client("ec2")
    ec2.revoke_security_group_egress(GroupId=default["GroupId"], IpPermissions=default["IpPermissionsEgress"])
    itself = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": default["GroupId"]}]}
    ec2.authorize_security_group_ingress(GroupId=default["GroupId"], IpPermissions=[itself])
    assert only(local_session, DEFAULT) == (
        "fail",
        "the default group has rules: 1 ingress, 0 egress; it must have none",
    )


def test_other_groups_are_not_the_default_one(local_session: LocalSession) -> None:
    made = group(local_session, name="défaut")
    finding = judge(local_session, DEFAULT)[arn_of(made)]
    assert (finding.outcome, finding.verdict.reason) == (
        "not_applicable",
        "défaut is not the default group of its VPC",
    )


@pytest.mark.parametrize(
    ("check", "rule", "reason"),
    [
        (SSH, allow(22), "open to the internet: tcp 22 to 0.0.0.0/0"),
        (SSH, allow(22, **ANY6), "open to the internet: tcp 22 to ::/0"),
        (SSH, allow(22, **ANY4, **ANY6), "open to the internet: tcp 22 to 0.0.0.0/0, ::/0"),
        (SSH, allow(0, 65535), "open to the internet: tcp 22 to 0.0.0.0/0"),
        (SSH, {"IpProtocol": "-1", **ANY6}, "open to the internet: tcp 22 to ::/0"),
        (HIGH_RISK, allow(3389, protocol="udp"), "open to the internet: udp 3389 to 0.0.0.0/0"),
        (HIGH_RISK, allow(20, 21), "open to the internet: tcp 20-21 to 0.0.0.0/0"),
        (HIGH_RISK, allow(3000, 4000), "open to the internet: tcp 3306 to 0.0.0.0/0; tcp 3389 to 0.0.0.0/0"),
        (POSTGRES, allow(5432), "open to the internet: tcp 5432 to 0.0.0.0/0"),
        (REDIS, allow(6379), "open to the internet: tcp 6379 to 0.0.0.0/0"),
        (AUTHORIZED, allow(80), "open to the internet: tcp 80 to 0.0.0.0/0"),
        (AUTHORIZED, allow(443, 444), "open to the internet: tcp 444 to 0.0.0.0/0"),
        (AUTHORIZED, allow(53, protocol="udp"), "open to the internet: udp 53 to 0.0.0.0/0"),
        (
            AUTHORIZED,
            {"IpProtocol": "-1", **ANY4},
            f"open to the internet: {'; '.join(f'{each} to 0.0.0.0/0' for each in ALL_BUT_443)}",
        ),
    ],
)
def test_open_to_the_internet(local_session: LocalSession, check: str, rule: dict[str, Any], reason: str) -> None:
    assert judged(local_session, check, rule) == ("fail", reason)


@pytest.mark.parametrize(
    ("check", "rule", "reason"),
    [
        (SSH, allow(443), "of port 22 none is open to the internet"),
        (SSH, allow(22, protocol="udp"), "of port 22 none is open to the internet"),
        (SSH, allow(-1, protocol="icmp"), "of port 22 none is open to the internet"),
        (SSH, allow(22, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), "of port 22 none is open to the internet"),
        (HIGH_RISK, allow(22), "of ports 20, 21, 3389, 3306, 4333 none is open to the internet"),
        (POSTGRES, allow(5433), "of port 5432 none is open to the internet"),
        (REDIS, allow(6380), "of port 6379 none is open to the internet"),
        (AUTHORIZED, allow(443), "nothing but port 443 is open to the internet"),
        (AUTHORIZED, allow(-1, protocol="icmp"), "nothing but port 443 is open to the internet"),
        (AUTHORIZED, allow(22, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), "nothing but port 443 is open to the internet"),
    ],
)
def test_not_open_to_the_internet(local_session: LocalSession, check: str, rule: dict[str, Any], reason: str) -> None:
    assert judged(local_session, check, rule) == ("pass", reason)


def test_a_rule_for_another_group_opens_nothing(local_session: LocalSession) -> None:
    balancer = group(local_session, name="balancer")
    pair = [{"GroupId": balancer, "UserId": "123456789012"}]
    assert judged(local_session, SSH, allow(22, UserIdGroupPairs=pair))[0] == "pass"


def test_what_is_open_to_the_outside_is_not_said_of_what_may_be_reached_from_inside(
    local_session: LocalSession,
) -> None:
    made = group(local_session)
    (found,) = local_session.client("ec2").describe_security_groups(GroupIds=[made])["SecurityGroups"]
    assert found["IpPermissionsEgress"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    assert judge(local_session, AUTHORIZED)[arn_of(made)].outcome == "pass"


def test_the_halves_of_the_internet_are_the_internet(local_session: LocalSession) -> None:
    halves = [allow(22, IpRanges=[{"CidrIp": each}]) for each in ("0.0.0.0/1", "128.0.0.0/1")]
    assert judged(local_session, SSH, *halves) == (
        "fail",
        "open to the internet: tcp 22 to 0.0.0.0/0 (2 ranges)",
    )


@pytest.mark.parametrize(
    ("check", "parameters", "port"),
    [
        (SSH, {"ports": [22, 2222]}, 2222),
        (HIGH_RISK, {"ports": [23]}, 23),
        (POSTGRES, {"ports": [6432]}, 6432),
        (REDIS, {"ports": [6390]}, 6390),
        (AUTHORIZED, {"authorized_ports": [80]}, 443),
    ],
)
def test_other_ports(local_session: LocalSession, check: str, parameters: dict[str, Any], port: int) -> None:
    assert judged(local_session, check, allow(port), **parameters) == (
        "fail",
        f"open to the internet: tcp {port} to 0.0.0.0/0",
    )


def test_a_prefix_list_cannot_be_told(local_session: LocalSession) -> None:
    made = group(local_session, allow(22, PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}]))
    finding = judge(local_session, SSH)[arn_of(made)]
    assert (finding.outcome, finding.verdict.cause, finding.verdict.reason) == (
        "unknown",
        Reason.UNSUPPORTED,
        "checked ports are open to prefix lists, whose addresses the group does not tell: pl-0123456789abcdef0",
    )
    assert judge(local_session, POSTGRES)[arn_of(made)].outcome == "pass"


def test_a_prefix_list_of_an_authorized_port_does_not_matter(local_session: LocalSession) -> None:
    listed = allow(443, PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}])
    assert judged(local_session, AUTHORIZED, listed)[0] == "pass"


def test_what_fails_already_fails_whatever_the_prefix_list_holds(local_session: LocalSession) -> None:
    listed = allow(22, PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}])
    assert judged(local_session, SSH, listed, allow(22, **ANY6))[0] == "fail"


def test_protocols_that_have_ports_of_their_own_are_not_authorized(local_session: LocalSession) -> None:
    assert judged(local_session, AUTHORIZED, allow(443, protocol="132")) == (
        "fail",
        "open to the internet: protocol 132 0-442 to 0.0.0.0/0; protocol 132 444-65535 to 0.0.0.0/0",
    )


@EACH
def test_groups_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    unseen(local_session, check, LIST, "UnauthorizedOperation")


@EACH
def test_no_group(local_session: LocalSession, check: str) -> None:
    """Moto keeps the default group of a VPC that was deleted."""
    body = f'<DescribeSecurityGroupsResponse xmlns="{NAMESPACE}"><securityGroupInfo/></DescribeSecurityGroupsResponse>'
    local_session.faults[LIST] = lambda: answer(200, body)
    assert only(local_session, check) == ("not_applicable", "there is no ec2:security-group here")


def test_a_range_that_cannot_be_read_leaves_unknown(local_session: LocalSession) -> None:
    """Moto refuses such a rule."""
    rule = "<item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><ipRanges><item>"
    rule += "<cidrIp>everywhere</cidrIp></item></ipRanges></item>"
    told = f"<groupId>sg-1</groupId><ownerId>123456789012</ownerId><ipPermissions>{rule}</ipPermissions>"
    body = f"<securityGroupInfo><item>{told}</item></securityGroupInfo>"
    whole = f'<DescribeSecurityGroupsResponse xmlns="{NAMESPACE}">{body}</DescribeSecurityGroupsResponse>'
    local_session.faults[LIST] = lambda: answer(200, whole)
    finding = judge(local_session, SSH)[arn_of("sg-1")]
    assert (finding.outcome, finding.verdict.cause) == ("unknown", Reason.MALFORMED)
