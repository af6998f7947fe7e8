"""Secrets Manager: the database password."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import set_rotation
from ppbe_observe.simulate.estate.places import Environment, tag_list


def build_secret(aws: Aws, env: Environment, key: str) -> str:
    """The ARN of the secret."""
    name = f"ppbe/{env.name}/database/password"
    answer = aws.client("secretsmanager").create_secret(
        Name=name,
        Description="Password of the application's database user",
        SecretString="simulated-only",
        KmsKeyId=key,
        Tags=tag_list(env.tags),
    )
    set_rotation(env, name)
    return str(answer["ARN"])
