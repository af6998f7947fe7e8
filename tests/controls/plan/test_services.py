"""What the good plan does not have: clusters, users, certificates, other ways to say the same, and odd shapes."""

import json
from typing import Any

import pytest

from support.plans import (
    Document,
    change_of,
    configured,
    example,
    judged,
    plan,
    resource,
    said,
    with_value,
    without,
)

ROOT = "arn:aws-us-gov:iam::planned:root"
EVERYTHING = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
TASK_TRUST = json.dumps(
    {"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "x"}}
)
TASK = "aws_ecs_task_definition.api"


def aurora(**cluster: Any) -> Document:
    values = {
        "cluster_identifier": "ppbe",
        "engine": "aurora-postgresql",
        "storage_encrypted": True,
        "deletion_protection": True,
        "backup_retention_period": 30,
        "enabled_cloudwatch_logs_exports": ["postgresql"],
        "db_cluster_parameter_group_name": "ppbe",
        "kms_key_id": "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/k",
    }
    member = {"identifier": "ppbe-0", "engine": "aurora-postgresql", "publicly_accessible": False}
    parameter = {"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"}
    return plan(
        resource("aws_rds_cluster.c", values | cluster),
        resource("aws_rds_cluster_instance.i", {**member, "monitoring_interval": 0}, {"cluster_identifier": True}),
        resource("aws_rds_cluster_parameter_group.g", {"name": "ppbe", "parameter": [parameter]}),
        root={
            "resources": [
                configured(
                    "aws_rds_cluster_instance.i", {"cluster_identifier": ["aws_rds_cluster.c.id", "aws_rds_cluster.c"]}
                )
            ]
        },
    )


@pytest.mark.parametrize(
    ("check", "cluster", "outcome"),
    [
        ("rds_instance_deletion_protection", {}, "pass"),
        ("rds_instance_deletion_protection", {"deletion_protection": None}, "fail"),
        ("rds_instance_backup_retention", {}, "pass"),
        ("rds_instance_backup_retention", {"backup_retention_period": 1}, "fail"),
        ("rds_instance_log_exports", {"enabled_cloudwatch_logs_exports": None}, "fail"),
        ("rds_instance_transport_encrypted", {}, "pass"),
        ("rds_instance_transport_encrypted", {"db_cluster_parameter_group_name": "elsewhere"}, "unknown"),
        ("rds_instance_storage_encrypted", {"storage_encrypted": None}, "fail"),
        ("rds_instance_storage_encrypted", {}, "unknown"),
        ("rds_instance_multi_az", {}, "unknown"),
        ("rds_instance_no_public_access", {}, "pass"),
        ("rds_instance_enhanced_monitoring", {}, "fail"),
    ],
)
def test_members_of_a_cluster_are_judged_by_what_it_decides(check: str, cluster: dict[str, Any], outcome: str) -> None:
    assert said(aurora(**cluster), check, "aws_rds_cluster_instance.i")[0] == outcome


def test_a_read_replica_keeps_no_backups_of_its_own() -> None:
    document = with_value(example("good"), "aws_db_instance.main", ("replicate_source_db",), "ppbe-primary")
    assert said(document, "rds_instance_backup_retention", "aws_db_instance.main") == (
        "not_applicable",
        "read replica of ppbe-primary",
    )


def test_a_parameter_that_a_group_leaves_to_its_family_is_not_guessed() -> None:
    document = with_value(example("good"), "aws_db_parameter_group.main", ("parameter",), [])
    outcome, reason = said(document, "rds_instance_transport_encrypted", "aws_db_instance.main")
    assert outcome == "unknown"
    assert "aws_db_parameter_group.main leaves at the default of its family" in reason


def test_a_changed_group_of_an_existing_database_may_wait_for_a_reboot() -> None:
    document = example("good")
    for address, actions in {"aws_db_instance.main": ["no-op"], "aws_db_parameter_group.main": ["update"]}.items():
        change = change_of(document, address)
        change["actions"], change["before"] = actions, change["after"]
    assert said(document, "rds_instance_transport_encrypted", "aws_db_instance.main")[0] == "unknown"
    change_of(document, "aws_db_parameter_group.main")["actions"] = ["no-op"]
    assert said(document, "rds_instance_transport_encrypted", "aws_db_instance.main")[0] == "pass"


@pytest.mark.parametrize(
    ("values", "check", "outcome"),
    [
        ({"engine": "memcached"}, "elasticache_auth_enabled", "not_applicable"),
        ({"engine": "redis"}, "elasticache_auth_enabled", "fail"),
        ({"engine": "redis", "auto_minor_version_upgrade": "true"}, "elasticache_minor_version_upgrade", "pass"),
        ({"engine": "redis", "auto_minor_version_upgrade": "false"}, "elasticache_minor_version_upgrade", "fail"),
    ],
)
def test_a_cache_cluster_of_its_own(values: dict[str, Any], check: str, outcome: str) -> None:
    document = plan(resource("aws_elasticache_cluster.c", {"replication_group_id": None, **values}))
    assert said(document, check, "aws_elasticache_cluster.c")[0] == outcome


def test_a_member_of_a_group_is_judged_with_the_group() -> None:
    member = {"engine": "redis", "replication_group_id": "g", "auto_minor_version_upgrade": "true"}
    assert not judged(plan(resource("aws_elasticache_cluster.c", member)), "elasticache_auth_enabled")


@pytest.mark.parametrize(("day", "outcome"), [("2027-06-01T00:00:00Z", "pass"), ("2026-11-25T00:00:00Z", "fail")])
def test_a_certificate_that_exists(day: str, outcome: str) -> None:
    values = {"status": "ISSUED", "not_after": day}
    document = plan(resource("aws_acm_certificate.c", values, actions=["no-op"]))
    assert said(document, "acm_certificate_expiration", "aws_acm_certificate.c")[0] == outcome


def test_a_certificate_that_is_yet_to_be_issued_is_unknown() -> None:
    document = plan(resource("aws_acm_certificate.c", {}, {"status": True, "not_after": True}))
    assert said(document, "acm_certificate_expiration", "aws_acm_certificate.c")[0] == "unknown"


def test_credentials_of_users_are_not_in_a_plan() -> None:
    of_credentials = ("iam_user_console_mfa", "iam_access_key_rotation", "iam_unused_credentials")
    found = judged(plan(resource("aws_iam_user.u", {"name": "deploy"})), *of_credentials)
    assert {each.outcome.value for each in found.values()} == {"unknown"}
    assert found["aws_iam_user.u"].verdict.reason.startswith(
        "not supported here: terraform:plan: a plan does not tell it:"
    )


@pytest.mark.parametrize("kind", ["user", "group"])
def test_inline_policies_of_users_and_groups(kind: str) -> None:
    owner = resource(f"aws_iam_{kind}.o", {"name": "deploy"})
    own = resource(f"aws_iam_{kind}_policy.p", {"name": "all", kind: "deploy", "policy": EVERYTHING})
    foreign = resource(f"aws_iam_{kind}_policy.q", {"name": "all", kind: "other", "policy": EVERYTHING})
    said_of = {
        "own": said(plan(owner, own), "iam_inline_no_admin", f"aws_iam_{kind}.o"),
        "foreign": said(plan(owner, foreign), "iam_inline_no_admin", f"aws_iam_{kind}.o"),
    }
    assert said_of == {
        "own": ("fail", "everything is allowed by the inline policies all"),
        "foreign": ("not_applicable", "it has no inline policy"),
    }


@pytest.mark.parametrize(("types", "outcome"), [(["EC2", "ECR"], "pass"), (["LAMBDA_CODE"], "unknown")])
def test_inspector_is_on_where_the_plan_switches_it_on(types: list[str], outcome: str) -> None:
    """It may be on for other types of resources by other means."""
    document = plan(resource("aws_inspector2_enabler.i", {"resource_types": types}))
    assert said(document, "inspector2_enabled", ROOT)[0] == outcome
    assert said(document, "inspector2_enabled", ROOT, resource_types=tuple(types))[0] == "pass"


def test_whether_standards_are_ready_is_not_told() -> None:
    standard = {"standards_arn": "arn:aws-us-gov:securityhub:us-gov-west-1::standards/nist-800-53/v/5.0.0"}
    document = plan(
        resource("aws_securityhub_account.h", {}),
        resource("aws_securityhub_standards_subscription.s", standard),
    )
    assert said(document, "securityhub_enabled", ROOT)[0] == "unknown"


def test_what_an_analyzer_finds_is_not_told() -> None:
    document = plan(resource("aws_accessanalyzer_analyzer.a", {"analyzer_name": "a", "type": "ACCOUNT"}))
    assert said(document, "accessanalyzer_enabled", ROOT) == (
        "unknown",
        "not supported here: terraform:plan: a plan does not tell it: what the analyzer finds",
    )


@pytest.mark.parametrize(
    ("name", "changes", "outcome"),
    [
        ("nobody starts it", None, "fail"),
        ("it is off", ("is_enabled", False), "fail"),
        ("whether it delivers is not told", ("is_enabled", True), "unknown"),
    ],
)
def test_a_recorder(name: str, changes: tuple[str, bool] | None, outcome: str) -> None:
    good = example("good")
    status = "aws_config_configuration_recorder_status.main"
    document = with_value(good, status, (changes[0],), changes[1]) if changes else without(good, status)
    assert said(document, "config_recorder_on", ROOT)[0] == outcome, name


def test_an_alarm_of_alarms() -> None:
    values = {"alarm_name": "a", "actions_enabled": True, "alarm_actions": None}
    document = plan(resource("aws_cloudwatch_composite_alarm.a", values))
    assert said(document, "cloudwatch_alarm_actions", "aws_cloudwatch_composite_alarm.a")[0] == "fail"


def test_a_required_alarm_may_exist_outside_of_the_plan() -> None:
    document = example("good")
    found = judged(document, "cloudwatch_alarm_actions", required_alarms=("ppbe-*-db-cpu", "other"))
    outcomes = {arn: each.outcome.value for arn, each in found.items()}
    assert outcomes["arn:aws-us-gov:cloudwatch:us-gov-west-1:planned:*"] == "unknown"
    assert outcomes["aws_cloudwatch_metric_alarm.db_cpu"] == "pass"


@pytest.mark.parametrize("how", ["aws_iam_policy_attachment", "managed_policy_arns", "inline_policy"])
def test_a_role_is_given_policies_in_several_ways(how: str) -> None:
    policy = "arn:aws-us-gov:iam::123456789012:policy/p"
    role: dict[str, Any] = {
        "name": "ppbe-task",
        "path": "/",
        "assume_role_policy": TASK_TRUST,
        "inline_policy": [],
        "managed_policy_arns": [],
    }
    attached: list[dict[str, Any]] = []
    if how == "managed_policy_arns":
        role["managed_policy_arns"] = [policy]
    elif how == "inline_policy":
        role["inline_policy"] = [{"name": "all", "policy": EVERYTHING}]
    else:
        attached = [resource(f"{how}.a", {"roles": ["ppbe-task"], "policy_arn": policy})]
    made = resource("aws_iam_policy.p", {"name": "p", "arn": policy, "policy": EVERYTHING}, actions=["no-op"])
    document = plan(resource("aws_iam_role.r", role), made, *attached)
    assert said(document, "iam_role_no_service_wildcard", "aws_iam_role.r")[0] == "fail"


def test_what_a_policy_outside_of_the_plan_allows_is_not_told() -> None:
    role: dict[str, Any] = {"name": "ppbe-task", "path": "/", "assume_role_policy": TASK_TRUST, "inline_policy": []}
    role["managed_policy_arns"] = ["arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"]
    document = plan(resource("aws_iam_role.r", role))
    outcome, reason = said(document, "iam_role_no_service_wildcard", "aws_iam_role.r")
    assert outcome == "unknown"
    assert "what the policy arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess allows" in reason


@pytest.mark.parametrize(
    ("image", "outcome"),
    [
        ("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/api@sha256:" + "0" * 64, "unknown"),
        ("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/api:1.0", "fail"),
        ("123456789012.dkr.ecr.us-gov-east-1.amazonaws.com/api@sha256:" + "0" * 64, "fail"),
        ("docker.io/library/nginx@sha256:" + "0" * 64, "fail"),
    ],
)
def test_images_are_judged_by_their_names(image: str, outcome: str) -> None:
    """Whether the registry has one, a plan does not tell."""
    containers = json.dumps([{"name": "api", "image": image}])
    document = with_value(example("good"), TASK, ("container_definitions",), containers)
    assert said(document, "ecs_task_image_digest_pinned", TASK)[0] == outcome


def test_images_of_another_registry_may_be_allowed() -> None:
    image = "public.ecr.aws/ppbe/api@sha256:" + "0" * 64
    document = with_value(
        example("good"), TASK, ("container_definitions",), json.dumps([{"name": "api", "image": image}])
    )
    found = said(document, "ecs_task_image_digest_pinned", TASK, registry=("public.ecr.aws/ppbe",))
    assert found[0] == "pass"


@pytest.mark.parametrize("definitions", ['{"name": "x"}', "null", "[1]", "x"])
def test_container_definitions_that_are_none_are_unknown(definitions: str) -> None:
    document = with_value(example("good"), TASK, ("container_definitions",), definitions)
    assert said(document, "ecs_task_no_privileged", TASK)[0] == "unknown"
    assert said(document, "ecs_task_image_digest_pinned", TASK)[0] == "unknown"


def test_a_task_definition_without_containers_has_nothing_to_judge() -> None:
    document = with_value(example("good"), TASK, ("container_definitions",), "[]")
    assert said(document, "ecs_task_no_privileged", TASK)[0] == "not_applicable"


def test_a_service_that_leaves_its_platform_to_fargate_takes_the_latest() -> None:
    document = example("good")
    change = change_of(document, "aws_ecs_service.api")
    del change["after"]["platform_version"]
    change["after_unknown"]["platform_version"] = True
    assert said(document, "ecs_service_fargate_latest", "aws_ecs_service.api")[0] == "unknown"
    for each in document["configuration"]["root_module"]["resources"]:
        each["expressions"].pop("platform_version", None)
    assert said(document, "ecs_service_fargate_latest", "aws_ecs_service.api") == (
        "pass",
        "the platform version is LATEST; 1.4.0 or LATEST is required",
    )


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [([{"default_retention": [{"mode": "COMPLIANCE", "days": 0, "years": 7}]}], "pass"), ([], "fail")],
)
def test_object_lock(rule: list[Any], outcome: str) -> None:
    document = plan(
        resource("aws_s3_bucket.b", {"bucket": "ppbe-evidence", "object_lock_enabled": True}, {"versioning": True}),
        resource("aws_s3_bucket_object_lock_configuration.b", {"bucket": "ppbe-evidence", "rule": rule}),
    )
    assert said(document, "s3_object_lock", "aws_s3_bucket.b")[0] == outcome


