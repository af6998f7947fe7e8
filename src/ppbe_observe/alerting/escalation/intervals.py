"""Hours of the week that ladders and routes name. Pure.

Source: Alertmanager documentation, "Configuration", section "Time interval"; its weeks begin with sunday.
"""

import re
from dataclasses import dataclass, field

from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInterval:
    """Hours of the week, at a place.

    Attributes:
        name: ``working-hours``.
        weekdays: ``monday`` or ``monday:friday``; every day where empty.
        times: Beginnings and ends, ``("08:00", "17:00")``; the whole day where empty.
        location: As in the time zone database.
        place: Where it is declared.
    """

    name: str
    weekdays: tuple[str, ...] = ()
    times: tuple[tuple[str, str], ...] = ()
    location: str = "UTC"
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DefinitionError(f"a time interval is called {self.name!r}; give it a name like working-hours")
        for each in self.weekdays:
            if not _weekdays(each):
                raise DefinitionError(
                    f"interval {self.name}: {each!r} is no range of weekdays; write monday or monday:friday. A week "
                    "begins with sunday: write friday:monday as two"
                )
        for begin, end in self.times:
            if not (_TIME.fullmatch(begin) and _TIME.fullmatch(end) and begin < end):
                raise DefinitionError(
                    f"interval {self.name}: {begin}-{end} is no time of a day; write 08:00 and 17:00, midnight as 24:00"
                )
        if not self.weekdays and not self.times:
            raise DefinitionError(f"interval {self.name} is always; give it weekdays or times")
        object.__setattr__(self, "place", self.place or place())


def _weekdays(text: str) -> bool:
    days = text.split(":")
    if len(days) > 2 or not set(days) <= set(_WEEKDAYS):  # noqa: PLR2004 - a beginning and an end
        return False
    return _WEEKDAYS.index(days[0]) <= _WEEKDAYS.index(days[-1])
