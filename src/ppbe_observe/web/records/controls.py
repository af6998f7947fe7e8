"""The state of controls, indicators, families and services over all targets. Pure."""

from datetime import date

from pydantic import JsonValue

from ppbe_observe.web.records.base import Record


class Standing(Record):
    """A control, indicator, family or service: its state, and what makes it so."""

    id: str
    label: str
    """As people write it: `AC-2(1)` for `ac-2.1`."""
    title: str
    group: str
    """What it belongs to: the family of a control, the theme of an indicator; else empty."""
    state: str
    """`fail`, `unknown`, `exempt`, `pass`, `not_applicable` or `not_automated`."""
    outcomes: dict[str, int]
    """How many findings have each outcome."""
    checks: tuple[str, ...]


class Coverage(Record):
    """How many controls of the baseline are in each state."""

    baseline: str
    controls: int
    """All controls of the baseline: the whole of every share."""
    automated: int
    """Those with at least one check."""
    states: dict[str, int]


class Controls(Record):
    """Standings, the worst first."""

    by: str
    """`control`, `family`, `ksi` or `service`."""
    judged: bool
    """Whether any target has been judged since the start."""
    coverage: Coverage | None
    total: int
    """How many there are without the filter."""
    items: tuple[Standing, ...]


class CheckRecord(Record):
    """A check, and what it found."""

    id: str
    title: str
    description: str
    remediation: str
    severity: str
    service: str
    kind: str
    parameters: dict[str, JsonValue]
    """Their defaults."""
    outcomes: dict[str, int]


class Day(Record):
    """The state on one day (UTC): at last, and at worst."""

    day: date
    state: str
    worst: str


class ControlDetail(Record):
    """Everything that is known of a control or indicator."""

    kind: str
    """`control` or `indicator`."""
    standing: Standing
    related: tuple[str, ...]
    """The indicators that a control serves, or the controls of an indicator."""
    checks: tuple[CheckRecord, ...]
    days: tuple[Day, ...]
    """The last 90 days, the oldest first; days that nothing is known of are left out."""
    notice: str
    """What could not be told, and why; empty where everything could."""
