"""Payloads of Alertmanager's webhook, as version 0.25 sends them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from support.incidents import LABELS, at

NEVER = "0001-01-01T00:00:00Z"


def alert(
    starts: float | datetime = 0, ended: float | datetime | None = None, step: str = "l1", **labels: str
) -> dict[str, Any]:
    """One alert, in minutes after noon."""
    return {
        "status": "firing" if ended is None else "resolved",
        "labels": {**LABELS, **({"escalation": step} if step else {}), **labels},
        "annotations": {"summary": "CPU of the database is high.", "description": "95 percent, more than 80."},
        "startsAt": _time(starts),
        "endsAt": NEVER if ended is None else _time(ended),
        "generatorURL": "http://prometheus:9090/graph?g0.expr=1",
        "fingerprint": "5ef77f1f8a3ecfd8",
    }


def payload(*alerts: Mapping[str, Any], **changed: Any) -> bytes:
    """A whole payload; members that are changed to ... are left out."""
    whole = {
        "receiver": "daemon",
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {"alertname": "RdsCpuHigh"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "version": "4",
        "groupKey": '{}:{alertname="RdsCpuHigh"}',
        "truncatedAlerts": 0,
        **changed,
    }
    return orjson.dumps({name: value for name, value in whole.items() if value is not ...})


def _time(given: float | datetime) -> str:
    return (given if isinstance(given, datetime) else at(given)).isoformat()
