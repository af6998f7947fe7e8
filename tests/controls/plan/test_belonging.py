"""What belongs to what: by known values, by references through modules and indexes, and when absence is certain."""

from typing import Any

import pytest

from ppbe_observe.controls.plan.planned import Plan, Planned
from support.plans import (
    Document,
    change_of,
    configured,
    example,
    existing,
    judged,
    plan,
    resource,
    said,
    with_value,
    without,
)

BLOCK = "aws_s3_bucket_public_access_block"
ALL_ON = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
GONE = {
    "s3_public_access_block": ('module.records["backups"].aws_s3_bucket', "_public_access_block.this"),
    "s3_versioning": ('module.records["backups"].aws_s3_bucket', "_versioning.this"),
    "s3_kms_encryption": ('module.records["backups"].aws_s3_bucket', "_server_side_encryption_configuration.this"),
    "s3_lifecycle_glacier": ('module.records["backups"].aws_s3_bucket', "_lifecycle_configuration.this"),
    "s3_tls_only": ('module.records["backups"].aws_s3_bucket', "_policy.this"),
    "s3_server_access_logging": ('module.records["backups"].aws_s3_bucket', "_logging.this"),
}


def bucket(name: str | None = None, **values: Any) -> dict[str, Any]:
    return {"bucket": name, "bucket_prefix": None, **values} if name else {"bucket_prefix": None, **values}


@pytest.mark.parametrize(("check", "addresses"), GONE.items())
def test_what_configures_a_new_bucket_is_absent_for_certain(check: str, addresses: tuple[str, str]) -> None:
    outcome, reason = said(without(example("good"), "".join(addresses)), check, f"{addresses[0]}.this")
    assert outcome == "fail", reason


@pytest.mark.parametrize(("check", "addresses"), GONE.items())
def test_a_bucket_that_exists_may_be_configured_elsewhere(check: str, addresses: tuple[str, str]) -> None:
    owner = f"{addresses[0]}.this"
    document = existing(without(example("good"), "".join(addresses)), owner)
    outcome, reason = said(document, check, owner)
    assert outcome == "unknown"
    assert f"{owner} may have a aws_s3_bucket{addresses[1].removesuffix('.this')} that is not in the plan" in reason


def test_absence_is_not_certain_in_a_part_of_a_plan() -> None:
    """Terraform says so of a plan that was made with -target."""
    document = without(example("good"), 'module.records["backups"].aws_s3_bucket_versioning.this')
    document["complete"] = False
    assert said(document, "s3_versioning", 'module.records["backups"].aws_s3_bucket.this')[0] == "unknown"


def test_what_the_plan_takes_away_from_an_existing_bucket_is_absent() -> None:
    removed = resource(f"{BLOCK}.this", {"bucket": "ppbe-records", **ALL_ON}, actions=["delete"])
    kept = resource("aws_s3_bucket.this", bucket("ppbe-records", id="ppbe-records"), actions=["no-op"])
    assert said(plan(kept, removed), "s3_public_access_block", "aws_s3_bucket.this") == (
        "fail",
        "the bucket has no public access block",
    )


def test_an_existing_bucket_says_itself_what_no_resource_of_the_plan_configures() -> None:
    values = bucket(
        "ppbe-records",
        id="ppbe-records",
        versioning=[{"enabled": True, "mfa_delete": False}],
        logging=[],
        policy="",
        object_lock_configuration=[],
        server_side_encryption_configuration=[
            {
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}
                        ]
                    }
                ]
            }
        ],
        lifecycle_rule=[
            {
                "id": "old",
                "enabled": True,
                "prefix": "",
                "tags": {},
                "expiration": [{"date": "", "days": 2555, "expired_object_delete_marker": False}],
                "noncurrent_version_expiration": [{"days": 2555}],
                "transition": [{"date": "", "days": 30, "storage_class": "GLACIER"}],
            }
        ],
    )
    found = {
        check: said(plan(resource("aws_s3_bucket.this", values, actions=["no-op"])), check, "aws_s3_bucket.this")[0]
        for check in GONE
    }
    assert found == {
        "s3_public_access_block": "unknown",
        "s3_versioning": "pass",
        "s3_kms_encryption": "pass",
        "s3_lifecycle_glacier": "pass",
        "s3_tls_only": "fail",
        "s3_server_access_logging": "fail",
    }


