"""Faults that a test puts before a call: declared as data, taken one call at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock
from types import MappingProxyType
from typing import Any

from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.plane.errors import ServiceError, throttled
from ppbe_observe.simulate.plane.tokens import write_token


class Effect(StrEnum):
    """What goes wrong."""

    THROTTLED = "throttled"
    DENIED = "denied"
    SERVER_ERROR = "server-error"
    UNAVAILABLE = "unavailable"
    SKEWED = "skewed"
    EXPIRED = "expired"
    SLOW = "slow"
    HANG = "hang"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    PARTIAL = "partial"
    INTERNAL_ERROR = "internal-error"
    FORBIDDEN = "forbidden"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        operation: The calls it meets, with ``*`` for anything: ``cloudwatch:GetMetricData``, ``rds:*``, ``*``.
        effect: What happens to them.
        times: To how many of them; all where None.
        seconds: How long a slow answer takes.
        region: Only there; everywhere where None.
        share: The share of the matching calls, spread evenly.
    """

    operation: str
    effect: Effect
    times: int | None = None
    seconds: float = 5.0
    region: str | None = None
    share: float = 1.0

    def meets(self, call: AwsCall) -> bool:
        """Whether the call is one of those."""
        return self.region in (None, call.region) and fnmatchcase(call.name, self.operation)


class Faults:
    """The faults in force, first match first. Thread-safe: tests write, the server takes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[tuple[Fault, int]] = []

    def add(self, *faults: Fault) -> None:
        """Put faults in force."""
        with self._lock:
            self._faults.extend((fault, 0) for fault in faults)

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._faults.clear()

    def take(self, call: AwsCall) -> Fault | None:
        """The fault that this call meets."""
        with self._lock:
            for index, (fault, seen) in enumerate(self._faults):
                if not fault.meets(call):
                    continue
                hit = int((seen + 1) * fault.share) > int(seen * fault.share)
                self._faults[index] = (_spent(fault) if hit else fault, seen + 1)
                if hit and fault.times != 0:
                    return fault
        return None


def _spent(fault: Fault) -> Fault:
    return fault if fault.times is None else replace(fault, times=max(0, fault.times - 1))


def refusal(effect: Effect) -> ServiceError | None:
    """The error with which a call is refused; None where the effect is no refusal."""
    return {
        Effect.THROTTLED: throttled(),
        Effect.DENIED: ServiceError(
            "AccessDeniedException", "AccessDenied", "User is not authorized to perform this operation", 403
        ),
        Effect.SERVER_ERROR: ServiceError(
            "InternalServiceFault", "InternalServiceError", "The request processing has failed", 500
        ),
        Effect.UNAVAILABLE: ServiceError(
            "ServiceUnavailableException", "ServiceUnavailable", "The service is unavailable in this region", 503
        ),
        Effect.SKEWED: ServiceError(
            "RequestTimeTooSkewed",
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large",
            403,
        ),
        Effect.EXPIRED: ServiceError(
            "ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired", 403
        ),
    }.get(effect)


Edit = Callable[[str, Mapping[str, Any], dict[str, Any]], dict[str, Any]]
"""Changes a good result of the data plane: operation, parameters, result."""


def partial(_operation: str, _parameters: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Half of the datapoints, and every result says so."""
    for each in result.get("MetricDataResults", ()):
        half = len(each["Values"]) // 2
        each.update(StatusCode="PartialData", Timestamps=list(each["Timestamps"][:half]), Values=each["Values"][:half])
    return result


def internal_error(_operation: str, _parameters: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Every second result failed inside AWS."""
    return _failed(result, "InternalError", "Internal error")


def forbidden(_operation: str, _parameters: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Every second result may not be read."""
    return _failed(result, "Forbidden", "Not authorized to read this metric")


def loop(operation: str, parameters: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """The token of the next page leads to this page again."""
    position = (0, 0) if operation == "GetMetricData" else (0,)
    # 2100-01-01: any moment will do, but it has to be the same on every page.
    first = write_token(operation, *position, float(parameters.get("EndTime") or 4_102_444_800))
    return {**result, "NextToken": parameters.get("NextToken") or first}


EDITS: Mapping[Effect, Edit] = MappingProxyType(
    {
        Effect.PARTIAL: partial,
        Effect.INTERNAL_ERROR: internal_error,
        Effect.FORBIDDEN: forbidden,
        Effect.LOOP: loop,
    }
)


def _failed(result: dict[str, Any], status: str, message: str) -> dict[str, Any]:
    for each in result.get("MetricDataResults", ())[::2]:
        each.update(StatusCode=status, Timestamps=[], Values=[], Messages=[{"Code": status, "Value": message}])
    return result
