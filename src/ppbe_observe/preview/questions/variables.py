"""What can be chosen at the top of a dashboard, and what is. Pure: the values of a label are handed in."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ppbe_observe.errors import SettingsError
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.filling import Chosen

ALL = "$__all"
_ALL_TEXT = "All"
_LABEL_VALUES = re.compile(r"label_values\(\s*(?:(?P<series>.+)\s*,\s*)?(?P<label>\w+)\s*\)", re.DOTALL)
_CAPTURES = re.compile(r"\(\?<(?=[A-Za-z])")
_MOST_TOLD = 10
"""Values that an error names."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value, and how people read it."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a dashboard.

    Attributes:
        name: As queries name it.
        title: As people read it.
        series: The selector whose label it is, with variables; None is any series.
        label: The label; empty where nothing is asked, and ``fixed`` is all there is.
        regex: Which part of a value is shown or taken, in JavaScript's notation.
        multi: Whether several can be chosen.
        all_value: What stands for all of them; empty where all are enumerated.
        current: What is chosen where nobody chooses.
        fixed: The options of a variable that asks nothing.
    """

    name: str
    title: str
    series: str | None
    label: str
    regex: str
    multi: bool
    has_all: bool
    all_value: str
    current: tuple[str, ...]
    fixed: tuple[Option, ...] = ()

    def options(self, values: Iterable[str]) -> tuple[Option, ...]:
        """What can be chosen, out of the values of the label."""
        if not self.label:
            return self.fixed
        found = dict.fromkeys(each for value in sorted(set(values)) for each in self._option(value))
        return tuple(found)

    def _option(self, value: str) -> Iterator[Option]:
        if not self.regex:
            yield Option(value, value)
            return
        found = re.search(_pattern(self.regex), value)
        if found is None:
            return
        named = {name: text for name, text in found.groupdict().items() if text is not None}
        plain = found[1] if found.re.groups and not named else found[0]
        taken = named.get("value", named.get("text", plain))
        yield Option(taken, named.get("text", taken))


def variables_of(dashboard: Json) -> tuple[Variable, ...]:
    """The variables of a dashboard, in their order, without the choice of the data source: it is given.

    Raises:
        SettingsError: There is one that the preview does not know.
    """
    found = dashboard.get("templating", {}).get("list", ())
    return tuple(_variable(each) for each in found if each["type"] != "datasource")


def chosen_of(variable: Variable, options: Sequence[Option], wanted: Sequence[str]) -> Chosen:
    """What is chosen: what is wanted, else what the dashboard itself chooses, else all or the first.

    Raises:
        SettingsError: Something is wanted that cannot be chosen.
    """
    names = list(wanted) or [each for each in variable.current if each]
    if not names and not variable.has_all:
        names = [each.value for each in options[:1]]
    if variable.has_all and (not names or {ALL, _ALL_TEXT} & set(names)):
        every = tuple(each.value for each in options)
        return Chosen(every or ("",), (_ALL_TEXT,), everything=variable.all_value)
    if len(names) > 1 and not variable.multi:
        raise SettingsError(f"--var {variable.name}: only one can be chosen, not {', '.join(names)}")
    picked = [_picked(variable, options, each) for each in names] or [Option("", "")]
    texts = tuple(each.text for each in picked)
    return Chosen(tuple(each.value for each in picked), texts, pattern=variable.multi or variable.has_all)


def check_names(variables: Sequence[Variable], wanted: Mapping[str, Sequence[str]]) -> None:
    """Refuse what no variable is called.

    Raises:
        SettingsError: Something is chosen of a variable that is not there.
    """
    known = [each.name for each in variables]
    if unknown := [name for name in wanted if name not in known]:
        there = f"it has {', '.join(known)}" if known else "it has none"
        raise SettingsError(f"--var {unknown[0]}: the dashboard has no such variable; {there}")


def _picked(variable: Variable, options: Sequence[Option], name: str) -> Option:
    found = next((each for each in options if name in {each.value, each.text}), None)
    if found is None and options and variable.label:
        told = ", ".join(each.text for each in options[:_MOST_TOLD])
        more = " ..." if len(options) > _MOST_TOLD else ""
        raise SettingsError(f"--var {variable.name}={name}: Prometheus has no such value; there are {told}{more}")
    return found or Option(name, name)


def _pattern(regex: str) -> str:
    """JavaScript's notation, with or without slashes, in Python's."""
    inner = re.fullmatch(r"/(.*)/[a-z]*", regex, re.DOTALL)
    return _CAPTURES.sub("(?P<", inner[1] if inner else regex)


def _variable(found: Json) -> Variable:
    kind = found["type"]
    series, label = _asked(found) if kind == "query" else (None, "")
    return Variable(
        name=found["name"],
        title=found.get("label") or found["name"],
        series=series,
        label=label,
        regex=found.get("regex") or "",
        multi=bool(found.get("multi")),
        has_all=bool(found.get("includeAll")),
        all_value=found.get("allValue") or "",
        current=_listed(found.get("current", {}).get("value")),
        fixed=() if label else _fixed(found),
    )


def _asked(found: Json) -> tuple[str | None, str]:
    query = found["query"]
    text = query if isinstance(query, str) else query.get("query", "")
    asked = _LABEL_VALUES.fullmatch(text.strip())
    if asked is None:
        raise SettingsError(
            f"variable {found['name']}: the preview knows label_values(SERIES, LABEL) only, not {text!r}; use Grafana"
        )
    return asked["series"], asked["label"]


def _fixed(found: Json) -> tuple[Option, ...]:
    if found["type"] not in {"custom", "constant", "textbox", "interval"}:
        raise SettingsError(
            f"variable {found['name']}: the preview does not know the type {found['type']}; use Grafana"
        )
    offered = [Option(str(each["value"]), str(each["text"])) for each in found.get("options", ())]
    named = [Option(each, each) for each in map(str.strip, str(found.get("query", "")).split(",")) if each]
    return tuple(each for each in offered or named if each.value != ALL)


def _listed(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
