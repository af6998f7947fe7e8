"""Users, roles and policies for the tests of IAM's checks, made through boto3 or as AWS answers."""

import base64
import json
from typing import Any

from support.gathering import LocalSession, answer

ACCOUNT = "123456789012"
REPORT = "iam:GetCredentialReport"
ROW = {
    "user": "alice",
    "arn": f"arn:aws-us-gov:iam::{ACCOUNT}:user/alice",
    "user_creation_time": "2020-01-01T00:00:00+00:00",
    "password_enabled": "false",
    "password_last_used": "N/A",
    "password_last_changed": "N/A",
    "password_next_rotation": "N/A",
    "mfa_active": "false",
    "access_key_1_active": "false",
    "access_key_1_last_rotated": "N/A",
    "access_key_1_last_used_date": "N/A",
    "access_key_1_last_used_region": "N/A",
    "access_key_1_last_used_service": "N/A",
    "access_key_2_active": "false",
    "access_key_2_last_rotated": "N/A",
    "access_key_2_last_used_date": "N/A",
    "access_key_2_last_used_region": "N/A",
    "access_key_2_last_used_service": "N/A",
    "cert_1_active": "false",
    "cert_1_last_rotated": "N/A",
    "cert_2_active": "false",
    "cert_2_last_rotated": "N/A",
}
ROOT_ROW = {
    **ROW,
    "user": "<root_account>",
    "arn": f"arn:aws-us-gov:iam::{ACCOUNT}:root",
    "password_enabled": "not_supported",
    "password_last_used": "no_information",
    "password_last_changed": "not_supported",
    "password_next_rotation": "not_supported",
}
"""The columns that the IAM User Guide documents ("Generate credential reports"), and how it shows the root user."""


def report(*rows: dict[str, str]) -> bytes:
    """A credential report: moto can neither put back the clock nor tell of the root user."""
    lines = [",".join(ROW), *(",".join(row.values()) for row in rows)]
    return "\n".join(lines).encode()


def told(session: LocalSession, *rows: dict[str, str]) -> None:
    """Let AWS answer with this report."""
    reported(session, report(*rows))


def reported(session: LocalSession, content: bytes) -> None:
    """Let AWS answer with a report of any content."""
    body = xml("GetCredentialReport", f"<Content>{base64.b64encode(content).decode()}</Content>")
    session.faults[REPORT] = lambda: answer(200, body)


def xml(operation: str, result: str) -> str:
    """An answer of IAM, which speaks XML."""
    return (
        f"<{operation}Response><{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    )


def document(*statements: dict[str, Any]) -> str:
    """A policy document; a single statement is not in a list."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements[0] if len(statements) == 1 else statements})


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement of an identity policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(service: Any = "ecs-tasks.amazonaws.com", **more: Any) -> dict[str, Any]:
    """A statement of a trust policy."""
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}


def role(
    session: LocalSession, name: str = "ppbe-production-ecs-task", *trusted: dict[str, Any], path: str = "/"
) -> str:
    """A role; ECS tasks may assume it unless other trust is given."""
    iam = session.client("iam")
    written = document(*(trusted or (trust(),)))
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=written, Path=path)["Role"]["Arn"])


def inline(
    session: LocalSession, written: str, name: str = "inline", role_name: str = "ppbe-production-ecs-task"
) -> None:
    """Write a policy in a role."""
    session.client("iam").put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=written)


def attached(
    session: LocalSession, written: str, name: str = "attached", role_name: str = "ppbe-production-ecs-task"
) -> str:
    """A policy of the account, attached to a role."""
    iam = session.client("iam")
    arn = str(iam.create_policy(PolicyName=name, PolicyDocument=written)["Policy"]["Arn"])
    iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    return arn
