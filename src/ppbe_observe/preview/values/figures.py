"""What all figures share, as plotly.js reads it. Pure.

A colour is a name (``var:red``, ``var:s0/0.1``) that the page's own script looks up in its stylesheet, for light or for
dark. plotly.js takes a few tags and entities in texts: whatever comes from outside is escaped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.values.axis import Axis
from ppbe_observe.preview.values.colours import faint

Figure = dict[str, Any]

_MILLISECONDS = 1000
_LINE_OF_A_MARK = 0.7
_AREA_OF_A_MARK = 0.12
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, or a time, that an annotation marks; seconds since the epoch."""

    start: float
    end: float
    title: str
    text: str
    colour: str


def said(text: str) -> str:
    """A text from outside, for plotly.js."""
    return escape(text, quote=False)


def at(seconds: float) -> int:
    """A moment as an axis of time has it: milliseconds since the epoch."""
    return round(seconds * _MILLISECONDS)


def layout(span: Span, **more: Any) -> Figure:
    """A figure over time; it can be zoomed along it."""
    time = {
        "type": "date",
        "range": [at(span.start), at(span.end)],
        "hoverformat": _FORM,
        "gridcolor": "var:line",
        "linecolor": "var:line",
        "zeroline": False,
    }
    return {
        "margin": {"l": 8, "r": 12, "t": 8, "b": 40},
        "font": {"color": "var:text", "size": 12},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"bgcolor": "var:panel", "font": {"color": "var:text"}, "namelength": -1},
        "hovermode": "x unified",
        "dragmode": "zoom",
        "showlegend": False,
        "xaxis": time,
        **more,
    }


def values_axis(axis: Axis) -> Figure:
    """The axis of values, with what we write beside its lines."""
    return {
        "range": [axis.low, axis.high],
        "tickmode": "array",
        "tickvals": list(axis.at),
        "ticktext": [said(each) for each in axis.texts],
        "automargin": True,
        "fixedrange": True,
        "gridcolor": "var:line",
        "zeroline": False,
    }


def mark_shapes(marks: Sequence[Mark]) -> list[Figure]:
    """A vertical line where a mark begins, and an area as long as it lasts; where several last, one of each colour."""
    areas = [_mark_area(colour, *times) for colour in _colours(marks) for times in _lasting(marks, colour)]
    return [*areas, *map(_mark_line, marks)]


def _mark_line(mark: Mark) -> Figure:
    line = {"color": faint(mark.colour, _LINE_OF_A_MARK), "width": 1, "dash": "dash"}
    return {"type": "line", **_across(mark.start, mark.start), "line": line}


def _mark_area(colour: str, start: float, end: float) -> Figure:
    area = {"fillcolor": faint(colour, _AREA_OF_A_MARK), "line": {"width": 0}, "layer": "below"}
    return {"type": "rect", **_across(start, end), **area}


def _across(start: float, end: float) -> Figure:
    return {"xref": "x", "yref": "paper", "x0": at(start), "x1": at(end), "y0": 0, "y1": 1}


def _colours(marks: Sequence[Mark]) -> Iterable[str]:
    return dict.fromkeys(each.colour for each in marks)


def _lasting(marks: Sequence[Mark], colour: str) -> list[tuple[float, float]]:
    """From when to when there is at least one mark of a colour: areas on top of each other would hide the chart."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(
        (each.start, each.end) for each in marks if each.colour == colour and each.end > each.start
    ):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def mark_signs(marks: Sequence[Mark]) -> list[Figure]:
    """A sign at the foot of each mark that says what it is when it is pointed at."""
    return [
        {
            "x": at(each.start),
            "y": 0,
            "xref": "x",
            "yref": "paper",
            "yanchor": "bottom",
            "text": "▲",
            "showarrow": False,
            "font": {"color": each.colour, "size": 10},
            "hovertext": said(f"{each.title}: {each.text}" if each.text else each.title),
        }
        for each in marks
    ]
