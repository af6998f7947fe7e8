"""Every way in which an AWS call fails has one reason, and a detail that may be shown to anybody."""

import orjson
import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.aws.failures import clean, failure_of, reason_of
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

OPERATION = "rds:DescribeDBInstances"

CODES = [
    ("Throttling", 400, Reason.THROTTLED),
    ("ThrottlingException", 400, Reason.THROTTLED),
    ("RequestLimitExceeded", 503, Reason.THROTTLED),
    ("TooManyRequestsException", 429, Reason.THROTTLED),
    ("SlowDown", 503, Reason.THROTTLED),
    ("", 429, Reason.THROTTLED),
    ("AccessDenied", 403, Reason.DENIED),
    ("AccessDeniedException", 400, Reason.DENIED),
    ("UnauthorizedOperation", 403, Reason.DENIED),
    ("AuthorizationError", 403, Reason.DENIED),
    ("Forbidden", 403, Reason.DENIED),
    ("InvalidClientTokenId", 403, Reason.DENIED),
    ("UnrecognizedClientException", 400, Reason.DENIED),
    ("SignatureDoesNotMatch", 403, Reason.DENIED),
    ("", 403, Reason.DENIED),
    ("", 401, Reason.DENIED),
    ("ExpiredToken", 403, Reason.EXPIRED),
    ("ExpiredTokenException", 400, Reason.EXPIRED),
    ("RequestExpired", 400, Reason.EXPIRED),
    ("RequestTimeTooSkewed", 403, Reason.SKEWED),
    ("InternalFailure", 500, Reason.SERVER),
    ("ServiceUnavailable", 503, Reason.SERVER),
    ("NewFault", 500, Reason.SERVER),
    ("", 502, Reason.SERVER),
    ("RequestTimeout", 400, Reason.TIMEOUT),
    ("InvalidAction", 400, Reason.UNSUPPORTED),
    ("UnknownOperationException", 400, Reason.UNSUPPORTED),
    ("OptInRequired", 403, Reason.UNSUPPORTED),
    ("", 501, Reason.UNSUPPORTED),
    ("ValidationError", 400, Reason.REJECTED),
    ("InvalidParameterValue", 400, Reason.REJECTED),
    ("DBInstanceNotFound", 404, Reason.REJECTED),
    ("404", 404, Reason.UNSUPPORTED),  # a page that is no answer of AWS: nobody there knows the operation
    ("405", 405, Reason.UNSUPPORTED),
    ("403", 403, Reason.DENIED),
]


def answered(code: str, status: int, message: str = "no") -> boto.ClientError:
    return boto.ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # as much of it as an answer needs
        "DescribeDBInstances",
    )


@pytest.mark.parametrize(("code", "status", "reason"), CODES)
def test_an_error_answer_is_named_by_its_code_and_else_by_its_status(code: str, status: int, reason: Reason) -> None:
    assert failure_of(answered(code, status), OPERATION) == Failure(reason, OPERATION, f"{code}: no")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SignatureDoesNotMatch", "Signature expired: 20261102T120000Z is now earlier than 20261102T121500Z"),
        (
            "InvalidSignatureException",
            "Signature not yet current: 20261102T120000Z is still later than 20261102T110000Z",
        ),
        ("AuthFailure", "The difference between the request time and the current time is too large."),
        ("RequestExpired", "Signature expired: 20261102T120000Z is now earlier than 20261102T121500Z"),
    ],
)
def test_a_wrong_clock_is_told_apart_by_the_text(code: str, message: str) -> None:
    assert reason_of(code, 403, message) is Reason.SKEWED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (boto.ConnectTimeoutError(endpoint_url="https://x"), Reason.TIMEOUT),
        (boto.ReadTimeoutError(endpoint_url="https://x"), Reason.TIMEOUT),
        (TimeoutError("timed out"), Reason.TIMEOUT),
        (boto.EndpointConnectionError(endpoint_url="https://x"), Reason.UNREACHABLE),
        (boto.ConnectionClosedError(endpoint_url="https://x"), Reason.UNREACHABLE),
        (boto.SSLError(endpoint_url="https://x", error=OSError("bad")), Reason.UNREACHABLE),
        (boto.ProxyConnectionError(proxy_url="http://p"), Reason.UNREACHABLE),
        (boto.HTTPClientError(error="odd"), Reason.UNREACHABLE),
        (ConnectionResetError(104, "reset"), Reason.UNREACHABLE),
        (boto.NoCredentialsError(), Reason.DENIED),
        (boto.PartialCredentialsError(provider="env", cred_var="secret"), Reason.DENIED),
        (boto.ProfileNotFound(profile="x"), Reason.DENIED),
        (boto.CredentialRetrievalError(provider="iam-role", error_msg="no"), Reason.DENIED),
        (boto.UnauthorizedSSOTokenError(), Reason.EXPIRED),
        (boto.ParamValidationError(report="Missing required parameter"), Reason.REJECTED),
        (ResponseParserError("Unable to parse response"), Reason.MALFORMED),
        (boto.ResponseStreamingError(error="ended early"), Reason.MALFORMED),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), Reason.MALFORMED),
        (boto.UnknownServiceError(service_name="x", known_service_names="y"), Reason.UNSUPPORTED),
        (boto.EndpointProviderError(msg="no rule"), Reason.UNSUPPORTED),
        (boto.NoRegionError(), Reason.UNSUPPORTED),
        (RuntimeError("a bug"), Reason.INTERNAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_an_error_without_an_answer_has_a_reason_too(error: Exception, reason: Reason) -> None:
    failure = failure_of(error, OPERATION)
    assert (failure.reason, failure.operation) == (reason, OPERATION)
    assert failure.detail


def test_json_that_cannot_be_read_is_malformed() -> None:
    with pytest.raises(orjson.JSONDecodeError) as caught:
        orjson.loads(b'{"half":')
    assert failure_of(caught.value, OPERATION).reason is Reason.MALFORMED


def test_a_failure_that_is_already_known_stays_as_it_is() -> None:
    """An AssumeRole that was refused is not renamed to the call that needed it."""
    known = Failure(Reason.DENIED, "sts:AssumeRole", "role refused")
    assert failure_of(AwsError(known), OPERATION) is known


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The key AKIAIOSFODNN7EXAMPLE is unknown", "The key *** is unknown"),
        ("token " + "IQoJb3JpZ2luX2VjE" * 20 + " is bad", "token *** is bad"),
        (
            "Failed to connect to proxy http://user:secret@proxy.test:8080",
            "Failed to connect to proxy http://***proxy.test:8080",
        ),
        (
            "The signature does not match.\n\nThe Canonical String should have been\nx-amz-security-token:abc",
            "The signature does not match.",
        ),
        ("tab\there \x1b[31mred", "tab here [31mred"),
    ],
)
def test_a_detail_holds_no_credentials_and_is_one_line(said: str, shown: str) -> None:
    assert clean(said) == shown


@given(st.text())
def test_any_text_becomes_one_short_printable_line(text: str) -> None:
    shown = clean(text)
    assert len(shown) <= 240
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in shown)
