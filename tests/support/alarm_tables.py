"""CloudWatch's own examples of how an alarm is evaluated when datapoints are missing.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data": both tables, for an evaluation
range of five datapoints and an N of three, and the examples of "avoiding premature transitions". 0 does not breach, X
does, - is missing; the newest is last. RETAIN is "Retain current state".
"""

from dataclasses import dataclass

from ppbe_observe.cloudwatch.alarm import BREACHING, IGNORE, MISSING, NOT_BREACHING, MissingData

OK, ALARM, INSUFFICIENT, RETAIN = "ok", "alarm", "insufficient_data", "retain"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: M of three datapoints, what was reported, and the state by what is made of missing ones."""

    datapoints: int
    reported: str
    states: dict[MissingData, str]

    @property
    def id(self) -> str:
        """For the names of tests and series."""
        return f"{self.datapoints}_of_3_{self.reported.replace(' ', '').replace('-', '_')}"

    @property
    def range(self) -> tuple[bool | None, ...]:
        """The evaluation range, oldest first."""
        return tuple({"0": False, "X": True, "-": None}[each] for each in self.reported.split())


def _row(datapoints: int, reported: str, *states: str) -> Row:
    return Row(datapoints, reported, dict(zip((MISSING, IGNORE, BREACHING, NOT_BREACHING), states, strict=True)))


ROWS = (
    _row(3, "0 - X - X", OK, OK, OK, OK),
    _row(3, "- - - - 0", OK, OK, OK, OK),
    _row(3, "- - - - -", INSUFFICIENT, RETAIN, ALARM, OK),
    _row(3, "0 X X - X", ALARM, ALARM, ALARM, ALARM),
    _row(3, "- - X - -", ALARM, RETAIN, ALARM, OK),
    _row(2, "0 - X - X", ALARM, ALARM, ALARM, ALARM),
    _row(2, "0 0 X 0 X", ALARM, ALARM, ALARM, ALARM),
    _row(2, "0 - X - -", OK, OK, ALARM, OK),
    _row(2, "- - - - 0", OK, OK, ALARM, OK),
    _row(2, "- - - X -", ALARM, RETAIN, ALARM, OK),
    # "Avoiding premature transitions": the first breaching datapoint is not yet an alarm ...
    _row(3, "- - - - X", INSUFFICIENT, RETAIN, ALARM, OK),
    _row(3, "- - - X -", INSUFFICIENT, RETAIN, ALARM, OK),
    # ... and the next one may show that there was none.
    _row(3, "- - - X 0", OK, OK, OK, OK),
    _row(3, "- - X - 0", OK, OK, OK, OK),
    # The tables of 2018, where they have rows of their own.
    _row(3, "0 - - - -", OK, OK, OK, OK),
    _row(2, "- - - - X", INSUFFICIENT, RETAIN, ALARM, OK),
)
