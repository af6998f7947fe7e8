"""Reads the parameters of requests, whatever their protocol, and says what AWS says of bad ones. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ppbe_observe.model import Labels
from ppbe_observe.simulate.plane.errors import invalid_value, missing, validation

Parameters = Mapping[str, Any]

_MOST_DIMENSIONS = 30
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")


def text(parameters: Parameters, name: str) -> str:
    """A required string."""
    value = parameters.get(name)
    if value is None or value == "":
        raise missing(name)
    if not isinstance(value, str):
        raise validation(f"The value {value!r} for parameter {name} is not a string")
    return value


def number(parameters: Parameters, name: str) -> float:
    """A required number; times are seconds since the epoch by now."""
    value = parameters.get(name)
    if value is None:
        raise missing(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise validation(f"The value {value!r} for parameter {name} is not a number")
    return value


def items(parameters: Parameters, name: str) -> Sequence[Any]:
    """A list; empty where absent."""
    value = parameters.get(name)
    if value is None or value == "":  # an empty list, as a form writes it
        return ()
    if not isinstance(value, list):
        raise validation(f"The value of parameter {name} is not a list")
    return value


def dimensions(parameters: Parameters) -> Labels:
    """Dimensions, sorted by name."""
    found = items(parameters, "Dimensions")
    if len(found) > _MOST_DIMENSIONS:
        raise invalid_value("The collection Dimensions must not have a size greater than 30.")
    pairs = [(text(each, "Name"), text(each, "Value")) for each in found]
    pairs.sort()
    return tuple(pairs)


def query_id(query: Parameters, position: int, seen: set[str]) -> str:
    """The Id of a MetricDataQuery: unique and well-formed."""
    value = text(query, "Id")
    if not _ID.fullmatch(value):
        raise validation(
            f"The value {value} for parameter MetricDataQueries.member.{position}.Id is not matching the "
            "expected pattern ^[a-z][a-zA-Z0-9_]*$."
        )
    if value in seen:
        raise validation("The values for parameter id in MetricDataQueries are not unique.")
    seen.add(value)
    return value
