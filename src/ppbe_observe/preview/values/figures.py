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


def mark_shapes(marks: Iterable[Mark]) -> list[Figure]:
    """A vertical line where a mark begins, and an area as long as it lasts."""
    found = []
    for mark in marks:
        across = {"xref": "x", "yref": "paper", "x0": at(mark.start), "y0": 0, "y1": 1}
        line = {"color": faint(mark.colour, _LINE_OF_A_MARK), "width": 1, "dash": "dash"}
        found.append({"type": "line", **across, "x1": at(mark.start), "line": line})
        if mark.end > mark.start:
            area = {"fillcolor": faint(mark.colour, _AREA_OF_A_MARK), "line": {"width": 0}, "layer": "below"}
            found.append({"type": "rect", **across, "x1": at(mark.end), **area})
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
