"""Each attribute of the provider that a check rests on: as the good plan has it, otherwise, and known only after apply.

The plan was printed by Terraform, so that names and nesting are its own.
"""

from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.plans import Trail, after_apply, example, judged, said, with_value

DB, CACHE, LB = "aws_db_instance.main", "aws_elasticache_replication_group.main", "aws_lb.main"
BUCKET = 'module.records["backups"].aws_s3_bucket'
RULE = f"{BUCKET}_lifecycle_configuration.this"
REGION = ACCOUNT = "arn:aws-us-gov:iam::planned:root"
OPEN: dict[str, Any] = {
    "cidr_blocks": ["0.0.0.0/0"],
    "description": "",
    "from_port": 0,
    "ipv6_cidr_blocks": [],
    "prefix_list_ids": [],
    "protocol": "-1",
    "security_groups": [],
    "self": False,
    "to_port": 0,
}
ALLOW_ALL: dict[str, Any] = {
    "action": "allow",
    "cidr_block": "0.0.0.0/0",
    "from_port": 0,
    "icmp_code": None,
    "icmp_type": None,
    "ipv6_cidr_block": "",
    "protocol": "tcp",
    "rule_no": 90,
    "to_port": 65535,
}
TRUST = '{"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:*"}}'
ANYBODY = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}'

