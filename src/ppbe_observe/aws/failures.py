"""What went wrong in an AWS call, in the words of the metrics. Pure.

Invariants: every error has exactly one reason; a detail is one short line without credentials.
Error codes are those of the services' "Common Errors" pages and of botocore's own retry tables.
"""

import re
from collections.abc import Mapping
from json import JSONDecodeError
from xml.etree.ElementTree import ParseError

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

_CODES: Mapping[Reason, tuple[str, ...]] = {
    Reason.THROTTLED: (
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ),
    Reason.DENIED: (
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    ),
    Reason.EXPIRED: ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
    Reason.SKEWED: ("RequestTimeTooSkewed", "RequestInTheFuture"),
    Reason.TIMEOUT: ("RequestTimeout", "RequestTimeoutException"),
    Reason.SERVER: (
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InternalServiceFault",
        "InternalServiceFaultException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Unavailable",
    ),
    Reason.UNSUPPORTED: (
        "InvalidAction",
        "NotImplemented",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnknownOperationException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    ),
}
_REASONS = {code: reason for reason, codes in _CODES.items() for code in codes}

# AWS tells a wrong clock apart only in the text: "Signature expired: 20261123T120000Z is now earlier than ...",
# "Signature not yet current", "The difference between the request time and the current time is too large".
_CLOCK_TEXT = re.compile(
    r"signature (?:has )?expired|not yet current|time.{0,40}too (?:large|skewed)|skew", re.IGNORECASE
)
_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"  # access key ids
    r"|[A-Za-z0-9+/=_-]{80,}"  # session tokens and encoded authorization messages
    r"|(?<=://)[^/\s@]+@"  # user and password of a proxy
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_LONGEST = 240  # characters of a detail: a log line and a table cell hold it

_ERRORS: tuple[tuple[Reason, tuple[type[BaseException], ...]], ...] = (
    (Reason.TIMEOUT, (boto.ConnectTimeoutError, boto.ReadTimeoutError, TimeoutError)),
    (
        Reason.MALFORMED,
        (
            boto.ResponseStreamingError,
            boto.IncompleteReadError,
            boto.ChecksumError,
            boto.FlexibleChecksumError,
            ResponseParserError,
            ParseError,
            JSONDecodeError,
            UnicodeDecodeError,
            boto.PaginationError,
        ),
    ),
    (Reason.EXPIRED, (boto.UnauthorizedSSOTokenError, boto.LoginRefreshRequired)),
    (
        Reason.DENIED,
        (
            boto.NoCredentialsError,
            boto.PartialCredentialsError,
            boto.CredentialRetrievalError,
            boto.TokenRetrievalError,
            boto.NoAuthTokenError,
            boto.ProfileNotFound,
            boto.SSOError,
            boto.LoginError,
        ),
    ),
    (Reason.REJECTED, (boto.ParamValidationError, boto.ValidationError)),
    (
        Reason.UNSUPPORTED,
        (
            boto.DataNotFoundError,
            boto.BaseEndpointResolverError,
            boto.EndpointProviderError,
            boto.ServiceNotInRegionError,
            boto.UnknownRegionError,
        ),
    ),
    (Reason.UNREACHABLE, (boto.ConnectionError, boto.HTTPClientError, OSError)),
)


def failure_of(error: BaseException, operation: str) -> Failure:
    """The failure an exception stands for; ``operation`` is ``service:Operation``."""
    if isinstance(error, AwsError):
        return error.failure
    if isinstance(error, boto.ClientError):
        return _of_answer(error, operation)
    for reason, kinds in _ERRORS:
        if isinstance(error, kinds):
            return Failure(reason, operation, clean(str(error) or type(error).__name__))
    return Failure(Reason.INTERNAL, operation, clean(f"{type(error).__name__}: {error}"))


def reason_of(code: str, status: int, message: str) -> Reason:
    """The reason behind an error answer: its code, else its HTTP status, and its text where that decides."""
    reason = _REASONS.get(code) or _reason_of_status(status, code)
    if reason in {Reason.DENIED, Reason.EXPIRED, Reason.REJECTED} and _CLOCK_TEXT.search(message):
        return Reason.SKEWED
    return reason


def clean(text: str) -> str:
    """One short line of what AWS said, without credentials or control characters."""
    line = " ".join(_CONTROL.sub(" ", text.strip().partition("\n")[0]).split())
    line = _SECRETS.sub("***", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _reason_of_status(status: int, code: str) -> Reason:
    if status in {404, 405} and code == str(status):
        return Reason.UNSUPPORTED  # no AWS error at all: whoever answers does not know the operation
    if status == 429:  # noqa: PLR2004 - Too Many Requests, RFC 6585
        return Reason.THROTTLED
    if status in {401, 403}:
        return Reason.DENIED
    if status == 501:  # noqa: PLR2004 - Not Implemented, RFC 9110
        return Reason.UNSUPPORTED
    return Reason.SERVER if status >= 500 else Reason.REJECTED  # noqa: PLR2004 - 5xx


def _of_answer(error: boto.ClientError, operation: str) -> Failure:
    told = error.response.get("Error", {})
    code, message = str(told.get("Code", "")), str(told.get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return Failure(reason_of(code, status, message), operation, clean(f"{code}: {message}"))
