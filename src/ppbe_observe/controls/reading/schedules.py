"""Schedules as AWS writes them, ``cron(0 5 ? * * *)`` and ``rate(12 hours)``: how often they run. Pure.

Source: Amazon EventBridge User Guide, "Cron expressions" and "Rate expressions". Fields of cron: minutes, hours, day of
the month, month, day of the week (1 is Sunday), year.
"""

import re
from collections.abc import Mapping
from datetime import timedelta

_NAMED_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_NAMED_MONTHS, 1)}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_FIELDS = 6
_FIRST_YEAR, _LAST_YEAR = 1970, 2199

_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)", re.IGNORECASE)
_CRON = re.compile(r"(?:cron\()?([^()]+)\)?", re.IGNORECASE)
_SOME_DAY = re.compile(r"L|LW|L-\d+|\w+L|\d+W|\w+#\d", re.IGNORECASE)
"""The last day, the nearest weekday, the second Friday: one day of the month."""


def at_least_daily(expression: str, year: int) -> bool:
    """Whether it runs on each day of a year.

    Raises:
        ValueError: It is not a schedule as AWS writes them.
    """
    if rate := _RATE.fullmatch(expression.strip()):
        return int(rate[1]) * _UNITS[rate[2].lower()] <= timedelta(days=1)
    cron = _CRON.fullmatch(expression.strip())
    fields = cron[1].split() if cron else []
    if len(fields) != _FIELDS:
        raise ValueError(f"{expression!r} is not a schedule")
    minutes, hours, day, month, weekday, years = fields
    return (
        bool(_values(minutes, 0, 59) and _values(hours, 0, 23))
        and _values(day, 1, 31) == set(range(1, 32))
        and _values(month, 1, 12, _MONTHS) == set(range(1, 13))
        and _values(weekday, 1, 7, _DAYS) == set(range(1, 8))
        and year in _values(years, _FIRST_YEAR, _LAST_YEAR)
    )


def _values(field: str, low: int, high: int, names: Mapping[str, int] | None = None) -> set[int]:
    """What a field allows; days that come once a month are left out, since they never make up every day."""
    parts = (each.upper() for each in field.split(","))
    return {value for part in parts for value in _part(part, low, high, names or {})}


def _part(part: str, low: int, high: int, names: Mapping[str, int]) -> list[int]:
    span, _, step = part.partition("/")
    start, dash, end = span.partition("-")
    if span in {"*", "?", ""}:
        first, last = low, high
    elif part not in names and not step and _SOME_DAY.fullmatch(part):
        return []
    else:
        first = _number(start, low, high, names)
        last = _number(end, low, high, names) if dash else high if step else first
    whole = range(first, last + 1) if first <= last else (*range(first, high + 1), *range(low, last + 1))
    return list(whole)[:: int(step or 1)]


def _number(text: str, low: int, high: int, names: Mapping[str, int]) -> int:
    value = names[text] if text in names else int(text)
    if not low <= value <= high:
        raise ValueError(f"{value} is not between {low} and {high}")
    return value
