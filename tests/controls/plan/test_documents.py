"""What is a plan and what is none; which resources of it are judged, where, and with which tags."""

from typing import Any

import pytest

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.plan import judge_plan, observe_plan
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Observation
from support.plans import NOW, Document, configured, example, judged, plan, resource, said

RULES = Rules(CHECKS, {}, {}, "production")
GROUP = {"name": "g", "retention_in_days": 30, "log_group_class": "STANDARD"}
PRINT = "terraform plan -out plan.out && terraform show -json plan.out > plan.json"


def group(address: str = "aws_cloudwatch_log_group.g", **changes: Any) -> dict[str, Any]:
    return resource(address, GROUP, **changes)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "a JSON object is expected"),
        ({}, "is no Terraform plan"),
        ({"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "x", "resources": []}, "is the state"),
        ({"format_version": "1.0", "values": {"root_module": {}}}, "is the state of Terraform, not a plan"),
        (plan(group()) | {"format_version": "2.0"}, "format_version '2.0', 1.x is understood"),
        (plan(group()) | {"format_version": "0.2"}, "format_version '0.2', 1.x is understood"),
        (plan(group()) | {"format_version": None}, "format_version None"),
        (plan(group()) | {"resource_changes": {"a": 1}}, "the plan is not as documented"),
        (plan(group()) | {"resource_changes": [{"mode": "managed", "provider_name": "x/hashicorp/aws"}]}, "KeyError"),
        (plan({**group(), "type": {}}), "the plan is not as documented: TypeError: the type of a resource is no text"),
        (plan({**group(), "address": 7}), "TypeError: the address of a resource is no text"),
        (plan(group(), errored=True), "the plan failed"),
        (plan(), "has no resource of the provider hashicorp/aws, none at all"),
        (
            plan(group(provider="registry.terraform.io/hashicorp/azurerm")),
            "has no resource of the provider hashicorp/aws, only of registry.terraform.io/hashicorp/azurerm",
        ),
    ],
)
def test_what_is_no_plan_of_aws_is_told_with_what_to_run(document: Any, told: str) -> None:
    with pytest.raises(SettingsError) as raised:
        judge_plan(document, RULES, NOW)
    assert told in str(raised.value)
    if "provider" not in told:
        assert PRINT in str(raised.value)


@pytest.mark.parametrize("registry", ["registry.terraform.io", "registry.opentofu.org", "mirror.agency.gov"])
def test_the_provider_counts_whatever_the_registry(registry: str) -> None:
    assert judged(plan(group(provider=f"{registry}/hashicorp/aws")), "log_group_retention")


@pytest.mark.parametrize("actions", [["no-op"], ["update"], ["create"], ["delete", "create"], ["create", "delete"]])
def test_what_will_be_there_is_judged_by_what_it_will_be(actions: list[str]) -> None:
    document = plan(group(actions=actions))
    assert said(document, "log_group_retention", "aws_cloudwatch_log_group.g")[0] == "fail"


@pytest.mark.parametrize("actions", [["delete"], ["forget"]])
def test_what_will_be_gone_is_not_judged(actions: list[str]) -> None:
    gone = group(actions=["delete"])
    gone["change"]["actions"] = actions
    document = plan(gone, resource("aws_kms_key.k", {"is_enabled": True}))
    assert not [arn for arn in judged(document) if "log_group" in arn]


def test_data_sources_and_other_providers_are_not_judged() -> None:
    read = group("aws_cloudwatch_log_group.read")
    read["mode"] = "data"
    other = group("aws_cloudwatch_log_group.other", provider="registry.terraform.io/agency/aws")
    assert list(judged(plan(group(), read, other), "log_group_retention")) == ["aws_cloudwatch_log_group.g"]


