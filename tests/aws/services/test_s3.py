"""Which buckets are asked about, and as whose."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from ppbe_observe.model import Observation, Target
from support.gathering import LocalSession, answer

VERSIONING = "s3:GetBucketVersioning"


def look(session: LocalSession, **wanted: set[str]) -> Observation:
    kinds = wanted or {"s3:bucket": {VERSIONING}}
    return observe(session, Inventory(session, timedelta(minutes=5)), kinds, datetime.now(UTC), monotonic() + 60)


def buckets(session: LocalSession, *names: str) -> None:
    region: Any = {"LocationConstraint": session.target.region}
    for name in names:
        session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=region)


def found(observation: Observation) -> list[str]:
    return [each.facts["Name"] for each in observation.kinds["s3:bucket"].resources]


def test_a_bucket_of_another_region_is_asked_there(local_session: LocalSession) -> None:
    east = LocalSession(local_session.endpoint, Target("123456789012", "us-gov-east-1", partition="aws-us-gov"))
    buckets(local_session, "ppbe-west")
    buckets(east, "ppbe-east")
    assert found(look(local_session)) == ["ppbe-west"]
    assert found(look(east)) == ["ppbe-east"]
    assert (local_session.calls[VERSIONING], east.calls[VERSIONING]) == (1, 1)


def test_a_bucket_of_another_region_that_is_listed_all_the_same(local_session: LocalSession) -> None:
    """Moto heeds the filter, but does not tell the region of a bucket."""
    buckets(local_session, "ppbe-west")
    listed = "".join(
        f"<Bucket><Name>{name}</Name><BucketRegion>{region}</BucketRegion></Bucket>"
        for name, region in (("ppbe-west", "us-gov-west-1"), ("ppbe-east", "us-gov-east-1"))
    )
    body = f"<ListAllMyBucketsResult><Buckets>{listed}</Buckets></ListAllMyBucketsResult>"
    local_session.faults["s3:ListBuckets"] = lambda: answer(200, body)
    assert found(look(local_session)) == ["ppbe-west"]
    assert local_session.calls[VERSIONING] == 1


def test_a_bucket_deleted_since_it_was_listed_is_left_out(local_session: LocalSession) -> None:
    buckets(local_session, "ppbe-west")
    body = "<Error><Code>NoSuchBucket</Code></Error>"
    local_session.faults[VERSIONING] = lambda: answer(404, body)
    assert look(local_session).kinds["s3:bucket"].resources == ()


def test_the_account_is_asked_about_itself(local_session: LocalSession) -> None:
    """Moto takes no notice of whose block is asked for unless it is another account's."""
    operation = "s3control:GetPublicAccessBlock"
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    local_session.client("s3control").put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration=block,
    )
    (account,) = look(local_session, **{"aws:account": {operation}}).kinds["aws:account"].resources
    assert account.details[operation].value == {"PublicAccessBlockConfiguration": block}  # type: ignore[union-attr]
