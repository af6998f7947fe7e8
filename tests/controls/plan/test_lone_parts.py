"""Rules and policies of what the plan does not hold: another plan made their group, or their role."""

import json
from typing import Any

import pytest

from support.plans import Document, configured, judged, plan, resource, said

EVERYTHING = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
SSH = {"from_port": 22, "to_port": 22, "security_group_id": "sg-1"}
RULE = {"type": "ingress", "protocol": "tcp", "ipv6_cidr_blocks": None, "prefix_list_ids": None, **SSH}
SINGLE = {"ip_protocol": "tcp", "cidr_ipv6": None, "prefix_list_id": None, **SSH}


def rule(**changed: Any) -> dict[str, Any]:
    return resource("aws_security_group_rule.r", RULE | {"cidr_blocks": ["0.0.0.0/0"]} | changed)


def single(**changed: Any) -> dict[str, Any]:
    return resource("aws_vpc_security_group_ingress_rule.r", SINGLE | {"cidr_ipv4": "0.0.0.0/0"} | changed)


OPEN = ("fail", "open to the internet: tcp 22 to 0.0.0.0/0")
CLOSED = ("pass", "of port 22 none is open to the internet")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (plan(rule()), OPEN),
        (plan(rule(cidr_blocks=["198.51.100.0/24"])), CLOSED),
        (plan(single()), OPEN),
        (plan(single(cidr_ipv4="198.51.100.0/24")), CLOSED),
    ],
)
def test_a_rule_of_another_group_is_judged_by_itself(document: Document, expected: tuple[str, str]) -> None:
    (address,) = (each["address"] for each in document["resource_changes"])
    assert said(document, "sg_no_ssh_from_internet", address) == expected
    assert said(document, "vpc_default_sg_closed", address)[0] == "unknown"


def test_a_rule_for_what_goes_out_is_not() -> None:
    assert judged(plan(rule(type="egress")), "sg_no_ssh_from_internet") == {}


@pytest.mark.parametrize("made", [rule, single])
def test_a_rule_is_judged_once_where_the_plan_holds_its_group(made: Any) -> None:
    group = resource("aws_security_group.g", {"name": "g"}, {"ingress": True, "egress": True})
    own = made(security_group_id=None)
    own["change"]["after_unknown"]["security_group_id"] = True
    of_group = configured(own["address"], {"security_group_id": ["aws_security_group.g.id", "aws_security_group.g"]})
    root = {"resources": [configured("aws_security_group.g"), of_group]}
    found = judged(plan(group, own, root=root), "sg_no_ssh_from_internet")
    assert {address: each.outcome for address, each in found.items()} == {"aws_security_group.g": "fail"}


@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_an_inline_policy_of_somebody_else_is_judged_by_itself(kind: str) -> None:
    document = plan(resource(f"aws_iam_{kind}_policy.p", {"name": "all", kind: "other", "policy": EVERYTHING}))
    assert said(document, "iam_inline_no_admin", f"aws_iam_{kind}_policy.p") == (
        "fail",
        "everything is allowed by the inline policies all",
    )
