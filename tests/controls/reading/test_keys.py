"""What the name of a KMS key tells."""

import pytest

from ppbe_observe.controls.reading.keys import is_alias_of_aws


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("alias/aws/rds", True),
        ("arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/aws/rds", True),
        ("alias/ppbe", False),
        ("alias/awsome", False),
        ("arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/ppbe/aws", False),
        ("arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1", False),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", False),
        ("", False),
    ],
)
def test_aliases_of_aws(key: str, *, expected: bool) -> None:
    assert is_alias_of_aws(key) is expected
