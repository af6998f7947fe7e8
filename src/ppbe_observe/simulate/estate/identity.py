"""IAM: roles of the tasks and of the exporter, and the account's password policy."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import ACCOUNT, EXTERNAL_ID, PARTITION, ROLE, Environment, tag_list


def build_task_roles(aws: Aws, env: Environment, secret: str) -> None:
    """The tasks may only read their secret."""
    reads = _policy(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], secret)
    _role(aws, env, f"{env.prefix}-ecs-task", {"Service": "ecs-tasks.amazonaws.com"}, reads)
    _role(aws, env, f"{env.prefix}-ecs-execution", {"Service": "ecs-tasks.amazonaws.com"}, reads)
    writes = _policy(
        ["logs:CreateLogStream", "logs:PutLogEvents"], env.arn("logs", f"log-group:/vpc/{env.prefix}/flow:*")
    )
    _role(aws, env, f"{env.prefix}-flow-logs", {"Service": "vpc-flow-logs.amazonaws.com"}, writes)


def build_observer_role(aws: Aws, env: Environment) -> None:
    """The role that ppbe-observe assumes, from the main account."""
    reads = _policy(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "tag:GetResources"], "*")
    trusted = {"AWS": f"arn:{PARTITION}:iam::{ACCOUNT}:root"}
    condition = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
    _role(aws, env, ROLE, trusted, reads, condition=condition)


def build_password_policy(aws: Aws) -> None:
    """What an assessor expects of FedRAMP Moderate."""
    aws.client("iam").update_account_password_policy(
        MinimumPasswordLength=15,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        MaxPasswordAge=60,
        PasswordReusePrevention=24,
    )


def _role(
    aws: Aws,
    env: Environment,
    name: str,
    principal: Mapping[str, str],
    policy: str,
    *,
    condition: Mapping[str, Any] | None = None,
) -> None:
    iam = aws.client("iam")
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": dict(principal), "Action": "sts:AssumeRole"}
    if condition is not None:
        trust["Condition"] = dict(condition)
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=tag_list(env.tags))
    iam.put_role_policy(RoleName=name, PolicyName="least-privilege", PolicyDocument=policy)


def _policy(actions: Sequence[str], resource: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
