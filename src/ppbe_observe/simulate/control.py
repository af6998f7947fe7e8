"""``/_simulate/``: health, incidents, faults and request counts, by HTTP and JSON."""

from typing import Any

import orjson

from ppbe_observe.simulate.faults import Effect, Fault, Faults
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.incidents import NAMES, Incident, Incidents, UnknownIncidentError
from ppbe_observe.simulate.requests import Requests

_START = {"environment", "region", "operation", "seconds", "duration", "ago"}
_STOP = {"ago"}


class Control:
    """The switches."""

    prefix = "/_simulate/"

    def __init__(self, incidents: Incidents, faults: Faults, requests: Requests) -> None:
        self._incidents = incidents
        self._faults = faults
        self._requests = requests

    def answer(self, request: Request) -> Response:
        """Health, incidents, requests or faults; 404 for anything else."""
        subject, _, name = request.path.removeprefix(self.prefix).partition("/")
        try:
            return self._answer(request, subject, name)
        except UnknownIncidentError as error:
            return _json(404, {"error": str(error), "incidents": NAMES})
        except (ValueError, TypeError) as error:
            return _json(400, {"error": str(error)})

    def _answer(self, request: Request, subject: str, name: str) -> Response:
        match subject:
            case "health":
                return _json(200, {"status": "ok"})
            case "requests":
                return self._counts(request)
            case "incidents":
                return self._incident(request, name)
            case "faults":
                return self._fault(request)
        return _json(404, {"error": f"nothing at {request.path}"})

    def _counts(self, request: Request) -> Response:
        counts = self._requests.by_call()
        if request.method == "DELETE":
            self._requests.clear()
        return _json(200, counts)

    def _incident(self, request: Request, name: str) -> Response:
        if request.method == "POST":
            return _json(200, _shown(self._incidents.start(name, **_given(request, _START))))
        if request.method == "DELETE":
            if name:
                self._incidents.stop(name, **_given(request, _STOP))
            else:
                self._incidents.stop_all()
        active = [_shown(each) for each in self._incidents.active()]
        return _json(200, {"active": active, "incidents": NAMES})

    def _fault(self, request: Request) -> Response:
        if request.method == "POST":
            given = _object(request)
            self._faults.add(Fault(**{**given, "effect": Effect(str(given.get("effect")))}))
        elif request.method == "DELETE":
            self._faults.clear()
        return _json(200, {"effects": [effect.value for effect in Effect]})


def _object(request: Request) -> dict[str, Any]:
    found = orjson.loads(request.body or b"{}")
    if not isinstance(found, dict):
        raise TypeError("the body is not a JSON object")
    return found


def _given(request: Request, words: set[str]) -> dict[str, Any]:
    found = _object(request)
    if unknown := found.keys() - words:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(sorted(words))}")
    return found


def _shown(incident: Incident) -> dict[str, Any]:
    return {
        "name": incident.name,
        "environment": incident.environment,
        "since": incident.since,
        "until": incident.until,
    }


def _json(status: int, value: object) -> Response:
    return Response(status, (("content-type", "application/json"),), orjson.dumps(value) + b"\n")
