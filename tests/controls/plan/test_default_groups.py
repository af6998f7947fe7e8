"""The default security group, which AWS makes with every VPC: a plan need not hold it."""

from support.plans import configured, judged, plan, resource, said


def test_a_vpc_that_is_made_brings_an_open_default_group() -> None:
    document = plan(resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}))
    assert said(document, "vpc_default_sg_closed", "aws_vpc.v") == (
        "fail",
        "the default group has rules: 1 ingress, 1 egress; it must have none",
    )
    assert said(document, "sg_only_authorized_ports", "aws_vpc.v")[0] == "pass"


def test_the_default_group_of_a_vpc_is_judged_once_where_the_plan_adopts_it() -> None:
    vpc = resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"})
    group = resource("aws_default_security_group.g", {}, {"vpc_id": True, "ingress": True, "egress": True})
    adopting = configured("aws_default_security_group.g", {"vpc_id": ["aws_vpc.v.id", "aws_vpc.v"]})
    root = {"resources": [configured("aws_vpc.v"), adopting]}
    found = judged(plan(vpc, group, root=root), "vpc_default_sg_closed")
    assert {address: each.outcome for address, each in found.items()} == {"aws_default_security_group.g": "pass"}


def test_the_default_group_of_a_vpc_is_unknown_where_another_one_may_be_it() -> None:
    vpc = resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"})
    group = resource("aws_default_security_group.g", {}, {"vpc_id": True, "ingress": True, "egress": True})
    document = plan(vpc, group)
    assert said(document, "vpc_default_sg_closed", "aws_vpc.v")[0] == "unknown"
    assert said(document, "vpc_default_sg_closed", "aws_default_security_group.g")[0] == "pass"


def test_of_the_default_group_of_a_vpc_that_exists_a_plan_says_nothing() -> None:
    document = plan(resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, actions=("update",)))
    assert judged(document, "vpc_default_sg_closed") == {}
