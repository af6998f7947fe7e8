"""IAM: roles of the estate and of the exporter, the account's password policy, and a user that nobody took away.

Checks must find fault with the user: a password without MFA, and a key that is old and unused.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import set_old
from ppbe_observe.simulate.estate.places import ACCOUNT, EXTERNAL_ID, PARTITION, ROLE, Environment, tag_list

FORGOTTEN_USER = "m.sample-contractor"
_DEPLOYER = "ppbe-github-actions"


def build_task_roles(aws: Aws, env: Environment, secret: str) -> None:
    """The tasks may only read their secret."""
    reads = _policy(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], secret)
    _role(aws, env, f"{env.prefix}-ecs-task", {"Service": "ecs-tasks.amazonaws.com"}, reads)
    _role(aws, env, f"{env.prefix}-ecs-execution", {"Service": "ecs-tasks.amazonaws.com"}, reads)
    pulls = _policy(["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "logs:PutLogEvents"], "*")
    _attach(aws, env, f"{env.prefix}-ecs-execution", pulls)
    writes = _policy(
        ["logs:CreateLogStream", "logs:PutLogEvents"], env.arn("logs", f"log-group:/vpc/{env.prefix}/flow:*")
    )
    _role(aws, env, f"{env.prefix}-flow-logs", {"Service": "vpc-flow-logs.amazonaws.com"}, writes)
    metrics = _policy(
        ["logs:CreateLogStream", "logs:PutLogEvents"], env.arn("logs", "log-group:RDSOSMetrics:log-stream:*")
    )
    _role(aws, env, f"{env.prefix}-rds-monitoring", {"Service": "monitoring.rds.amazonaws.com"}, metrics)


def build_trail_role(aws: Aws, env: Environment, log_group: str) -> str:
    """The role by which CloudTrail writes to its log group; its ARN."""
    writes = _policy(["logs:CreateLogStream", "logs:PutLogEvents"], env.arn("logs", f"log-group:{log_group}:*"))
    _role(aws, env, "ppbe-cloudtrail-logs", {"Service": "cloudtrail.amazonaws.com"}, writes)
    return env.arn("iam", "role/ppbe-cloudtrail-logs", region=False)


def build_deployment_role(aws: Aws, env: Environment) -> None:
    """What GitHub Actions deploys as: a managed policy, attached."""
    iam = aws.client("iam")
    provider = env.arn("iam", "oidc-provider/token.actions.githubusercontent.com", region=False)
    subject = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:ppbe/ppbe:*"}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": subject,
    }
    iam.create_role(RoleName=_DEPLOYER, AssumeRolePolicyDocument=_document(trust), Tags=tag_list(env.tags))
    deploys = _policy(["ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:DescribeServices"], "*")
    _attach(aws, env, _DEPLOYER, deploys)


def build_forgotten_user(aws: Aws, env: Environment) -> None:
    """A contractor's, from before there was single sign-on."""
    iam = aws.client("iam")
    iam.create_user(UserName=FORGOTTEN_USER)
    iam.create_login_profile(UserName=FORGOTTEN_USER, Password=secrets.token_urlsafe())
    iam.create_access_key(UserName=FORGOTTEN_USER)
    set_old(env, FORGOTTEN_USER, days=200)


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
    trust = {
        "Effect": "Allow",
        "Principal": dict(principal),
        "Action": "sts:AssumeRole",
        # Services act for this account only: none can be made to by another customer of AWS.
        "Condition": dict(condition or {"StringEquals": {"aws:SourceAccount": env.account_id}}),
    }
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust), Tags=tag_list(env.tags))
    iam.put_role_policy(RoleName=name, PolicyName="least-privilege", PolicyDocument=policy)


def _attach(aws: Aws, env: Environment, role: str, policy: str) -> None:
    """A managed policy of the role's name."""
    iam = aws.client("iam")
    arn = iam.create_policy(PolicyName=role, PolicyDocument=policy, Tags=tag_list(env.tags))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)


def _policy(actions: Sequence[str], resource: str) -> str:
    return _document({"Effect": "Allow", "Action": list(actions), "Resource": resource})


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(statement)]})