@pytest.mark.parametrize(("acl", "outcome"), [("private", "pass"), ("public-read", "fail"), (None, "unknown")])
def test_the_access_list_of_the_log_bucket(acl: str | None, outcome: str) -> None:
    document = without(example("good"), 'module.records["trail"].aws_s3_bucket_public_access_block.this')
    document["resource_changes"].append(
        resource("aws_s3_bucket_acl.t", {"bucket": "ppbe-production-trail", "acl": acl})
    )
    assert said(document, "cloudtrail_bucket_not_public", "aws_cloudtrail.main")[0] == outcome


def test_the_policy_of_the_log_bucket() -> None:
    name = "aws_cloudtrail.main"
    document = without(example("good"), 'module.records["trail"].aws_s3_bucket_public_access_block.this')
    assert said(document, "cloudtrail_bucket_not_public", name)[0] == "pass"
    reading = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": reading})
    change_of(document, 'module.records["trail"].aws_s3_bucket_policy.this')["after"]["policy"] = policy
    assert said(document, "cloudtrail_bucket_not_public", name) == (
        "fail",
        (
            "the policy of the log bucket ppbe-production-trail allows everybody s3:GetObject; "
            "its public access block does not ignore that"
        ),
    )


def test_a_policy_that_spells_another_bucket_does_not_close_this_one() -> None:
    """The bucket goes by its address here; its ARN is made of its name."""
    document = example("good")
    change = change_of(document, 'module.records["trail"].aws_s3_bucket_policy.this')
    change["after"]["policy"] = change["after"]["policy"].replace("ppbe-production-trail", "ppbe-production-other")
    assert said(document, "s3_tls_only", 'module.records["trail"].aws_s3_bucket.this')[0] == "fail"
    change["after"]["policy"] = change["after"]["policy"].replace("ppbe-production-other", "ppbe-*")
    assert said(document, "s3_tls_only", 'module.records["trail"].aws_s3_bucket.this')[0] == "pass"


