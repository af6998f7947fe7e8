"""KMS keys as services name them: by id, by ARN, or by an alias. Pure."""

_AWS_ALIAS = "alias/aws/"


def is_alias_of_aws(key: str) -> bool:
    """Whether it is an alias that only AWS's own keys have, by name or ARN; an id or the ARN of a key tells nothing.

    Source: KMS API reference, CreateAlias: the prefix alias/aws/ is reserved for AWS managed keys.
    """
    return key.rpartition(":")[2].startswith(_AWS_ALIAS)
