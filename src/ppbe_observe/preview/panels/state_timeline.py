"""Which state each series was in, as bars over time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ppbe_observe.preview.drawn import Body, Entry, Legend
from ppbe_observe.preview.panels.numbers import numbers
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.values.colours import colour_of
from ppbe_observe.preview.values.fields import Shown, visible
from ppbe_observe.preview.values.figures import Figure, Mark, at, layout, mark_shapes, mark_signs, said
from ppbe_observe.preview.values.series import Named
from ppbe_observe.preview.values.units import shown

_GAP = 1.5
"""Steps after which a state is not known to have lasted."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one state."""

    row: int
    start: float
    end: float
    shown: Shown


def state_timeline(panel: Json, series: Sequence[Named], span: Span, marks: Sequence[Mark]) -> Body:
    """The bars, which states there are, and when they were what."""
    stays = [stay for row, one in enumerate(series) for stay in stays_of(one, row)]
    states = tuple(dict.fromkeys(each.shown for each in stays))
    figure: Figure = {
        "data": [_bars([stay for stay in stays if stay.shown == state], state, series) for state in states],
        "layout": layout(
            span,
            barmode="overlay",
            bargap=0.2,
            hovermode="closest",
            shapes=mark_shapes(marks),
            annotations=mark_signs(marks),
            yaxis=_rows(series),
        ),
    }
    return Body(
        figure=figure,
        alternative=f"{panel.get('title', '')}: the states of {len(series)} series over time; the numbers are below",
        legend=Legend((), tuple(Entry(each.text, colour_of(visible(each.colour))) for each in states)),
        data=numbers(panel.get("title", ""), series, span),
    )


def stays_of(one: Named, row: int) -> Iterator[Stay]:
    """The times in each state; a value lasts until the next one, the last for a step, and none over a gap."""
    step = one.question.step
    begun: Stay | None = None
    for moment, value in one.points:
        now = one.field.of(value)
        if begun and (begun.shown != now or moment - begun.end > (_GAP - 1) * step):
            yield Stay(row, begun.start, min(begun.end, moment), begun.shown)
            begun = None
        begun = Stay(row, begun.start if begun else moment, moment + step, now)
    if begun:
        yield begun


def _bars(stays: Sequence[Stay], state: Shown, series: Sequence[Named]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": said(state.text),
        "y": [each.row for each in stays],
        "base": [at(each.start) for each in stays],
        "x": [at(each.end) - at(each.start) for each in stays],
        "marker": {"color": colour_of(visible(state.colour)), "line": {"width": 0}},
        "text": [said(f"{series[each.row].name}: {_times(each)}") for each in stays],
        "textposition": "none",
        "hovertemplate": "%{fullData.name}<br>%{text}<extra></extra>",
    }


def _times(stay: Stay) -> str:
    first, last = (shown(each * 1000, "dateTimeAsIso") for each in (stay.start, stay.end))
    return f"{first} to {last}"


def _rows(series: Sequence[Named]) -> Figure:
    """By number, from the top: two series may have one name."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(series))),
        "ticktext": [said(each.name) for each in series],
        "range": [len(series) - 0.5, -0.5],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
