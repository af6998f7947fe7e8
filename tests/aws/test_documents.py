"""What S3 says is read only where it is the document that the operation answers with."""

import pytest
from botocore.exceptions import ClientError

from ppbe_observe.aws.identity.documents import check_document
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason
from support.aws_sessions import GOV, playing
from support.fake_aws import raw

VERSIONING = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the answer is not XML: no element found: line 1, column 0"),
        (VERSIONING[:20], "the answer is not XML: unclosed token: line 1, column 0"),
        (b"<html><body>busy</body></html>", "the answer is a document 'html', not VersioningConfiguration"),
        (
            b"<LifecycleConfiguration/>",
            "the answer is a document 'LifecycleConfiguration', not VersioningConfiguration",
        ),
    ],
)
def test_another_document_is_no_answer(body: bytes, detail: str) -> None:
    with pytest.raises(AwsError) as caught:
        check_document("s3:GetBucketVersioning", body)
    assert caught.value.failure == Failure(Reason.MALFORMED, "s3:GetBucketVersioning", detail)


def test_what_is_read_further() -> None:
    check_document("s3:GetBucketVersioning", VERSIONING)
    check_document("s3:GetBucketVersioning", b"<Error><Code>InternalError</Code></Error>")
    check_document("s3:GetBucketVersioning", b"<GetBucketVersioningResponse/>")
    check_document("s3:GetBucketPolicy", b'{"Statement": []}')


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<ListAllMyBucketsResult><Buck"])
def test_an_answer_that_is_none_is_not_an_account_without_buckets(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    with playing(monkeypatch, default=raw(body)) as local, pytest.raises(AwsError) as caught:
        local.session(GOV).client("s3").list_buckets()
    assert caught.value.failure.reason is Reason.MALFORMED
    assert caught.value.failure.operation == "s3:ListBuckets"
    assert [each.failure for each in local.calls] == [caught.value.failure]


def test_an_error_in_a_good_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    error = raw(b"<Error><Code>InternalError</Code><Message>no</Message></Error>")
    with playing(monkeypatch, error, default=raw(VERSIONING)) as local:
        answer = local.session(GOV).client("s3").get_bucket_versioning(Bucket="bucket")
    assert "Status" not in answer
    assert len(local.server.requests) == 2


def test_an_error_that_stays_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with playing(monkeypatch, default=raw(b"<html/>", status=404)) as local, pytest.raises(ClientError):
        local.session(GOV).client("s3").get_bucket_versioning(Bucket="bucket")