@pytest.mark.parametrize(
    ("subscriptions", "outcome"),
    [([], "fail"), (["http"], "fail"), (["email"], "unknown"), (["https", "http"], "unknown")],
)
def test_who_hears_alerts_is_known_once_they_have_confirmed(subscriptions: list[str], outcome: str) -> None:
    arn = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-alerts"
    topic = resource(
        "aws_sns_topic.t", {"name": "ppbe-alerts", "arn": arn, "kms_master_key_id": None}, {"policy": True}
    )
    topic["change"]["after_unknown"].pop("arn")
    heard = (
        resource(f"aws_sns_topic_subscription.s[{index}]", {"topic_arn": arn, "protocol": protocol})
        for index, protocol in enumerate(subscriptions)
    )
    assert said(plan(topic, *heard), "sns_alert_subscribed", arn)[0] == outcome


def test_a_topic_without_a_policy_gets_that_of_sns() -> None:
    document = plan(
        resource("aws_sns_topic.t", {"name": "t"}, {"policy": True}),
        root={"resources": [configured("aws_sns_topic.t")]},
    )
    assert said(document, "sns_topic_not_public", "aws_sns_topic.t")[0] == "pass"
    document["configuration"]["root_module"]["resources"] = [
        configured("aws_sns_topic.t", {"policy": ["local.policy"]})
    ]
    assert said(document, "sns_topic_not_public", "aws_sns_topic.t")[0] == "unknown"


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"customer_master_key_spec": "RSA_4096"}, "not_applicable"),
        ({"is_enabled": False}, "not_applicable"),
        ({"custom_key_store_id": "cks-1", "xks_key_id": None}, "not_applicable"),
    ],
)
def test_keys_that_cannot_rotate(values: dict[str, Any], outcome: str) -> None:
    document = example("good")
    change_of(document, "aws_kms_key.main")["after"].update(values)
    assert said(document, "kms_cmk_rotation", "aws_kms_key.main")[0] == outcome


