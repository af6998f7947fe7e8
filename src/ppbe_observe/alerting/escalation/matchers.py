"""Matchers of labels, as Alertmanager reads them. Pure.

Source: Alertmanager documentation, "Configuration", section "Matcher"; a pattern matches the whole value.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from ppbe_observe.errors import DefinitionError

_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')
_NOT_RE2 = re.compile(r"\(\?<?[=!]|\\[1-9]")
_OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


@dataclass(frozen=True, slots=True)
class Matcher:
    """``label="value"``, with ``=``, ``!=``, ``=~`` or ``!~``; a label that is not there is empty."""

    label: str
    operator: str
    value: str

    @classmethod
    def of(cls, text: str) -> Self:
        """The matcher that a text says.

        Raises:
            DefinitionError: It is none, or its pattern is no regular expression.
        """
        found = _MATCHER.fullmatch(text.strip())
        if found is None:
            raise DefinitionError(f'{text!r} is no matcher; write it like severity="page" or name=~"arn:.*"')
        label, operator, written = found.groups()
        value = re.sub(r'\\([\\"])', r"\1", written)
        if "~" in operator and _NOT_RE2.search(value):
            raise DefinitionError(f"{text!r}: Alertmanager's patterns have no lookaround and no back reference")
        try:
            re.compile(value if "~" in operator else "")
        except re.error as error:
            raise DefinitionError(f"{text!r}: no regular expression: {error}") from error
        return cls(label, operator, value)

    def accepts(self, value: str) -> bool:
        """Whether a label of this value matches."""
        if self.operator in {"=", "!="}:
            return (value == self.value) == (self.operator == "=")
        return (re.fullmatch(self.value, value) is not None) == (self.operator == "=~")

    def implies(self, other: "Matcher") -> bool:
        """Whether whatever this one matches is matched by the other, too, as far as can be told."""
        if self.label != other.label:
            return False
        return self == other or (self.operator == "=" and other.accepts(self.value))

    def excludes(self, other: "Matcher") -> bool:
        """Whether nothing matches both, as far as can be told."""
        if self.label != other.label:
            return False
        opposite = (self.operator, self.value) == (_OPPOSITE[other.operator], other.value)
        return opposite or any(
            one.operator == "=" and not two.accepts(one.value) for one, two in ((self, other), (other, self))
        )

    def __str__(self) -> str:
        value = self.value.replace("\\", r"\\").replace('"', r"\"")
        return f'{self.label}{self.operator}"{value}"'


def matchers(texts: Iterable[str]) -> tuple[Matcher, ...]:
    """Several matchers, all of which have to match."""
    return tuple(Matcher.of(each) for each in texts)


def match(wanted: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether labels match all of them."""
    return all(each.accepts(labels.get(each.label, "")) for each in wanted)


def disjoint(some: Iterable[Matcher], others: Iterable[Matcher]) -> bool:
    """Whether no labels can match both."""
    second = tuple(others)
    return any(one.excludes(two) for one in some for two in second)


def covers(wide: Iterable[Matcher], narrow: Iterable[Matcher]) -> bool:
    """Whether whatever matches the narrow ones matches the wide ones, as far as can be told."""
    inner = tuple(narrow)
    return all(any(each.implies(want) for each in inner) for want in wide)
