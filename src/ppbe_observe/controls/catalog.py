"""The catalog: NIST 800-53 Rev5 controls with FedRAMP's baselines, and the Key Security Indicators of CR26. Pure.

Ids, short titles, flags and mappings only; the sentences of the rules are FedRAMP's and are not repeated. The tables
travel in the package (data/).
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import StringIO
from types import MappingProxyType

from ppbe_observe.controls.check import Check


class Baseline(StrEnum):
    """A set of controls: the baselines of Rev5, and the classes of the Consolidated Rules 2026."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CLASS_B = "class-b"
    CLASS_C = "class-c"
    CLASS_D = "class-d"

    @property
    def column(self) -> str:
        """Its column in the table of controls."""
        return self.value.replace("-", "_")


_WRITTEN = re.compile(r"(?P<family>[a-z]{2})-(?P<number>\d+)(?:\s*\((?P<round>\d+)\)|\.(?P<dotted>\d+))?")


@dataclass(frozen=True, slots=True)
class Control:
    """A control, the baselines that it belongs to, and the indicators that it serves."""

    id: str
    label: str
    title: str
    family: str
    family_title: str
    baselines: frozenset[Baseline]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A Key Security Indicator. ``optional_in`` are the classes that only recommend it.

    ``controls`` may name controls outside every baseline.
    """

    id: str
    theme: str
    name: str
    optional_in: frozenset[Baseline]
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every control and indicator, by id, in FedRAMP's order."""

    controls: Mapping[str, Control]
    indicators: Mapping[str, Indicator]

    def of(self, baseline: Baseline) -> tuple[Control, ...]:
        """The controls of a baseline."""
        return tuple(each for each in self.controls.values() if baseline in each.baselines)

    def families(self, baseline: Baseline) -> dict[str, str]:
        """The titles of the families that a baseline draws on, by their two letters."""
        return {each.family: each.family_title for each in self.of(baseline)}


@cache
def catalog() -> Catalog:
    """The catalog of the package."""
    indicators = {each.id: each for each in map(_indicator, _rows("indicators"))}
    serves: dict[str, list[str]] = {}
    for indicator in indicators.values():
        for control in indicator.controls:
            serves.setdefault(control, []).append(indicator.id)
    controls = {row["control"]: _control(row, tuple(serves.get(row["control"], ()))) for row in _rows("controls")}
    return Catalog(MappingProxyType(controls), MappingProxyType(indicators))


def control_id(written: str) -> str:
    """The id of a control however people write it: ``AC-2(1)``, ``ac-02.01``, ``AC-02(01)`` are ``ac-2.1``.

    What is no control in any notation comes back as it is, in lower case.
    """
    lower = written.strip().lower()
    match = _WRITTEN.fullmatch(lower)
    if match is None:
        return lower
    family, number, enhancement = match["family"], int(match["number"]), match["round"] or match["dotted"]
    return f"{family}-{number}" + (f".{int(enhancement)}" if enhancement else "")


def checks_by_control(checks: tuple[Check, ...]) -> dict[str, tuple[Check, ...]]:
    """The checks that speak for each control."""
    return _grouped((control, check) for check in checks for control in check.controls)


def checks_by_indicator(checks: tuple[Check, ...]) -> dict[str, tuple[Check, ...]]:
    """The checks that speak for each indicator."""
    return _grouped((indicator, check) for check in checks for indicator in check.indicators)


def _grouped(pairs: Iterator[tuple[str, Check]]) -> dict[str, tuple[Check, ...]]:
    groups: dict[str, list[Check]] = {}
    for name, check in pairs:
        groups.setdefault(name, []).append(check)
    return {name: tuple(each) for name, each in groups.items()}


def _control(row: Mapping[str, str], indicators: tuple[str, ...]) -> Control:
    baselines = frozenset(each for each in Baseline if row[each.column] == "1")
    return Control(
        row["control"], row["label"], row["title"], row["family"], row["family_title"], baselines, indicators
    )


def _indicator(row: Mapping[str, str]) -> Indicator:
    classes = (Baseline.CLASS_B, Baseline.CLASS_C)  # CR26 has not said it of class D
    optional = frozenset(each for each in classes if row[each.column] == "optional")
    return Indicator(row["indicator"], row["theme"], row["name"], optional, tuple(row["controls"].split()))


def _rows(table: str) -> Iterator[dict[str, str]]:
    text = files("ppbe_observe.controls").joinpath(f"data/{table}.csv").read_text("utf-8")
    return iter(csv.DictReader(StringIO(text)))
