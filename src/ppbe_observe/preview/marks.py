"""Annotations: when each was, out of the answers to their queries. Pure.

Source: Grafana's Prometheus data source, ``processAnnotationResponse``: what is above 0 is marked, and values no more
than a step apart are one mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ppbe_observe.preview.questions.answers import Answer, Answers, Json, Series
from ppbe_observe.preview.questions.asking import Scene, mark_question, marks_of
from ppbe_observe.preview.values.colours import colour_of
from ppbe_observe.preview.values.figures import Mark
from ppbe_observe.preview.values.series import legend


@dataclass(frozen=True, slots=True)
class Marks:
    """What all annotations of a dashboard mark, and which of them Prometheus refused to tell."""

    marks: tuple[Mark, ...]
    errors: tuple[str, ...] = ()


def marked(dashboard: Json, scene: Scene, answers: Answers) -> Marks:
    """The marks, oldest first."""
    found, errors = [], []
    for each in marks_of(dashboard):
        question = mark_question(each, scene)
        answer = answers.get(question, Answer())
        found += [mark for series in answer.series for mark in _marks(each, series, question.step)]
        errors += [f"{each['name']}: {answer.error}"] if answer.error else []
    return Marks(tuple(sorted(found, key=lambda mark: (mark.start, mark.title))), tuple(errors))


def _marks(annotation: Json, series: Series, step: float) -> Iterator[Mark]:
    title = legend(annotation.get("titleFormat") or annotation["name"], series.labels)
    text = legend(annotation.get("textFormat") or "", series.labels)
    colour = colour_of(annotation.get("iconColor") or "")
    for start, end in _runs([at for at, value in series.points if value > 0], step):
        yield Mark(start, end, title, text, colour)


def _runs(times: list[float], step: float) -> Iterator[tuple[float, float]]:
    """From the first to the last of those that follow each other."""
    start: float | None = None
    last = 0.0
    for at in times:
        if start is not None and at - last > step:
            yield start, last
            start = None
        start = at if start is None else start
        last = at
    if start is not None:
        yield start, last