def test_planned_values_stand_in_where_the_changes_were_cut_off() -> None:
    """What is not there may be unknown, so that it is not known; child modules are looked into."""
    node = {"mode": "managed", "type": "aws_cloudwatch_log_group", "name": "g", "provider_name": "x/hashicorp/aws"}
    inner = {"address": "module.m.aws_cloudwatch_log_group.g", **node, "values": {**GROUP, "tags_all": {}}}
    document = plan(planned_values={"root_module": {"child_modules": [{"address": "module.m", "resources": [inner]}]}})
    del document["resource_changes"]
    address = "module.m.aws_cloudwatch_log_group.g"
    assert said(document, "log_group_retention", address)[0] == "fail"
    assert said(document, "log_group_kms", address) == (
        "unknown",
        "not supported here: terraform:plan: a plan does not tell it: kms_key_id",
    )


def test_no_kind_is_judged_that_the_plan_does_not_hold() -> None:
    (seen,) = observe_plan(plan(group()), RULES.wanted(), NOW)
    assert set(seen.kinds) == {"logs:log-group", "aws:account", "aws:region"}
    assert {each.resource.kind for each in judge_plan(plan(group()), RULES, NOW)} == {"logs:log-group"}


def test_a_known_arn_goes_before_the_address() -> None:
    arn = "arn:aws-us-gov:logs:us-gov-east-1:123456789012:log-group:g"
    document = plan(resource("aws_cloudwatch_log_group.g", {**GROUP, "arn": arn}, actions=["no-op"]))
    (finding,) = judged(document, "log_group_retention").values()
    assert (finding.resource.arn, finding.resource.target.name) == (arn, "planned/us-gov-east-1")


def _regions(document: Document) -> dict[str, str]:
    found: tuple[Observation, ...] = observe_plan(document, {"logs:log-group": set()}, NOW)
    return {each.arn: each.target.region for seen in found for each in seen.kinds["logs:log-group"].resources}


def test_the_region_is_that_of_the_provider_variables_and_aliases_resolved() -> None:
    document = plan(
        group("aws_cloudwatch_log_group.a"),
        group("aws_cloudwatch_log_group.b"),
        group("module.m.aws_cloudwatch_log_group.c"),
        root={
            "resources": [
                configured("aws_cloudwatch_log_group.a"),
                configured("aws_cloudwatch_log_group.b") | {"provider_config_key": "aws.east"},
            ],
            "module_calls": {
                "m": {
                    "expressions": {"place": {"references": ["var.other"]}},
                    "module": {
                        "resources": [
                            configured("aws_cloudwatch_log_group.c") | {"provider_config_key": "module.m:aws"}
                        ]
                    },
                }
            },
        },
        variables={"region": {"value": "us-gov-west-1"}, "other": {"value": "us-west-2"}},
    )
    document["configuration"]["provider_config"] = {
        "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        "aws.east": {"name": "aws", "alias": "east", "expressions": {"region": {"constant_value": "us-gov-east-1"}}},
        "module.m:aws": {"name": "aws", "expressions": {"region": {"references": ["var.place"]}}},
    }
    assert _regions(document) == {
        "aws_cloudwatch_log_group.a": "us-gov-west-1",
        "aws_cloudwatch_log_group.b": "us-gov-east-1",
        "module.m.aws_cloudwatch_log_group.c": "us-west-2",
    }


def test_a_module_takes_the_region_of_the_root_s_provider_from_the_root_s_variables() -> None:
    """Terraform names the provider of the root for what a module inherits, and ``module.n:aws`` for what it is handed.

    A variable of the same name in the module means something else.
    """
    inherited = configured("aws_cloudwatch_log_group.a") | {"provider_config_key": "aws"}
    handed = configured("aws_cloudwatch_log_group.b") | {"provider_config_key": "module.n:aws"}
    document = plan(
        group("module.m.aws_cloudwatch_log_group.a"),
        group("module.n.aws_cloudwatch_log_group.b"),
        root={
            "module_calls": {
                "m": {
                    "expressions": {"region": {"constant_value": "us-west-2"}},
                    "module": {"resources": [inherited]},
                },
                "n": {"module": {"resources": [handed]}},
            },
        },
        variables={"region": {"value": "us-gov-west-1"}},
    )
    document["configuration"]["provider_config"] = {
        "aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        "module.n:aws": {"name": "aws"},
    }
    assert _regions(document) == {
        "module.m.aws_cloudwatch_log_group.a": "us-gov-west-1",
        "module.n.aws_cloudwatch_log_group.b": "us-gov-west-1",
    }


