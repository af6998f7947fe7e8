"""A target's session on a local moto server: counts what is asked, and answers with errors where told to."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.model import OperationModel

from ppbe_observe.aws.endpoints import Endpoint
from ppbe_observe.aws.identity.hooks import keep_host
from ppbe_observe.model import Target

GOVCLOUD = Target("123456789012", "us-gov-west-1", partition="aws-us-gov")

# How IAM names the services whose boto3 name differs.
_IAM_NAMES = {"accessanalyzer": "access-analyzer", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}


@dataclass(slots=True)
class LocalSession:
    """Boto3 clients of one target; ``calls`` counts requests by ``service:Operation``."""

    endpoint: str
    target: Target = GOVCLOUD
    calls: Counter[str] = field(default_factory=Counter)
    faults: dict[str, Callable[[], AWSResponse]] = field(default_factory=dict)
    _clients: dict[str, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def client(self, service: str) -> Any:
        """The client of a service, made once."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._new(service)
            return self._clients[service]

    def refuse(self, operation: str, code: str, status: int = 400, message: str = "no") -> None:
        """Answer an operation with an error, in JSON or XML as its service speaks."""
        body = json.dumps({"__type": code, "message": message})
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        service = operation.split(":", maxsplit=1)[0]
        if service in {"elasticloadbalancing", "rds", "elasticache", "sns", "iam"}:
            body = f"<ErrorResponse>{error}</ErrorResponse>"
        elif service == "ec2":
            body = f"<Response><Errors>{error}</Errors></Response>"
        elif service in {"s3", "s3control"}:
            body = error
        self.faults[operation] = lambda: answer(status, body)

    def reset(self) -> None:
        """Forget what was counted and told; the clients, slow to make, are kept."""
        self.calls.clear()
        self.faults.clear()

    def _new(self, service: str) -> Any:
        config = Config(
            inject_host_prefix=False,
            retries={"total_max_attempts": 1},
            connect_timeout=3,
            read_timeout=30,
            s3={"addressing_style": "path"},
        )
        region = self.target.region
        client = boto3.Session(region_name=region).client(  # type: ignore[call-overload]  # any service by name
            service, endpoint_url=self.endpoint, config=config
        )
        name = _IAM_NAMES.get(service, service)

        def count(model: OperationModel, **_: Any) -> None:
            with self._lock:
                self.calls[f"{name}:{model.name}"] += 1

        def fail(event_name: str, **_: Any) -> AWSResponse | None:
            fault = self.faults.get(f"{name}:{event_name.rpartition('.')[2]}")
            return fault() if fault else None

        client.meta.events.register("provide-client-params", count)
        client.meta.events.register("before-send", fail)
        if service == "s3control":  # botocore puts the account in front of the host, inject_host_prefix or not
            keep_host(client, Endpoint(self.endpoint, custom=True))
        return client


def answer(status: int, body: str) -> AWSResponse:
    """A whole HTTP answer."""

    class Raw(BytesIO):
        def stream(self, **_: Any) -> Any:
            yield self.read()

    headers = HTTPHeaders()
    headers["content-type"] = "application/json"
    return AWSResponse("http://local/", status, headers, Raw(body.encode()))
