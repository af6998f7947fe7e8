"""What happens around each call of a boto3 client: rate limit, deadline, our connections, the record of it.

Uses botocore's documented events only. One logical call is reported once, whatever its retries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from ppbe_observe.aws import deadline
from ppbe_observe.aws.calls import Calls, OpenCall
from ppbe_observe.aws.cloudwatch.wire import decode_json
from ppbe_observe.aws.endpoints import Endpoint
from ppbe_observe.aws.failures import failure_of, reason_of
from ppbe_observe.aws.http import HttpPool
from ppbe_observe.aws.identity.credentials import LiveCredentials
from ppbe_observe.aws.identity.documents import check_document
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Target

_OK = 200
_CALL = "ppbe_observe_call"  # key in botocore's request context

# IAM's and CloudTrail's names of services whose requests are signed under another one.
_IAM_NAMES: Mapping[str, str] = {"monitoring": "cloudwatch", "tagging": "tag"}


class _Raw(BytesIO):
    """A body that has arrived, as AWSResponse wants to read it."""

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self.read()]


@dataclass(frozen=True, slots=True)
class Hooks:
    """The hooks of one client."""

    target: Target
    iam_name: str
    calls: Calls
    limiter: RateLimiter
    http: HttpPool
    authorities: str | None
    credentials: LiveCredentials

    def begin(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        """before-call: a logical call starts."""
        context[_CALL] = self.calls.open(self.target, f"{self.iam_name}:{model.name}")

    def admit(self, operation_name: str, **_: Any) -> None:
        """request-created: an attempt is about to be signed; waits here, so that no signature grows old."""
        operation = f"{self.iam_name}:{operation_name}"
        if deadline.remaining() <= 0:
            raise AwsError(Failure(Reason.TIMEOUT, operation, "the deadline has passed"))
        self.limiter.acquire(self.target, operation, deadline.current())

    def count(self, request: Any, **_: Any) -> None:
        """request-created, after the signature: an attempt is made."""
        if call := _call(request.context):
            call.attempts += 1

    def send(self, request: AWSPreparedRequest, event_name: str = "", **_: Any) -> Any:
        """before-send: send it ourselves, unless the caller wants the answer as a stream.

        Raises:
            AwsError: AWS cannot be reached, or answers with another document.
        """
        if request.stream_output:
            return None
        answer = self.http.send(request.method, request.url, _text(request.headers), request.body, self.authorities)
        if answer.status == _OK:
            check_document(f"{self.iam_name}:{event_name.rpartition('.')[2]}", answer.body)
        headers: Any = answer.headers
        return AWSResponse(request.url, answer.status, headers, _Raw(answer.body))

    def heard(self, parsed_response: Any, context: dict[str, Any], **_: Any) -> None:
        """response-received: AWS has answered an attempt; botocore itself decides whether to try again."""
        call, reason = _call(context), _refusal(parsed_response or {})
        if call and reason is Reason.THROTTLED:
            self.limiter.throttled(self.target, call.operation)
        if reason is Reason.EXPIRED:
            self.credentials.renew(self.credentials.last)

    def check(self, operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
        """before-parse: botocore takes JSON that it cannot read for an answer without any members."""
        expected = operation_model.output_shape is not None and operation_model.output_shape.members
        if expected and response_dict["status_code"] == _OK:
            decode_json(f"{self.iam_name}:{operation_model.name}", response_dict["body"])

    def end(self, http_response: Any, parsed: Any, context: dict[str, Any], **_: Any) -> None:
        """after-call: there is an answer, good or bad."""
        if call := _call(context):
            call.request_id = parsed.get("ResponseMetadata", {}).get("RequestId")
            failed = http_response.status_code >= 300  # noqa: PLR2004 - as botocore judges it
            call.end(failure_of(ClientError(parsed, call.operation), call.operation) if failed else None)

    def fail(self, exception: Exception, context: dict[str, Any], **_: Any) -> None:
        """after-call-error: there is no answer."""
        if call := _call(context):
            call.end(failure_of(exception, call.operation))


def install(client: BaseClient, hooks: Hooks) -> None:
    """Put the hooks on a client."""
    events, service = client.meta.events, client.meta.service_model.service_id.hyphenize()
    events.register(f"before-call.{service}", hooks.begin)
    events.register_first(f"request-created.{service}", hooks.admit)
    events.register_last(f"request-created.{service}", hooks.count)
    events.register(f"before-send.{service}", hooks.send)
    events.register(f"response-received.{service}", hooks.heard)
    if client.meta.service_model.resolved_protocol == "json":
        events.register(f"before-parse.{service}", hooks.check)
    events.register(f"after-call.{service}", hooks.end)
    events.register(f"after-call-error.{service}", hooks.fail)


def keep_host(client: BaseClient, endpoint: Endpoint) -> None:
    """Send to the endpoint itself, whatever botocore's rules put in front of its name (s3control: the account)."""
    host = urlsplit(endpoint.url).netloc

    def keep(params: dict[str, Any], **_: Any) -> None:
        params["url"] = urlsplit(params["url"])._replace(netloc=host).geturl()

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}", keep)


def iam_name(client: BaseClient) -> str:
    """The service as IAM policies and CloudTrail name it: the first half of ``service:Operation``.

    S3 Control is an exception: it has operations of the same name as S3.
    """
    model = client.meta.service_model
    return _IAM_NAMES.get(model.signing_name, model.signing_name) if model.service_name != "s3control" else "s3control"


def _call(context: Mapping[str, Any]) -> OpenCall | None:
    found: OpenCall | None = context.get(_CALL)
    return found


def _refusal(parsed: Mapping[str, Any]) -> Reason | None:
    error = parsed.get("Error")
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
    return reason_of(str(error.get("Code")), status, "") if error else None


def _text(headers: Any) -> dict[str, str]:
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
