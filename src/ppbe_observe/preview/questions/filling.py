"""Variables in queries, titles and texts, filled in as Grafana does it. Pure.

Source: Grafana documentation, "Variable syntax"; the Prometheus data source (``interpolateQueryExpr``,
``prometheusSpecialRegexEscape``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

_NAMED = re.compile(r"\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]")
_SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen of a variable.

    Attributes:
        values: What queries get.
        texts: What people read.
        pattern: Whether it stands in regular expressions, since several can be chosen.
        everything: What stands for all of them, as it is; empty where they are enumerated, or not all are chosen.
    """

    values: tuple[str, ...]
    texts: tuple[str, ...]
    pattern: bool = True
    everything: str = ""

    @property
    def shown(self) -> str:
        """As the top of a dashboard shows it."""
        return " + ".join(self.texts)


def in_query(expr: str, chosen: Mapping[str, Chosen], built_in: Mapping[str, str]) -> str:
    """PromQL with its variables filled in; what is unknown stays, and Prometheus will name it."""
    values = {name: partial(_value, each) for name, each in chosen.items()}
    return _filled(expr, {**values, **_constant(built_in)})


def in_text(text: str, chosen: Mapping[str, Chosen], built_in: Mapping[str, str]) -> str:
    """A title or another text, with what people read."""
    return _filled(text, _constant({**{name: each.shown for name, each in chosen.items()}, **built_in}))


def _constant(texts: Mapping[str, str]) -> dict[str, Callable[[str], str]]:
    """The same in every format."""
    return {name: partial(_same, text) for name, text in texts.items()}


def _same(text: str, _form: str) -> str:
    return text


def _filled(text: str, values: Mapping[str, Callable[[str], str]]) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1] or found[2] or found[4]
        return values[name](found[3] or found[5] or "") if name in values else found[0]

    return _NAMED.sub(one, text)


def _value(chosen: Chosen, form: str) -> str:
    if chosen.everything:
        return chosen.everything
    if form in {"raw", "csv"}:
        return ",".join(chosen.values)
    if form == "text":
        return chosen.shown
    if form == "pipe":
        return "|".join(chosen.values)
    return _pattern(chosen.values) if chosen.pattern or form == "regex" else _quoted(chosen.values[0])


def _pattern(values: Sequence[str]) -> str:
    """An alternation of the values themselves: each means nothing but itself."""
    escaped = [_escaped(each) for each in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _escaped(value: str) -> str:
    """For a regular expression within quotes; a quote, which Grafana leaves, would end them."""
    return _SPECIAL.sub(r"\\\\\g<0>", value.replace("\\", "\\\\\\\\")).replace('"', '\\"').replace("\n", "\\n")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("\n", "\\n")
