"""KMS: one key per environment, rotated."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import Environment


def key_of(aws: Aws, env: Environment) -> str:
    """The ARN of a key that was built."""
    return str(aws.client("kms").describe_key(KeyId=env.key_alias)["KeyMetadata"]["Arn"])


def build_key(aws: Aws, env: Environment) -> str:
    """The ARN of the environment's key."""
    kms = aws.client("kms")
    made = kms.create_key(
        Description=f"{env.prefix}: data at rest",
        Tags=[{"TagKey": key, "TagValue": value} for key, value in env.tags.items()],
    )["KeyMetadata"]
    kms.create_alias(AliasName=env.key_alias, TargetKeyId=made["KeyId"])
    kms.enable_key_rotation(KeyId=made["KeyId"])
    return str(made["Arn"])
