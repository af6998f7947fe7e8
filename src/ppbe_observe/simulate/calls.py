"""Which AWS call a request is: service, operation, region and whose. Pure but for botocore's data files.

Services are called as boto3 calls its clients, operations as AWS does: ``elbv2:DescribeLoadBalancers``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ppbe_observe.simulate.http import Request

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z]+)$")
_CLIENTS: Mapping[str, str] = MappingProxyType(
    {
        "monitoring": "cloudwatch",
        "elasticloadbalancing": "elbv2",
        "tagging": "resourcegroupstaggingapi",
        "access-analyzer": "accessanalyzer",
    }
)


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One call of a client."""

    service: str
    operation: str
    region: str
    access_key: str

    @property
    def name(self) -> str:
        """``service:Operation``."""
        return f"{self.service}:{self.operation}"


Restful = Callable[[str, Request], str | None]
"""Finds the operation of a REST request to a service."""


def identify(request: Request, restful: Restful) -> AwsCall | None:
    """The call; None for a request that nobody signed."""
    scope = _SCOPE.search(request.headers.get("authorization", "")) or _SCOPE.search(
        "Credential=" + request.parameters.get("X-Amz-Credential", "")
    )
    if scope is None:
        return None
    service = _service(scope[3], request)
    operation = _operation(request) or restful(service, request) or "Unknown"
    return AwsCall(service, operation, scope[2], scope[1])


def _service(signing_name: str, request: Request) -> str:
    if signing_name == "s3" and request.path.startswith("/v20180820/"):
        return "s3control"
    return _CLIENTS.get(signing_name, signing_name)


def _operation(request: Request) -> str | None:
    target = request.headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    if match := _CBOR_PATH.match(request.path):
        return match[1]
    return request.form.get("Action") or request.parameters.get("Action")
