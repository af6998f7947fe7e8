"""Secrets (Secrets Manager). What is in them is never looked at. Pure."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, absent, key, own_key, told, untold_answer

_TYPE = "aws_secretsmanager_secret"


def _rotates(secret: Planned) -> bool:
    return bool(secret.plan.part_of(secret, "secret_id", f"{_TYPE}_rotation"))


def _policy(secret: Planned) -> Mapping[str, Any]:
    try:
        found = secret.plan.part_of(secret, "secret_arn", f"{_TYPE}_policy")
    except Unseen:
        if secret.attributes.after_apply("policy"):
            raise
        found = None
    if found:
        return {"ResourcePolicy": told("policy")(found)}
    if secret.leaves_out("policy") or not secret["policy"]:
        return {}
    return {"ResourcePolicy": secret["policy"]}


DESCRIPTIONS = (
    Description(
        (_TYPE,),
        "secretsmanager:secret",
        {
            "Name": told("name"),
            "KmsKeyId": key(),
            "OwningService": absent,  # what a service owns Terraform does not make
            "PrimaryRegion": absent,  # replicas are blocks of the primary secret
            "RotationEnabled": _rotates,
        },
        {
            "kms:DescribeKey": own_key(),
            "secretsmanager:DescribeSecret": untold_answer("when the secret was rotated last"),
            "secretsmanager:GetResourcePolicy": _policy,
        },
    ),
)