def test_a_period_that_nobody_sets_is_that_of_kms() -> None:
    key = {"customer_master_key_spec": "SYMMETRIC_DEFAULT", "is_enabled": True, "custom_key_store_id": None}
    document = plan(
        resource("aws_kms_key.k", {**key, "enable_key_rotation": True}, {"rotation_period_in_days": True}),
        root={"resources": [configured("aws_kms_key.k")]},
    )
    assert said(document, "kms_cmk_rotation", "aws_kms_key.k")[1] == "rotates every 365 days; at most 365 are allowed"


def test_rules_in_json_are_not_read() -> None:
    document = with_value(example("good"), "aws_wafv2_web_acl.main", ("rule_json",), "[]")
    assert said(document, "wafv2_has_rules", "aws_wafv2_web_acl.main")[0] == "unknown"


def test_web_acls_of_cloudfront_are_not_looked_at() -> None:
    document = with_value(example("good"), "aws_wafv2_web_acl.main", ("scope",), "CLOUDFRONT")
    assert not judged(document, "wafv2_has_rules")


def test_a_registry_outside_of_the_plan_may_scan_in_another_way() -> None:
    document = without(example("good"), "aws_ecr_registry_scanning_configuration.main")
    assert said(document, "ecr_scan_on_push", "aws_ecr_repository.api")[0] == "unknown"


@pytest.mark.parametrize(("kind", "outcome"), [("network", "not_applicable"), ("application", "fail")])
def test_only_application_load_balancers_have_web_acls(kind: str, outcome: str) -> None:
    document = without(example("good"), "aws_wafv2_web_acl_association.main")
    document = with_value(document, "aws_lb.main", ("load_balancer_type",), kind)
    assert said(document, "elbv2_waf_attached", "aws_lb.main")[0] == outcome


def test_subnets_outside_of_the_plan_may_be_in_any_zone() -> None:
    document = with_value(example("good"), "aws_lb.main", ("subnets",), ["subnet-1", "subnet-2"])
    assert said(document, "elbv2_multi_az", "aws_lb.main")[0] == "unknown"


def test_a_backup_plan_that_is_too_weak_may_not_be_the_only_one() -> None:
    document = with_value(example("good"), "aws_backup_plan.daily", ("rule", 0, "lifecycle", 0, "delete_after"), 7)
    outcome, reason = said(document, "backup_plan_retention", ROOT)
    assert outcome == "unknown"
    assert reason.startswith("of what the plan holds: no rule of a plan runs at least daily and keeps backups 35 days")
