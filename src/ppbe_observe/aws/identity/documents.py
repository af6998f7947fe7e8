"""Whether an answer in XML is the document that its operation answers with. Pure.

botocore takes any XML for the answer, and members that it does not find for absent: an empty body, or the page of a
proxy, would read as an account without buckets.
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.etree.ElementTree import ParseError, XMLParser

from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

_ERROR = "Error"
_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "ListBuckets": "ListAllMyBucketsResult",
        "GetBucketVersioning": "VersioningConfiguration",
        "GetBucketEncryption": "ServerSideEncryptionConfiguration",
        "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
        "GetPublicAccessBlock": "PublicAccessBlockConfiguration",
        "GetBucketLogging": "BucketLoggingStatus",
        "GetObjectLockConfiguration": "ObjectLockConfiguration",
        "GetBucketAcl": "AccessControlPolicy",
    }
)
"""The first element by the operation (S3 API reference, "Response Syntax" of each)."""


def check_document(operation: str, body: bytes) -> None:
    """See that an answer is what its operation answers with; an operation that is not known here may answer anything.

    S3 may say 200 and then an error: botocore understands that, and tries again. What only speaks like S3 may name a
    document after its operation (``GetBucketVersioningResponse``).

    Raises:
        AwsError: It is not (reason ``malformed``).
    """
    name = operation.partition(":")[2]
    if (expected := _ROOTS.get(name)) is None:
        return
    root = _root(operation, body)
    if root not in {expected, _ERROR} and not root.startswith(name):
        raise _malformed(operation, f"the answer is a document {root!r}, not {expected}")


def _root(operation: str, body: bytes) -> str:
    parser = XMLParser()  # noqa: S314 - botocore reads the same bytes with it next
    try:
        parser.feed(body)
        return str(parser.close().tag).rpartition("}")[2]
    except ParseError as error:
        raise _malformed(operation, f"the answer is not XML: {error}") from error


def _malformed(operation: str, detail: str) -> AwsError:
    return AwsError(Failure(Reason.MALFORMED, operation, detail))
