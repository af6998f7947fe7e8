"""How records read on a page: times, shares, addresses. Pure."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import orjson
from pydantic import BaseModel

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.slo.standing import share_text

_DAY = timedelta(days=1)
_LONGEST = 90
"""Characters of a name in a table."""
_PARTS_OF_ARN = 6


def when(at: datetime | None) -> str:
    """A time in UTC, to the minute; a dash where there is none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "—"


def machine(at: datetime) -> str:
    """The same for the attribute of a time element."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(at: datetime | None, now: datetime) -> str:
    """How long it is from now: ``5m ago``, ``in 3d``; a dash where there is no time."""
    if at is None:
        return "—"
    length = abs(now - at)
    step = timedelta(hours=1) if length >= _DAY else timedelta(minutes=1) if length >= timedelta(minutes=1) else None
    told = duration(length // step * step if step else length)
    return f"in {told}" if at > now else f"{told} ago"


def percent(share: float | None) -> str:
    """A share of good events; a dash where nobody knows."""
    return "—" if share is None else share_text(share)


def number(many: float | None) -> str:
    """A number of events; a dash where nobody knows."""
    return "—" if many is None else f"{many:,.0f}"


def spaced(word: str) -> str:
    """``not_applicable`` as people write it."""
    return word.replace("_", " ")


def short(arn: str) -> str:
    """The part of an ARN that names the thing; what is no ARN as it is; cut where it is too long for a table."""
    parts = arn.split(":", _PARTS_OF_ARN - 1)
    name = parts[-1] if len(parts) == _PARTS_OF_ARN and parts[0] == "arn" else arn
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"


def resource_path(arn: str) -> str:
    """Where the page of a resource is; slashes are encoded, so that none of its parts is taken for a step upwards."""
    return f"/resources/{quote(arn, safe=':')}"


def is_arn(text: str) -> bool:
    """Whether it may name a resource that has a page."""
    return text.startswith("arn:")


def seconds(length: float | None) -> str:
    """A length of time; a dash where there is none."""
    return "—" if length is None else duration(timedelta(seconds=length))


def as_json(value: object) -> str:
    """JSON for a person to read; what is put on a page is escaped there."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def asked(query: BaseModel, **changed: object) -> str:
    """The query string of a filter with something changed; what is as usual is left out."""
    told = query.model_dump(mode="json", exclude_defaults=True) | changed
    usual = {name: field.default for name, field in type(query).model_fields.items()}
    kept = {name: value for name, value in told.items() if value not in (None, "", usual.get(name))}
    text = urlencode({name: str(value).lower() if value is True else value for name, value in kept.items()}, doseq=True)
    return f"?{text}" if text else ""