def test_the_region_of_the_resource_goes_before_that_of_its_provider() -> None:
    document = plan(resource("aws_cloudwatch_log_group.g", {**GROUP, "region": "us-gov-east-1"}))
    assert _regions(document) == {"aws_cloudwatch_log_group.g": "us-gov-east-1"}


def test_a_region_that_nobody_says_is_that_of_the_data_source_or_none() -> None:
    document = plan(group())
    document["configuration"]["provider_config"] = {"aws": {"name": "aws"}}
    assert set(_regions(document).values()) == {"planned"}
    told = {"mode": "data", "type": "aws_region", "name": "here", "values": {"name": "us-gov-west-1"}}
    document["prior_state"] = {"values": {"root_module": {"child_modules": [{"resources": [told]}]}}}
    assert set(_regions(document).values()) == {"us-gov-west-1"}


@pytest.mark.parametrize(
    ("check", "address", "outcome"),
    [
        ("s3_tls_only", 'module.records["backups"].aws_s3_bucket.this', "pass"),
        ("ecs_task_image_digest_pinned", "aws_ecs_task_definition.api", "unknown"),
        ("vpc_endpoints_present", "aws_vpc.main", "unknown"),
    ],
)
def test_what_goes_by_a_region_that_nobody_says_does_not_fail(check: str, address: str, outcome: str) -> None:
    """The provider may take the region from its environment; before version 6, resources did not say it either."""
    document = example("good")
    for each in document["resource_changes"]:
        each["change"]["after"].pop("region", None)
    del document["configuration"]["provider_config"]["aws"]["expressions"]["region"]
    found = judged(document, check)[address]
    assert (found.resource.target.region, found.outcome.value) == ("planned", outcome)


def test_one_region_does_not_speak_for_another() -> None:
    """A detector here does not watch there."""
    detector = resource("aws_guardduty_detector.d", {"enable": True, "region": "us-gov-west-1"})
    there = resource("aws_ebs_encryption_by_default.e", {"enabled": True, "region": "us-gov-east-1"})
    findings = judge_plan(plan(detector, there), RULES, NOW)
    told = {(each.check, each.resource.target.region): each.outcome.value for each in findings}
    assert told["guardduty_enabled", "us-gov-west-1"] == "pass"
    assert told["ebs_encryption_by_default", "us-gov-east-1"] == "pass"
    assert ("guardduty_enabled", "us-gov-east-1") not in told


def test_iam_is_judged_once_in_the_region_of_the_provider() -> None:
    role = resource(
        "aws_iam_role.r",
        {"name": "r", "path": "/", "assume_role_policy": '{"Statement": []}', "inline_policy": []},
        {"managed_policy_arns": True},
    )
    there = resource("aws_ebs_encryption_by_default.e", {"enabled": True, "region": "us-gov-east-1"})
    found = [each for each in judge_plan(plan(there, role), RULES, NOW) if each.resource.kind == "iam:role"]
    assert [each.resource.target.region for each in found] == ["us-gov-west-1"]


@pytest.mark.parametrize(
    ("tags", "unknown", "outcome"),
    [
        ({"tags": None, "tags_all": {"Environment": "staging"}}, {}, "not_applicable"),
        ({"tags": None, "tags_all": {"Environment": "production"}}, {}, "fail"),
        ({"tags": {"Environment": "staging"}}, {"tags_all": True}, "not_applicable"),
        ({"tags": None, "tags_all": {"Name": "x"}}, {"tags_all": {"Environment": True}}, "unknown"),
        ({"tags": None, "tags_all": ["staging"]}, {}, "unknown"),
    ],
)
def test_the_environment_is_that_of_the_tags(tags: dict[str, Any], unknown: dict[str, Any], outcome: str) -> None:
    balancer = resource("aws_lb.l", {"enable_deletion_protection": False, "access_logs": []}, unknown)
    balancer["change"]["after"].pop("tags_all")
    balancer["change"]["after"] |= tags
    document = plan(balancer, root={"resources": [configured("aws_lb.l")]})
    assert said(document, "elbv2_deletion_protection", "aws_lb.l")[0] == outcome


