"""The tables are made of our words: kinds and operations that are gathered from AWS, too."""

import pytest

from ppbe_observe.aws.services import DETAILS, GATHERERS, KINDS
from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.plan.addresses import Reference, module_path, most_specific, reference
from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts, nothing_of
from ppbe_observe.controls.plan.observe import DESCRIPTIONS
from ppbe_observe.controls.plan.observe import KINDS as PLANNED

NEVER = {
    "guardduty:finding": "what GuardDuty found",
    "inspector2:finding": "what Inspector found",
    "rds:snapshot": "which snapshots there are",
}
"""Kinds that no plan holds, with the reason."""


def test_every_kind_that_a_check_judges_is_described_or_never_in_a_plan() -> None:
    judged = {kind for each in CHECKS for kind in (each.on, *each.uses)}
    assert judged - PLANNED == set(NEVER)
    assert PLANNED <= KINDS


def test_details_are_operations_that_checks_need_of_the_kind() -> None:
    asked = {(each.kind, each.operation) for each in DETAILS}
    listed = {(kind, operation) for each in GATHERERS for kind in each.kinds for operation in each.operations}
    derived = {
        ("elasticloadbalancing:loadbalancer-http-rules", "elasticloadbalancing:DescribeListeners"),
        ("iam:identity-policies", "iam:GetRolePolicy"),
    }
    told = {(each.kind, operation) for each in DESCRIPTIONS for operation in each.details}
    assert told - asked - listed == derived


def test_facts_tell_only_what_is_known() -> None:
    facts = PlannedFacts("x", {"a": 1}, {"A": lambda source: source["a"], "B": lambda _: ABSENT})
    assert (facts["A"], facts.get("B"), "B" in facts, list(facts), len(facts), bool(facts)) == (
        1,
        None,
        False,
        ["A"],
        1,
        True,
    )
    for look in (facts.get, facts.__getitem__, facts.__contains__):
        with pytest.raises(Unseen, match="a plan does not tell it: C of x"):
            look("C")
    with pytest.raises(KeyError):
        facts["B"]
    with pytest.raises(Unseen, match="a plan does not tell it: whether it works"):
        nothing_of("whether it works").get("x")


def test_a_block_tells_only_what_is_known() -> None:
    block = Block(
        {"a": None, "list": [1, None], "rule": [{"x": 1}, {}], "all": None},
        {"list": [False, True], "rule": [{}, {"x": True}], "gone": True, "all": False},
        {"secret": True},
    )
    assert block["a"] is None
    assert [each.known("x") for each in block.blocks("rule")] == [True, False]
    for name, told in {
        "list": "known only after apply: list",
        "rule": "known only after apply: rule",
        "gone": "known only after apply: gone",
        "secret": "marked as sensitive, so not looked at: secret",
        "other": "a plan does not tell it: other",
    }.items():
        with pytest.raises(Unseen, match=told):
            block[name]
    with pytest.raises(Unseen, match=r"known only after apply: rule\[1\]\.x"):
        block.blocks("rule")[1]["x"]
    with pytest.raises(Unseen, match="known only after apply: gone"):
        block.blocks("gone")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws_s3_bucket.logs", Reference("aws_s3_bucket", "logs")),
        ("aws_s3_bucket.logs.id", Reference("aws_s3_bucket", "logs", None, "id")),
        ('aws_s3_bucket.logs["a.b"].id', Reference("aws_s3_bucket", "logs", "a.b", "id")),
        ('aws_s3_bucket.logs["a\\"b]"]', Reference("aws_s3_bucket", "logs", 'a"b]')),
        ("aws_subnet.public[12].id", Reference("aws_subnet", "public", 12, "id")),
        ('module.m[0].buckets["x"].id', Reference("module", "m", 0, "buckets", "x")),
        ("var.name", Reference("var", "name")),
        ("self", None),
    ],
)
def test_references(text: str, expected: Reference | None) -> None:
    assert reference(text) == expected


def test_module_paths() -> None:
    assert module_path('module.a["x.module.y"].module.b[1].module.c') == (("a", "x.module.y"), ("b", 1), ("c", None))
    assert module_path(None) == ()


def test_a_reference_stands_for_those_that_it_goes_on_from() -> None:
    given = ["aws_a.b[0].id", "aws_a.b[0]", "aws_a.b", "aws_a.bc", "var.x"]
    assert most_specific(given) == ["aws_a.b[0].id", "aws_a.bc", "var.x"]
