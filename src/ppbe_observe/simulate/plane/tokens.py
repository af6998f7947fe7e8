"""NextToken: where the next page begins and what it belongs to, as an opaque string. Pure."""

import base64
import binascii
import json
from typing import Any

from ppbe_observe.simulate.plane.errors import invalid_token


def write_token(operation: str, *position: float) -> str:
    """A token that only this operation takes back."""
    return base64.urlsafe_b64encode(json.dumps([operation, *position]).encode()).decode()


def read_token(operation: str, token: object, parts: int) -> list[float]:
    """The position in a token.

    Raises:
        ServiceError: InvalidNextToken, where it is not one of ours.
    """
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(str(token).encode()))
    except (binascii.Error, ValueError):
        raise invalid_token(str(token)) from None
    if not isinstance(found, list) or found[:1] != [operation] or len(found) != parts + 1:
        raise invalid_token(str(token))
    if not all(isinstance(each, int | float) and each >= 0 for each in found[1:]):
        raise invalid_token(str(token))
    return found[1:]
