"""One large value of each series, in the colour of its threshold, with its course behind it. Pure."""

import math
from collections.abc import Sequence

from ppbe_observe.preview.drawn import Body, Tile
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.values.axis import axis_of
from ppbe_observe.preview.values.colours import colour_of, faint
from ppbe_observe.preview.values.fields import Shown, visible
from ppbe_observe.preview.values.figures import Figure, at
from ppbe_observe.preview.values.series import Named, calculated

_FEWEST = 2
"""Points of a course."""
_AREA = 0.2


def stat(panel: Json, series: Sequence[Named], span: Span) -> Body:
    """A tile for each series."""
    return Body(tiles=tuple(_tile(panel, each, span, alone=len(series) == 1) for each in series))


def _tile(panel: Json, one: Named, span: Span, *, alone: bool) -> Tile:
    options = panel.get("options") or {}
    calculation = ((options.get("reduceOptions") or {}).get("calcs") or ["lastNotNull"])[0]
    value = calculated(calculation, one.points)
    shown = Shown(one.field.nothing) if value is None else one.field.of(value)
    mode = options.get("textMode", "auto")
    named = "name" in mode or (mode == "auto" and not alone)
    filled = str(options.get("colorMode", "value")).startswith("background") and visible(shown.colour) != "text"
    if options.get("colorMode") == "none":
        shown = Shown(shown.text)
    trend = options.get("graphMode") == "area" and len(one.points) >= _FEWEST
    course = _course(one, span, "#ffffff" if filled else colour_of(visible(shown.colour))) if trend else None
    return Tile(one.name if named else "", shown, filled, course)


def _course(one: Named, span: Span, colour: str) -> Figure:
    """A line without axes: its height is that of the values, whatever the thresholds are."""
    axis = axis_of([value for _, value in one.points], one.field)
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": [at(moment) for moment, _ in one.points],
        "y": [value if math.isfinite(value) else None for _, value in one.points],
        "line": {"color": colour, "width": 1},
        "fill": "tozeroy",
        "fillcolor": faint(colour, _AREA),
        "hoverinfo": "skip",
    }
    across = {"type": "date", "range": [at(span.start), at(span.end)], "visible": False, "fixedrange": True}
    return {
        "data": [trace],
        "layout": {
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "xaxis": across,
            "yaxis": {"range": [axis.low, axis.high], "visible": False, "fixedrange": True},
        },
    }