def test_a_known_name_goes_before_references() -> None:
    document = plan(
        resource("aws_s3_bucket.a", bucket("ppbe-a")),
        resource("aws_s3_bucket.b", bucket("ppbe-b")),
        resource(f"{BLOCK}.x", {"bucket": "ppbe-b", **ALL_ON}),
        root={"resources": [configured(f"{BLOCK}.x", {"bucket": ["aws_s3_bucket.a.id", "aws_s3_bucket.a"]})]},
    )
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a": "fail", "aws_s3_bucket.b": "pass"}


def _outcomes(document: Document, check: str) -> dict[str, str]:
    return {arn: each.outcome.value for arn, each in judged(document, check).items()}


def blocks(*references: str, address: str = f"{BLOCK}.x", **parts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A public access block whose bucket is known only after apply, and what the configuration says of it."""
    name = address.partition("[")[0]
    return resource(address, ALL_ON, {"bucket": True}), configured(name, {"bucket": list(references)}, **parts)


def test_by_an_explicit_index() -> None:
    block, said_of_it = blocks("aws_s3_bucket.a[1].id", "aws_s3_bucket.a[1]", "aws_s3_bucket.a")
    document = plan(
        resource("aws_s3_bucket.a[0]", bucket(), {"bucket": True}),
        resource("aws_s3_bucket.a[1]", bucket(), {"bucket": True}),
        block,
        root={"resources": [said_of_it]},
    )
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a[0]": "fail", "aws_s3_bucket.a[1]": "pass"}


@pytest.mark.parametrize("own", [("each.key",), ("each.value",), ("each.value.id", "each.value")])
def test_by_the_own_index_of_for_each(own: tuple[str, ...]) -> None:
    """One that is left out on purpose leaves its bucket without; names may have any letters."""
    said_of_it = configured(
        f"{BLOCK}.x",
        {"bucket": list(own) if "value" in own[0] else ["aws_s3_bucket.a", *own]},
        for_each_expression={"references": ["aws_s3_bucket.a"]},
    )
    document = plan(
        *(resource(f'aws_s3_bucket.a["{key}"]', bucket(), {"bucket": True}) for key in ("größe", "x.y[0]", "c")),
        *(resource(f'{BLOCK}.x["{key}"]', ALL_ON, {"bucket": True}) for key in ("größe", "x.y[0]")),
        root={"resources": [said_of_it]},
    )
    assert _outcomes(document, "s3_public_access_block") == {
        'aws_s3_bucket.a["größe"]': "pass",
        'aws_s3_bucket.a["x.y[0]"]': "pass",
        'aws_s3_bucket.a["c"]': "fail",
    }


def test_by_the_own_index_of_count() -> None:
    said_of_it = configured(f"{BLOCK}.x", {"bucket": ["aws_s3_bucket.a", "count.index"]})
    document = plan(
        resource("aws_s3_bucket.a[0]", bucket(), {"bucket": True}),
        resource("aws_s3_bucket.a[1]", bucket(), {"bucket": True}),
        resource(f"{BLOCK}.x[1]", ALL_ON, {"bucket": True}),
        root={"resources": [said_of_it]},
    )
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a[0]": "fail", "aws_s3_bucket.a[1]": "pass"}


def test_through_variables_and_outputs_of_modules() -> None:
    """A bucket of one module, by its output, given to another module that is there twice."""
    store = {
        "resources": [configured("aws_s3_bucket.this")],
        "outputs": {"id": {"expression": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}}},
    }
    guard = {"resources": [configured(f"{BLOCK}.x", {"bucket": ["var.bucket"]})]}
    root = {
        "module_calls": {
            "store": {"module": store, "for_each_expression": {"references": ["local.names"]}},
            "guard": {
                "module": guard,
                "expressions": {"bucket": {"references": ["module.store", "each.key"]}},
                "for_each_expression": {"references": ["local.guarded"]},
            },
        }
    }
    root["module_calls"]["guard"]["expressions"] = {
        "bucket": {"references": ['module.store["a"].id', 'module.store["a"]', "module.store"]}
    }
    document = plan(
        *(resource(f'module.store["{key}"].aws_s3_bucket.this', bucket(), {"bucket": True}) for key in "ab"),
        resource(f"module.guard.{BLOCK}.x", ALL_ON, {"bucket": True}),
        root=root,
    )
    assert _outcomes(document, "s3_public_access_block") == {
        'module.store["a"].aws_s3_bucket.this': "pass",
        'module.store["b"].aws_s3_bucket.this': "fail",
    }


def test_through_a_satellite_that_passes_the_name_on() -> None:
    """The usual way to order them: the block takes the name of the bucket from its policy."""
    block, said_of_block = blocks("local.attach", "aws_s3_bucket_policy.p.id", "aws_s3_bucket_policy.p")
    document = plan(
        resource("aws_s3_bucket.a", bucket(), {"bucket": True}),
        resource("aws_s3_bucket_policy.p", {"policy": "{}"}, {"bucket": True}),
        block,
        root={
            "resources": [
                configured("aws_s3_bucket_policy.p", {"bucket": ["aws_s3_bucket.a.id", "aws_s3_bucket.a"]}),
                said_of_block,
            ]
        },
    )
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a": "pass"}


@pytest.mark.parametrize("references", [("local.bucket",), ("aws_s3_bucket.a.id", "aws_s3_bucket.b.id"), ()])
def test_whose_it_is_may_be_open_then_it_may_be_anybodys(references: tuple[str, ...]) -> None:
    block, said_of_it = blocks(*references)
    document = plan(
        resource("aws_s3_bucket.a", bucket("ppbe-a")),
        resource("aws_s3_bucket.b", bucket("ppbe-b")),
        block,
        root={"resources": [said_of_it]},
    )
    found = judged(document, "s3_public_access_block")
    assert {each.outcome.value for each in found.values()} == {"unknown"}
    assert found["aws_s3_bucket.a"].verdict.reason.endswith(f"known only after apply: bucket of {BLOCK}.x")


def test_without_a_configuration_references_are_unknown() -> None:
    block, _ = blocks()
    document = plan(resource("aws_s3_bucket.a", bucket("ppbe-a")), block)
    del document["configuration"]
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a": "unknown"}


def test_references_in_a_circle_end() -> None:
    outputs = {"id": {"expression": {"references": ["module.a.id", "module.a"]}}}
    inner = {"outputs": outputs, "module_calls": {"a": {"module": {"outputs": outputs}}}}
    block, said_of_it = blocks("module.a.id", "module.a")
    document = plan(
        resource("aws_s3_bucket.a", bucket("ppbe-a")),
        block,
        root={"resources": [said_of_it], "module_calls": {"a": {"module": inner}}},
    )
    assert _outcomes(document, "s3_public_access_block") == {"aws_s3_bucket.a": "unknown"}


def test_a_key_is_found_through_its_alias() -> None:
    document = plan(
        resource("aws_kms_key.k", {"customer_master_key_spec": "SYMMETRIC_DEFAULT"}),
        resource("aws_kms_alias.k", {}, {"target_key_id": True}),
        resource("aws_secretsmanager_secret.s", {"name": "s"}, {"kms_key_id": True}),
        root={
            "resources": [
                configured("aws_kms_alias.k", {"target_key_id": ["aws_kms_key.k.key_id", "aws_kms_key.k"]}),
                configured("aws_secretsmanager_secret.s", {"kms_key_id": ["aws_kms_alias.k.arn", "aws_kms_alias.k"]}),
            ]
        },
    )
    assert said(document, "secret_kms_cmk", "aws_secretsmanager_secret.s")[0] == "pass"


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1", "unknown"),
        ("alias/aws/secretsmanager", "fail"),
        (None, "fail"),
    ],
)
def test_who_manages_a_key_outside_of_the_plan_is_not_told(key: str | None, outcome: str) -> None:
    document = plan(resource("aws_secretsmanager_secret.s", {"name": "s", "kms_key_id": key}))
    assert said(document, "secret_kms_cmk", "aws_secretsmanager_secret.s")[0] == outcome


def test_rules_of_an_existing_group_that_change_are_not_guessed() -> None:
    """What the group says of itself is how it was before."""
    wide = {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22, "security_group_id": "sg-1"}
    entry = {**dict.fromkeys(("description",), ""), "protocol": "tcp", "from_port": 22, "to_port": 22, "self": False}
    entry |= {"cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": []}
    group = resource(
        "aws_security_group.g", {"id": "sg-1", "name": "g", "ingress": [entry], "egress": []}, actions=["no-op"]
    )
    removed = resource("aws_vpc_security_group_ingress_rule.r", wide, actions=["delete"])
    assert said(plan(group), "sg_no_ssh_from_internet", "aws_security_group.g")[0] == "fail"
    assert said(plan(group, removed), "sg_no_ssh_from_internet", "aws_security_group.g")[0] == "unknown"


def test_a_new_group_without_any_rule_in_sight_is_unknown() -> None:
    group = resource("aws_security_group.g", {"name": "g"}, {"ingress": True, "egress": True})
    assert said(plan(group), "sg_no_ssh_from_internet", "aws_security_group.g")[0] == "unknown"


def test_the_default_group_has_no_rules_once_terraform_adopts_it() -> None:
    group = resource("aws_default_security_group.g", {}, {"ingress": True, "egress": True})
    assert said(plan(group), "vpc_default_sg_closed", "aws_default_security_group.g")[0] == "pass"


def test_rules_of_an_http_listener_are_found_and_only_those() -> None:
    rule = {"priority": 1, "action": [{"type": "forward", "redirect": []}], "listener_arn": None}
    good = example("good")
    for protocol, outcome in (("HTTP", "fail"), ("HTTPS", "pass")):
        document = with_value(good, "aws_lb_listener.https", ("protocol",), protocol)
        redirect = [{"type": "redirect", "redirect": [{"protocol": "HTTPS", "status_code": "HTTP_301"}]}]
        document = with_value(document, "aws_lb_listener.https", ("default_action",), redirect)
        added = resource("aws_lb_listener_rule.r", rule, {"listener_arn": True})
        added["change"]["after"].pop("listener_arn")
        document["resource_changes"].append(added)
        document["configuration"]["root_module"]["resources"].append(
            configured(
                "aws_lb_listener_rule.r", {"listener_arn": ["aws_lb_listener.https.arn", "aws_lb_listener.https"]}
            )
        )
        assert said(document, "elbv2_https_listeners_only", "aws_lb.main")[0] == outcome


def test_a_balancer_that_exists_may_have_listeners_elsewhere() -> None:
    document = existing(without(example("good"), "aws_lb_listener.https"), "aws_lb.main")
    assert said(document, "elbv2_tls_policy", "aws_lb.main")[0] == "unknown"


def test_a_vpc_that_exists_may_have_flow_logs_elsewhere() -> None:
    document = without(example("good"), "aws_flow_log.main", "aws_vpc_endpoint.gateway")
    assert said(document, "vpc_flow_logs_enabled", "aws_vpc.main")[0] == "fail"
    assert said(document, "vpc_endpoints_present", "aws_vpc.main")[0] == "fail"
    change_of(document, "aws_vpc.main")["actions"] = ["update"]
    for check in ("vpc_flow_logs_enabled", "vpc_endpoints_present"):
        outcome, reason = said(document, check, "aws_vpc.main")
        assert outcome == "unknown"
        assert reason.startswith("of what the plan holds: ")
        assert reason.endswith("; a plan does not tell what exists outside of it")


def test_an_endpoint_of_a_resource_names_no_service() -> None:
    """One of type Resource or ServiceNetwork serves none: the gateway of S3 is what is missing then."""
    document = with_value(example("good"), "aws_vpc_endpoint.gateway", ("service_name",), None)
    outcome, reason = said(document, "vpc_endpoints_present", "aws_vpc.main")
    assert (outcome, reason.startswith("no endpoint is available for s3")) == ("fail", True)


def test_resources_of_a_type_are_found_once() -> None:
    found = Plan(example("good")).of("aws_subnet")
    assert all(isinstance(each, Planned) for each in found)
    assert [each.address for each in found] == sorted({each.address for each in found})