def test_tags_that_the_provider_may_add_are_not_guessed() -> None:
    balancer = resource("aws_lb.l", {"enable_deletion_protection": True, "access_logs": []}, {"tags_all": True})
    balancer["change"]["after"].pop("tags_all")
    document = plan(balancer, root={"resources": [configured("aws_lb.l")]})
    document["configuration"]["provider_config"]["aws"]["expressions"]["default_tags"] = [{"tags": {}}]
    assert said(document, "elbv2_deletion_protection", "aws_lb.l")[0] == "unknown"


def test_what_is_set_for_an_environment_holds_for_its_resources() -> None:
    tagged = group()
    tagged["change"]["after"]["tags_all"] = {"Environment": "sandbox"}
    chosen = [each for each in CHECKS if each.id == "log_group_retention"]
    rules = Rules(chosen, {}, {"sandbox": {"log_group_retention": Override(parameters={"min_days": 7})}}, "production")
    (finding,) = judge_plan(plan(tagged), rules, NOW)
    assert finding.outcome.value == "pass"


SECRET = "hunter2-hunter2-hunter2"


def test_what_is_sensitive_is_not_looked_at_nor_repeated() -> None:
    container = (
        f'[{{"name": "{SECRET}", "image": "{SECRET}", "environment": [{{"name": "PASSWORD", "value": "{SECRET}"}}]}}]'
    )
    sensitive = {"container_definitions": True}
    document = plan(
        resource("aws_ecs_task_definition.t", {"container_definitions": container}, sensitive=sensitive),
        resource("aws_cloudwatch_log_group.g", {**GROUP, "kms_key_id": SECRET}, sensitive={"kms_key_id": True}),
        resource("aws_lb.l", {"load_balancer_type": SECRET, "access_logs": []}, sensitive={"load_balancer_type": True}),
    )
    findings = judge_plan(document, RULES, NOW)
    assert not [each for each in findings if SECRET in str(each.verdict) or SECRET in each.resource.arn]
    told = {each.check: each for each in findings}
    assert told["ecs_task_no_env_secrets"].verdict.reason == (
        "partial: terraform:plan: marked as sensitive, so not looked at: container_definitions"
    )
    assert told["log_group_kms"].outcome.value == "unknown"


@pytest.mark.parametrize("sensitive", [{"tags_all": {"Owner": True}}, {"tags_all": True}])
def test_tags_that_are_sensitive_are_not_repeated(sensitive: dict[str, Any]) -> None:
    tags = {"Owner": SECRET, "Name": "g"}
    document = plan(resource("aws_cloudwatch_log_group.g", {**GROUP, "tags_all": tags}, sensitive=sensitive))
    (finding,) = [each for each in judge_plan(document, RULES, NOW) if each.check == "log_group_retention"]
    assert finding.resource.tags == (() if sensitive["tags_all"] is True else (("Name", "g"),))


def test_an_environment_that_is_sensitive_is_unknown() -> None:
    values = {"enable_deletion_protection": False, "access_logs": [], "tags_all": {"Environment": SECRET}}
    document = plan(resource("aws_lb.l", values, sensitive={"tags_all": {"Environment": True}}))
    outcome, reason = said(document, "elbv2_deletion_protection", "aws_lb.l")
    assert outcome == "unknown"
    assert reason == "partial: terraform:plan: marked as sensitive, so not looked at: tags_all.Environment of aws_lb.l"


def test_an_auth_token_counts_though_it_is_sensitive() -> None:
    values = {"user_group_ids": None, "auth_token": SECRET}
    document = plan(resource("aws_elasticache_replication_group.g", values, sensitive={"auth_token": True}))
    assert said(document, "elasticache_auth_enabled", "aws_elasticache_replication_group.g") == (
        "pass",
        "clients authenticate by an AUTH token",
    )


def test_broken_json_within_a_plan_is_unknown() -> None:
    document = plan(resource("aws_ecs_task_definition.t", {"container_definitions": "{"}))
    assert {each.outcome.value for each in judged(document).values()} == {"unknown"}
