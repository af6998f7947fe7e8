"""The formats that are served, and which of them a client asks for. Pure.

Content negotiation is RFC 9110 (12.5.1, 12.5.3), lenient: a client that accepts nothing of ours gets text
format 0.0.4, since a page is of more use to whoever looks than a 406.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """A text format; the value is its Content-Type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


_VERSIONS = {
    ("text/plain", None): Format.TEXT,
    ("text/plain", "0.0.4"): Format.TEXT,
    ("text/*", None): Format.TEXT,
    ("*/*", None): Format.TEXT,
    ("application/openmetrics-text", None): Format.OPENMETRICS,
    ("application/openmetrics-text", "1.0.0"): Format.OPENMETRICS,
}


@dataclass(frozen=True, slots=True)
class _Clause:
    """One item of an Accept header. Parameters that choose nothing here (``escaping``) are not kept."""

    what: str
    version: str | None
    quality: float


def choose_format(accept: str | None) -> Format:
    """The format the client likes best; among equals the one it names first."""
    clauses = sorted(_clauses(accept or ""), key=lambda each: -each.quality)
    refused = {_format(each) for each in clauses if each.quality == 0 and "*" not in each.what}
    for clause in clauses:
        found = _format(clause)
        if found and clause.quality > 0 and found not in refused:
            return found
    return Format.TEXT


def choose_gzip(accept_encoding: str | None) -> bool:
    """Whether the client takes gzip, and likes it no less than plain bytes."""
    qualities = {each.what: each.quality for each in _clauses(accept_encoding or "")}
    rest = qualities.get("*", 0.0)
    gzip = max(qualities.get("gzip", rest), qualities.get("x-gzip", 0.0))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def _format(clause: _Clause) -> Format | None:
    return _VERSIONS.get((clause.what, clause.version))


def _clauses(header: str) -> Iterator[_Clause]:
    for item in header.split(","):
        what, *rest = (part.strip() for part in item.split(";"))
        parameters = {
            name.strip().lower(): value.strip().strip('"') for name, _, value in (part.partition("=") for part in rest)
        }
        if what:
            yield _Clause(what.lower(), parameters.get("version"), _quality(parameters.get("q")))


def _quality(text: str | None) -> float:
    if text is None:
        return 1.0
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
