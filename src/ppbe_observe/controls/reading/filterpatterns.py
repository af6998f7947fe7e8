"""What the filter pattern of a metric filter catches (CloudWatch Logs user guide, "Filter pattern syntax"). Pure.

Only patterns for JSON are understood: ``{ ($.a = "x" && $.b != "y") || $.c NOT EXISTS }``.
"""

import re
from collections.abc import Iterable
from enum import IntEnum
from fnmatch import fnmatchcase

_TOKENS = re.compile(r'"[^"]*"|%[^%]*%|&&|\|\||[()]|[^\s"%()&|]+|[%&|"]')
_JSON = re.compile(r"\s*\{(.*)\}\s*", re.DOTALL)


class _Reach(IntEnum):
    """What a part of a pattern does to the events that a term describes."""

    OTHER = 0  # it wants something else of them, too
    EXCEPTIONS = 1  # it leaves out known exceptions
    ALL = 2  # it catches them


def catches(pattern: str, term: str) -> bool:
    """Whether the pattern catches what a term (``$.userIdentity.type = "Root"``) describes.

    It may catch more (``= "*"``), and leave out exceptions (``!=``, ``NOT EXISTS``), as those of CIS do; what wants a
    further thing to be so catches less. Spaces, quotes and parentheses do not matter.
    """
    inner = _JSON.fullmatch(pattern)
    if inner is None:
        return False
    tokens = _TOKENS.findall(inner[1])
    return _either(tokens, _plain(_TOKENS.findall(term))) is _Reach.ALL and not tokens


def _either(tokens: list[str], term: str) -> _Reach:
    """Takes ``a || b`` off the tokens; each alternative alone is enough."""
    found = [_both(tokens, term)]
    while _take(tokens, "||"):
        found.append(_both(tokens, term))
    return max(found)


def _both(tokens: list[str], term: str) -> _Reach:
    """Takes ``a && b`` off the tokens; nothing else may be wanted."""
    found = [_one(tokens, term)]
    while _take(tokens, "&&"):
        found.append(_one(tokens, term))
    return _Reach.OTHER if _Reach.OTHER in found else max(found)


def _one(tokens: list[str], term: str) -> _Reach:
    if _take(tokens, "("):
        found = _either(tokens, term)
        return found if _take(tokens, ")") else _Reach.OTHER
    parts = []
    while tokens and tokens[0] not in {"&&", "||", "(", ")"}:
        parts.append(tokens.pop(0))
    if _covers(_plain(parts), term):
        return _Reach.ALL
    bare = "".join(part for part in parts if part[0] not in '"%')
    return _Reach.EXCEPTIONS if "!=" in bare or bare.endswith("NOTEXISTS") else _Reach.OTHER


def _covers(comparison: str, term: str) -> bool:
    """Whether a comparison holds wherever the term does: by the same value, or by one whose ``*`` stand for more."""
    (selector, _, pattern), (wanted, _, value) = comparison.partition("="), term.partition("=")
    return selector == wanted and fnmatchcase(value, re.sub(r"[?\[]", r"[\g<0>]", pattern))


def _take(tokens: list[str], token: str) -> bool:
    if tokens and tokens[0] == token:
        tokens.pop(0)
        return True
    return False


def _plain(tokens: Iterable[str]) -> str:
    return "".join(tokens).replace('"', "")