# check, whose finding, whose attribute, which, a value that fails
CASES: tuple[tuple[str, str, str, Trail, Any], ...] = (
    ("rds_instance_multi_az", DB, DB, ("multi_az",), False),
    ("rds_instance_no_public_access", DB, DB, ("publicly_accessible",), True),
    ("rds_instance_deletion_protection", DB, DB, ("deletion_protection",), None),
    ("rds_instance_backup_retention", DB, DB, ("backup_retention_period",), 29),
    ("rds_instance_log_exports", DB, DB, ("enabled_cloudwatch_logs_exports",), None),
    ("rds_instance_minor_version_upgrade", DB, DB, ("auto_minor_version_upgrade",), False),
    ("rds_instance_enhanced_monitoring", DB, DB, ("monitoring_interval",), 0),
    ("rds_instance_storage_encrypted", DB, DB, ("storage_encrypted",), None),
    ("rds_instance_transport_encrypted", DB, "aws_db_parameter_group.main", ("parameter", 0, "value"), "0"),
    ("elasticache_encryption_at_rest", CACHE, CACHE, ("at_rest_encryption_enabled",), "false"),
    ("elasticache_encryption_in_transit", CACHE, CACHE, ("transit_encryption_enabled",), False),
    ("elasticache_encryption_in_transit", CACHE, CACHE, ("transit_encryption_mode",), "preferred"),
    ("elasticache_automatic_failover", CACHE, CACHE, ("automatic_failover_enabled",), False),
    ("elasticache_multi_az", CACHE, CACHE, ("multi_az_enabled",), False),
    ("elasticache_backup_retention", CACHE, CACHE, ("snapshot_retention_limit",), None),
    ("elasticache_auth_enabled", CACHE, CACHE, ("user_group_ids",), None),
    ("elasticache_minor_version_upgrade", CACHE, CACHE, ("auto_minor_version_upgrade",), "false"),
    ("elbv2_deletion_protection", LB, LB, ("enable_deletion_protection",), False),
    ("elbv2_drop_invalid_headers", LB, LB, ("drop_invalid_header_fields",), False),
    ("elbv2_access_logs", LB, LB, ("access_logs",), []),
    ("elbv2_access_logs", LB, LB, ("access_logs", 0, "enabled"), False),
    ("elbv2_tls_policy", LB, "aws_lb_listener.https", ("ssl_policy",), "ELBSecurityPolicy-2016-08"),
    ("elbv2_tls_fips_policy", LB, "aws_lb_listener.https", ("ssl_policy",), "ELBSecurityPolicy-TLS13-1-2-2021-06"),
    ("elbv2_https_listeners_only", LB, "aws_lb_listener.https", ("protocol",), "HTTP"),
    (
        "s3_versioning",
        f"{BUCKET}.this",
        f"{BUCKET}_versioning.this",
        ("versioning_configuration", 0, "status"),
        "Suspended",
    ),
    ("s3_public_access_block", f"{BUCKET}.this", f"{BUCKET}_public_access_block.this", ("ignore_public_acls",), False),
    (
        "s3_kms_encryption",
        f"{BUCKET}.this",
        f"{BUCKET}_server_side_encryption_configuration.this",
        ("rule", 0, "apply_server_side_encryption_by_default", 0, "sse_algorithm"),
        "AES256",
    ),
    ("s3_lifecycle_retention", f"{BUCKET}.this", RULE, ("rule", 0, "expiration", 0, "days"), 2554),
    ("s3_lifecycle_retention", f"{BUCKET}.this", RULE, ("rule", 0, "status"), "Disabled"),
    ("s3_lifecycle_retention", f"{BUCKET}.this", RULE, ("rule", 0, "filter", 0, "prefix"), "old/"),
    (
        "s3_lifecycle_retention",
        f"{BUCKET}.this",
        RULE,
        ("rule", 0, "noncurrent_version_expiration", 0, "noncurrent_days"),
        1,
    ),
    ("s3_lifecycle_glacier", f"{BUCKET}.this", RULE, ("rule", 0, "transition", 0, "days"), 91),
    ("s3_lifecycle_glacier", f"{BUCKET}.this", RULE, ("rule", 0, "transition", 0, "storage_class"), "STANDARD_IA"),
    ("s3_tls_only", f"{BUCKET}.this", f"{BUCKET}_policy.this", ("policy",), ANYBODY),
    (
        "s3_account_public_access_block",
        ACCOUNT,
        "aws_s3_account_public_access_block.main",
        ("block_public_acls",),
        None,
    ),
    ("kms_cmk_rotation", "aws_kms_key.main", "aws_kms_key.main", ("enable_key_rotation",), False),
    ("kms_cmk_rotation", "aws_kms_key.main", "aws_kms_key.main", ("rotation_period_in_days",), 730),
    ("kms_key_not_public", "aws_kms_key.main", "aws_kms_key.main", ("policy",), ANYBODY),
    ("log_group_retention", "aws_cloudwatch_log_group.api", "aws_cloudwatch_log_group.api", ("retention_in_days",), 30),
    ("log_group_kms", "aws_cloudwatch_log_group.api", "aws_cloudwatch_log_group.api", ("kms_key_id",), None),
    ("ecr_tag_immutability", "aws_ecr_repository.api", "aws_ecr_repository.api", ("image_tag_mutability",), "MUTABLE"),
    (
        "ecs_cluster_container_insights",
        "aws_ecs_cluster.main",
        "aws_ecs_cluster.main",
        ("setting", 0, "value"),
        "disabled",
    ),
    (
        "ecs_service_no_public_ip",
        "aws_ecs_service.api",
        "aws_ecs_service.api",
        ("network_configuration", 0, "assign_public_ip"),
        True,
    ),
    ("ecs_service_fargate_latest", "aws_ecs_service.api", "aws_ecs_service.api", ("platform_version",), "1.3.0"),
    (
        "ecs_task_no_privileged",
        "aws_ecs_task_definition.api",
        "aws_ecs_task_definition.api",
        ("container_definitions",),
        '[{"Name": "api", "Image": "a", "Privileged": true}]',
    ),
    (
        "ecs_task_no_env_secrets",
        "aws_ecs_task_definition.api",
        "aws_ecs_task_definition.api",
        ("container_definitions",),
        '[{"name": "api", "image": "a", "Environment": [{"Name": "API_TOKEN", "Value": "x"}]}]',
    ),
    ("sg_only_authorized_ports", "aws_security_group.alb", "aws_security_group.alb", ("ingress",), [OPEN]),
    (
        "sg_only_authorized_ports",
        "aws_security_group.tasks",
        "aws_vpc_security_group_ingress_rule.tasks_from_alb",
        ("cidr_ipv4",),
        "0.0.0.0/0",
    ),
    (
        "sg_no_postgres_from_internet",
        "aws_security_group.database",
        "aws_security_group_rule.database_from_tasks",
        ("ipv6_cidr_blocks",),
        ["::/0"],
    ),
    ("nacl_no_ssh_from_internet", "aws_network_acl.private", "aws_network_acl.private", ("ingress",), [ALLOW_ALL]),
    ("subnet_no_auto_public_ip", "aws_subnet.public[1]", "aws_subnet.public[1]", ("map_public_ip_on_launch",), True),
    ("vpc_flow_logs_enabled", "aws_vpc.main", "aws_flow_log.main", ("traffic_type",), "REJECT"),
    (
        "vpc_endpoints_present",
        "aws_vpc.main",
        "aws_vpc_endpoint.gateway",
        ("service_name",),
        "com.amazonaws.us-gov-west-1.sqs",
    ),
    ("ebs_encryption_by_default", REGION, "aws_ebs_encryption_by_default.main", ("enabled",), False),
    ("iam_no_admin_policies", "aws_iam_policy.execution", "aws_iam_policy.execution", ("policy",), ANYBODY),
    ("iam_inline_no_admin", "aws_iam_role.task", "aws_iam_role_policy.task", ("policy",), ANYBODY),
    ("iam_role_no_service_wildcard", "aws_iam_role.execution", "aws_iam_policy.execution", ("policy",), ANYBODY),
    (
        "iam_role_trust_confused_deputy",
        "aws_iam_role.task",
        "aws_iam_role.task",
        ("assume_role_policy",),
        TRUST,
    ),
    ("iam_password_policy", ACCOUNT, "aws_iam_account_password_policy.main", ("minimum_password_length",), 8),
    ("iam_password_policy", ACCOUNT, "aws_iam_account_password_policy.main", ("require_symbols",), False),
    ("cloudtrail_kms", "aws_cloudtrail.main", "aws_cloudtrail.main", ("kms_key_id",), None),
    ("cloudtrail_log_validation", "aws_cloudtrail.main", "aws_cloudtrail.main", ("enable_log_file_validation",), False),
    ("sns_topic_kms", "aws_sns_topic.alerts", "aws_sns_topic.alerts", ("kms_master_key_id",), "alias/aws/sns"),
    ("sns_topic_not_public", "aws_sns_topic.alerts", "aws_sns_topic_policy.alerts", ("policy",), ANYBODY),
    (
        "secret_kms_cmk",
        "aws_secretsmanager_secret.database",
        "aws_secretsmanager_secret.database",
        ("kms_key_id",),
        None,
    ),
    (
        "cloudwatch_alarm_actions",
        "aws_cloudwatch_metric_alarm.db_cpu",
        "aws_cloudwatch_metric_alarm.db_cpu",
        ("actions_enabled",),
        False,
    ),
    ("wafv2_has_rules", "aws_wafv2_web_acl.main", "aws_wafv2_web_acl.main", ("rule",), []),
    (
        "wafv2_managed_rule_groups",
        "aws_wafv2_web_acl.main",
        "aws_wafv2_web_acl.main",
        ("rule", 0, "override_action"),
        [{"count": [{}], "none": []}],
    ),
    (
        "wafv2_managed_rule_groups",
        "aws_wafv2_web_acl.main",
        "aws_wafv2_web_acl.main",
        ("rule", 0, "statement", 0, "managed_rule_group_statement", 0, "name"),
        "AWSManagedRulesSQLiRuleSet",
    ),
)
KEYS = {"kms_key_id", "kms_master_key_id"}
"""Found by the references of the configuration, known or not."""


@pytest.mark.parametrize(("check", "owner", "address", "trail", "value"), CASES)
def test_an_attribute_as_it_should_be_otherwise_and_known_only_after_apply(
    check: str, owner: str, address: str, trail: Trail, value: Any
) -> None:
    good = example("good")
    outcome, _ = said(good, check, owner)
    assert outcome == ("unknown" if check == "vpc_flow_logs_enabled" else "pass")  # that they arrive is never known

    outcome, reason = said(with_value(good, address, trail, value), check, owner)
    assert outcome == "fail", reason

    if trail[-1] not in KEYS:
        outcome, reason = said(after_apply(good, address, trail), check, owner)
        assert outcome == "unknown", reason
        assert reason.startswith("partial: terraform:plan: known only after apply: ")


def test_an_unknown_names_the_plan_as_what_did_not_tell() -> None:
    finding = judged(after_apply(example("good"), DB, ("multi_az",)), "rds_instance_multi_az")[DB]
    assert (finding.verdict.cause, finding.verdict.operation) == (Reason.PARTIAL, "terraform:plan")
