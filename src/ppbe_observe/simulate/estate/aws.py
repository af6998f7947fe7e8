"""boto3 clients that speak to moto in this process, without a socket."""

import io
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from urllib3.response import HTTPResponse

from ppbe_observe.simulate.http import Request, Response

# s3control puts the account in front of the host, which a local endpoint does not have.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 1}, inject_host_prefix=False)
_ENDPOINT = "http://127.0.0.1"


class Aws:
    """The clients of one account in one region."""

    def __init__(self, session: boto3.Session, region: str, credentials: Mapping[str, str]) -> None:
        self.region = region
        self._session = session
        self._identity = {
            "region_name": region,
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service, made once; untyped, since moto's answers are not what the stubs promise."""
        if service not in self._clients:
            make: Any = self._session.client  # the stubs want a literal name
            self._clients[service] = make(service, endpoint_url=_ENDPOINT, config=_CONFIG, **self._identity)
        return self._clients[service]

    def assume(self, role_arn: str) -> "Aws":
        """The clients of another account in the same region."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="estate")
        return Aws(self._session, self.region, answer["Credentials"])


def session_in(forward: Callable[[Request], Response]) -> boto3.Session:
    """A session whose requests end in moto. One for all: reading botocore's models is what takes the time."""
    core = botocore.session.get_session()
    core.register("before-send", _Transport(forward))  # type: ignore[arg-type]  # the stubs know no handler that answers
    return boto3.Session(botocore_session=core)


class _Transport:
    """Hands a prepared request to moto and its answer to botocore."""

    def __init__(self, forward: Callable[[Request], Response]) -> None:
        self._forward = forward

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        answer = self._forward(_plain(request))
        headers = {name.lower(): value for name, value in answer.headers}
        raw = HTTPResponse(io.BytesIO(answer.body), headers, answer.status, preload_content=False)
        return AWSResponse(request.url, answer.status, headers, raw)  # type: ignore[arg-type]  # any mapping will do


def _plain(request: AWSPreparedRequest) -> Request:
    url = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    return Request(request.method or "GET", url.path or "/", url.query, headers, _bytes(request.body), url.netloc)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    return bytes(body.read())
