"""The numbers of a chart as a table, for who cannot see it: so few that they can be read. Pure."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from ppbe_observe.preview.drawn import Cell, Grid
from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.values.fields import Shown
from ppbe_observe.preview.values.series import Named
from ppbe_observe.preview.values.units import shown

ROWS = 13
"""Twelve equal parts of the time have so many ends."""
_COLUMNS = 12
"""Series that are shown; the legend has all of them."""


def numbers(title: str, series: Sequence[Named], span: Span) -> Grid | None:
    """What the series were at evenly spaced moments, the newest first; None of nothing."""
    if not series:
        return None
    told = series[:_COLUMNS]
    moments = [span.end - span.seconds * part / (ROWS - 1) for part in range(ROWS)]
    rows = ((_time(moment), *(_cell(each, moment) for each in told)) for moment in moments)
    left_out = len(series) - len(told)
    more = f"; {left_out} further series are in the chart" if left_out else ""
    return Grid(f"{title}, in numbers{more}", ("Time (UTC)", *(each.name for each in told)), tuple(rows))


def _time(moment: float) -> Cell:
    return Cell(Shown(shown(moment * 1000, "dateTimeAsIso")))


def _cell(one: Named, moment: float) -> Cell:
    """The newest value up to a moment, no older than a step."""
    place = bisect_right(one.points, (moment, math.inf)) - 1
    if place < 0 or moment - one.points[place][0] > one.question.step:
        return Cell(Shown("-"), number=True)
    return Cell(one.field.of(one.points[place][1]), number=True)
