"""How a field is shown: unit, thresholds, mappings, and what an override changes of it. Pure."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.values.colours import NEUTRAL, TRANSPARENT
from ppbe_observe.preview.values.units import shown

NOTHING = "No data"


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on, a field has this colour; the first begins at minus infinity."""

    value: float
    colour: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a person sees it; ``colour`` is Grafana's name, and empty where it says nothing."""

    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """How the values of a field are shown.

    Attributes:
        config: ``fieldConfig.defaults``, with the overrides that are about the field.
    """

    config: Json

    @property
    def unit(self) -> str:
        """Grafana's word for it."""
        return str(self.config.get("unit") or "")

    @property
    def decimals(self) -> int | None:
        """Digits after the point, where they are said."""
        found = self.config.get("decimals")
        return None if found is None else int(found)

    @property
    def nothing(self) -> str:
        """What is said where there is no value."""
        return str(self.config.get("noValue") or NOTHING)

    @property
    def custom(self) -> Json:
        """What only this kind of panel knows."""
        found: Json = self.config.get("custom") or {}
        return found

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its thresholds, from minus infinity upwards."""
        found = (self.config.get("thresholds") or {}).get("steps") or ()
        return tuple(Step(-math.inf if each.get("value") is None else each["value"], each["color"]) for each in found)

    def limit(self, name: str) -> float | None:
        """Where an axis begins (``min``) or ends (``max``), where that is said."""
        found = self.config.get(name)
        return None if found is None else float(found)

    def number(self, value: float) -> str:
        """A value in its unit."""
        return shown(value, self.unit, self.decimals)

    def of(self, value: float) -> Shown:
        """A value with what it stands for, and the colour of that or of its threshold."""
        mapped = _mapped(self.config.get("mappings") or (), value)
        colour = mapped.get("color") or self.level(value)
        return Shown(str(mapped["text"]) if mapped.get("text") else self.number(value), str(colour))

    def level(self, value: float) -> str:
        """The colour of the highest threshold that the value has reached; empty without thresholds."""
        reached = [each.colour for each in self.steps if value >= each.value or each.value == -math.inf]
        return reached[-1] if reached else ""

    def text(self, value: str) -> Shown:
        """A label's value with what it stands for."""
        mapped = _mapped(self.config.get("mappings") or (), value)
        return Shown(str(mapped.get("text") or value), str(mapped.get("color") or ""))


def field_of(panel: Json, name: str, ref: str = "") -> Field:
    """How the field of this name, out of the query with this letter, is shown."""
    given = panel.get("fieldConfig") or {}
    config: dict[str, Any] = dict(given.get("defaults") or {})
    for override in given.get("overrides") or ():
        if _matches(override["matcher"], name, ref):
            for each in override["properties"]:
                config = _put(config, each["id"].split("."), each.get("value"))
    return Field(config)


def visible(colour: str) -> str:
    """The name of a colour that can be seen."""
    return NEUTRAL if colour in {"", TRANSPARENT} else colour


def _put(config: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    first, *rest = path
    return {**config, first: _put(config.get(first) or {}, rest, value) if rest else value}


def _matches(matcher: Json, name: str, ref: str) -> bool:
    options = matcher.get("options")
    kind = matcher["id"]
    if kind == "byName":
        return bool(options == name)
    if kind == "byNames":
        named = name in (options or {}).get("names", ())
        return named if (options or {}).get("mode", "include") == "include" else not named
    if kind == "byRegexp":
        return re.search(str(options).strip("/"), name) is not None
    return kind == "byFrameRefID" and options == ref


def _mapped(mappings: Iterable[Json], value: float | str) -> Json:
    for mapping in mappings:
        found = _one(mapping, value)
        if found is not None:
            return found
    return {}


def _one(mapping: Json, value: float | str) -> Json | None:
    options: Json = mapping["options"]
    if mapping["type"] == "value":
        found: Json | None = options.get(value if isinstance(value, str) else _key(value))
        return found
    if mapping["type"] == "range" and not isinstance(value, str):
        low, high = (options.get(key) for key in ("from", "to"))
        within = (low is None or value >= low) and (high is None or value <= high)
        return options["result"] if within else None
    if mapping["type"] == "special" and options.get("match") in {"nan", "null+nan"}:
        return options["result"] if isinstance(value, float) and math.isnan(value) else None
    return None


def _key(value: float) -> str:
    """A number as the JSON of a mapping names it."""
    return f"{value:.15g}"
