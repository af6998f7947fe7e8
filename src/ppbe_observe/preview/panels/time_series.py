"""Values over time: lines, areas or bars, with thresholds, marks, and a legend that is a table. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ppbe_observe.preview.drawn import Body, Entry, Legend
from ppbe_observe.preview.panels.numbers import numbers
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.values.axis import Axis, axis_of
from ppbe_observe.preview.values.colours import TRANSPARENT, colour_of, faint, of_series
from ppbe_observe.preview.values.fields import Field, Step, field_of
from ppbe_observe.preview.values.figures import Figure, Mark, at, layout, mark_shapes, mark_signs, said, values_axis
from ppbe_observe.preview.values.series import CALLED, Named, Points, calculated

_POINT = 5
"""Pixels across."""
_GAP = 1.5
"""Steps after which a line is interrupted: a value is missing between."""
_AREA_OF_A_THRESHOLD = 0.12


@dataclass(frozen=True, slots=True)
class _Band:
    """From ``low`` to ``high``, values have this colour."""

    low: float
    high: float
    colour: str


def time_series(panel: Json, series: Sequence[Named], span: Span, marks: Sequence[Mark]) -> Body:
    """The chart, its legend, and its numbers."""
    field = series[0].field if series else field_of(panel, "")
    stacked = _stacked(field)
    axis = axis_of(_heights(series, stacked=stacked), field)
    figure: Figure = {
        "data": [_trace(each, number) for number, each in enumerate(series)],
        "layout": layout(
            span,
            yaxis=values_axis(axis),
            shapes=[*_threshold_shapes(field, axis), *mark_shapes(marks)],
            annotations=mark_signs(marks),
            barmode="stack" if stacked else "overlay",
        ),
    }
    count = f"{len(series)} series" if len(series) > 1 else "one series"
    return Body(
        figure=figure,
        alternative=f"{panel.get('title', '')}: {count} over time; the numbers are below",
        legend=_legend(panel, series),
        data=numbers(panel.get("title", ""), series, span),
    )


def _trace(one: Named, number: int) -> Figure:
    custom = one.field.custom
    colour = of_series(number)
    points = tuple(_with_gaps(one.points, one.question.step))
    trace: Figure = {
        "name": said(one.name),
        "x": [at(moment) for moment, _ in points],
        "y": [None if value is None or not math.isfinite(value) else value for _, value in points],
        "text": ["" if value is None else said(one.field.number(value)) for _, value in points],
        "hovertemplate": "%{fullData.name}: %{text}<extra></extra>",
    }
    if custom.get("drawStyle") == "bars":
        return {**trace, "type": "bar", "marker": {"color": faint(colour, 0.8)}}
    area = (custom.get("fillOpacity") or 0) / 100
    line = {"color": colour, "width": 1.5, "shape": "hv" if "step" in custom.get("lineInterpolation", "") else "linear"}
    drawn = {"type": "scatter", "line": line, "connectgaps": False, **_alone([value for _, value in points])}
    if _stacked(one.field):
        return {**trace, **drawn, "stackgroup": "A", "fillcolor": faint(colour, area)}
    return {**trace, **drawn, "fill": "tozeroy" if area else "none", "fillcolor": faint(colour, area)}


def _alone(values: Sequence[float | None]) -> Figure:
    """A value without neighbours is a point: a line of one value would not be seen."""
    around = [None, *values, None]
    sizes = [_POINT * (before is None is after) for before, after in zip(around, around[2:], strict=False)]
    return {"mode": "lines+markers", "marker": {"size": sizes}} if any(sizes) else {"mode": "lines"}


def _with_gaps(points: Points, step: float) -> Iterator[tuple[float, float | None]]:
    """The values, and nothing wherever one is missing."""
    yield from points[:1]
    for (before, _), (moment, value) in pairwise(points):
        if moment - before > _GAP * step:
            yield before + step, None
        yield moment, value


def _stacked(field: Field) -> bool:
    return (field.custom.get("stacking") or {}).get("mode") in {"normal", "percent"}


def _heights(series: Sequence[Named], *, stacked: bool) -> list[float]:
    """What the axis has to reach; a bar begins at zero."""
    bars = any(each.field.custom.get("drawStyle") == "bars" for each in series)
    if not stacked:
        return [value for each in series for _, value in each.points] + ([0.0] if bars and series else [])
    sums: dict[float, float] = {}
    for each in series:
        for moment, value in each.points:
            sums[moment] = sums.get(moment, 0.0) + (0.0 if math.isnan(value) else value)
    return [0.0, *sums.values()]


def _threshold_shapes(field: Field, axis: Axis) -> Iterator[Figure]:
    style = (field.custom.get("thresholdsStyle") or {}).get("mode", "off")
    bands = [_Band(low.value, high, low.colour) for low, high in _pairs(field)]
    if "area" in style:
        yield from (_area(each, axis) for each in bands if each.colour != TRANSPARENT and _seen(each, axis))
    if "line" in style or "dashed" in style:
        for each in bands[1:]:
            if each.colour != TRANSPARENT and axis.low <= each.low <= axis.high:
                yield _line(each, dashed="dashed" in style)


def _pairs(field: Field) -> Iterator[tuple[Step, float]]:
    steps = field.steps
    ends = [*(each.value for each in steps[1:]), math.inf]
    yield from zip(steps, ends, strict=False)


def _seen(band: _Band, axis: Axis) -> bool:
    return band.low < axis.high and band.high > axis.low


def _area(band: _Band, axis: Axis) -> Figure:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": max(band.low, axis.low),
        "y1": min(band.high, axis.high),
        "fillcolor": faint(colour_of(band.colour), _AREA_OF_A_THRESHOLD),
        "line": {"width": 0},
        "layer": "below",
    }


def _line(band: _Band, *, dashed: bool) -> Figure:
    line = {"color": colour_of(band.colour), "width": 1.5, "dash": "dash" if dashed else "solid"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": band.low, "y1": band.low, "line": line}


def _legend(panel: Json, series: Sequence[Named]) -> Legend:
    calculations = ((panel.get("options") or {}).get("legend") or {}).get("calcs") or ()
    entries = (
        Entry(each.name, of_series(number), tuple(_number(each, how) for how in calculations))
        for number, each in enumerate(series)
    )
    return Legend(tuple(CALLED.get(each, each.capitalize()) for each in calculations), tuple(entries))


def _number(one: Named, how: str) -> str:
    found = calculated(how, one.points)
    return "-" if found is None else one.field.number(found)
