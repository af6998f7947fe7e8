"""Calls that moto has no handler for, answered with what the estate has there. Pure.

When moto learns a call, its answer here goes.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import orjson

from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.estate.places import ACCOUNT, PARTITION, WEST
from ppbe_observe.simulate.http import Request, Response

Place = tuple[str, str]
"""An account and a region."""

_FINDING = "d6c7b1c0a59f4b6e8d2f3a4b5c6d7e8f"
_FINDING_AGE = timedelta(days=3)
_NIST = "standards/nist-800-53/v/5.0.0"
_OFFERED = (("postgres", "15.4"), ("postgres", "15.8"), ("postgres", "16.4"), ("aurora-postgresql", "15.4"))
_ENGINE_VERSIONS = (
    '<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">'
    "<DescribeDBEngineVersionsResult><DBEngineVersions>{}</DBEngineVersions></DescribeDBEngineVersionsResult>"
    "<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></DescribeDBEngineVersionsResponse>"
)
_ENGINE_VERSION = (
    "<DBEngineVersion><Engine>{}</Engine><EngineVersion>{}</EngineVersion><Status>available</Status></DBEngineVersion>"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    place: Place
    request: Request
    built_at: datetime

    def arn(self, service: str, resource: str) -> str:
        account, region = self.place
        return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"


class BeyondMoto:
    """Answers for the accounts and regions of the estate; others have nothing of what is asked here.

    Args:
        places: Those of the estate.
        account_of: Whose an access key is.
        built_at: When the estate was built, in seconds since the epoch: what is some days old is so since then.
    """

    def __init__(self, places: Iterable[Place], account_of: Callable[[str], str], built_at: float) -> None:
        self._places = frozenset(places)
        self._account_of = account_of
        self._built_at = datetime.fromtimestamp(built_at, UTC)

    def answer(self, call: AwsCall, request: Request) -> Response | None:
        """The answer; None where moto is to answer."""
        answer = _ANSWERS.get(call.name)
        if answer is None:
            return None
        place = (self._account_of(call.access_key), call.region)
        return answer(_Asked(place, request, self._built_at)) if place in self._places else None


def _analyzers(asked: _Asked) -> Response:
    analyzer = {
        "arn": asked.arn("access-analyzer", "analyzer/ppbe"),
        "name": "ppbe",
        "type": "ACCOUNT",
        "status": "ACTIVE",
        "createdAt": asked.built_at.isoformat(),
    }
    return _json({"analyzers": [analyzer]})


def _access_from_outside(_asked: _Asked) -> Response:
    return _json({"findings": []})


def _finding_ids(asked: _Asked) -> Response:
    return _json({"findingIds": [each["id"] for each in _attacks(asked)]})


def _findings(asked: _Asked) -> Response:
    wanted = orjson.loads(asked.request.body)["findingIds"]
    return _json({"findings": [each for each in _attacks(asked) if each["id"] in wanted]})


def _attacks(asked: _Asked) -> list[dict[str, Any]]:
    """A scan of the front door of production, new enough that nobody is late with it."""
    if asked.place != (ACCOUNT, WEST):
        return []
    detector = asked.request.path.split("/")[2]
    seen = (asked.built_at - _FINDING_AGE).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    finding = {
        "accountId": ACCOUNT,
        "arn": asked.arn("guardduty", f"detector/{detector}/finding/{_FINDING}"),
        "createdAt": seen,
        "id": _FINDING,
        "partition": PARTITION,
        "region": WEST,
        "resource": {"resourceType": "Instance"},
        "schemaVersion": "2.0",
        "service": {"archived": False, "count": 1},
        "severity": 2.0,
        "title": "An outside host is probing an unprotected port.",
        "type": "Recon:EC2/PortProbeUnprotectedPort",
        "updatedAt": seen,
    }
    return [finding]


def _standards(asked: _Asked) -> Response:
    standard = {
        "StandardsSubscriptionArn": asked.arn("securityhub", f"subscription/{_NIST.partition('/')[2]}"),
        "StandardsArn": f"arn:{PARTITION}:securityhub:{asked.place[1]}::{_NIST}",
        "StandardsInput": {},
        "StandardsStatus": "READY",
    }
    return _json({"StandardsSubscriptions": [standard]})


def _engine_versions(asked: _Asked) -> Response:
    form = asked.request.form
    wanted = {"Engine": form.get("Engine"), "EngineVersion": form.get("EngineVersion")}
    told = "".join(
        _ENGINE_VERSION.format(engine, version)
        for engine, version in _OFFERED
        if wanted["Engine"] in {None, engine} and wanted["EngineVersion"] in {None, version}
    )
    body = _ENGINE_VERSIONS.format(told, uuid.uuid4())
    return Response(200, (("content-type", "text/xml"),), body.encode())


def _json(body: Mapping[str, Any]) -> Response:
    """An answer in REST and JSON; the members of GuardDuty begin in lower case on the wire."""
    headers = (("content-type", "application/json"), ("x-amzn-requestid", str(uuid.uuid4())))
    return Response(200, headers, orjson.dumps(body))


_ANSWERS: Mapping[str, Callable[[_Asked], Response]] = MappingProxyType(
    {
        "accessanalyzer:ListAnalyzers": _analyzers,
        "accessanalyzer:ListFindings": _access_from_outside,
        "guardduty:ListFindings": _finding_ids,
        "guardduty:GetFindings": _findings,
        "securityhub:GetEnabledStandards": _standards,
        "rds:DescribeDBEngineVersions": _engine_versions,
    }
)
