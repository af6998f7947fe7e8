"""Answers as named series with the fields that say how they are shown, and one number out of many. Pure."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ppbe_observe.errors import ObserveError
from ppbe_observe.preview.questions.answers import Answer, Answers, Json, Question, Series
from ppbe_observe.preview.questions.asking import Scene, questions_of, targets_of
from ppbe_observe.preview.values.fields import Field, field_of

Points = tuple[tuple[float, float], ...]

_NAMELESS = "Value"
"""What Grafana calls a series where none of its labels says anything."""
_LABEL = re.compile(r"\{\{\s*(.+?)\s*\}\}")


class UndrawnError(ObserveError):
    """Something of a dashboard that the preview cannot draw."""


@dataclass(frozen=True, slots=True)
class Named:
    """One series as a panel shows it."""

    name: str
    points: Points
    field: Field
    question: Question
    said: bool
    """Whether the panel gives it a name."""


@dataclass(frozen=True, slots=True)
class Told:
    """What Prometheus said to all questions of a panel."""

    answers: tuple[tuple[Json, Question, Answer], ...]

    @property
    def errors(self) -> tuple[str, ...]:
        """Why some of them have no answer."""
        return tuple(f"{target.get('refId', '')}: {answer.error}" for target, _, answer in self.answers if answer.error)


def told(panel: Json, scene: Scene, answers: Answers) -> Told:
    """The answers to a panel's questions."""
    asked = zip(targets_of(panel), questions_of(panel, scene), strict=True)
    return Told(tuple((target, question, answers.get(question, Answer())) for target, question in asked))


def named(panel: Json, said: Told, scene: Scene) -> tuple[Named, ...]:
    """All series of a panel, named as their target says."""
    return tuple(_named(panel, said, scene))


def _named(panel: Json, said: Told, scene: Scene) -> Iterator[Named]:
    for target, question, answer in said.answers:
        for each in answer.series:
            form = scene.said(target.get("legendFormat") or "")
            name = legend(form, each.labels) or full_name(each, _NAMELESS if form else question.expr)
            field = field_of(panel, name, target.get("refId", ""))
            yield Named(_renamed(field, name), each.points, field, question, said=bool(form))


def legend(form: str, labels: Mapping[str, str]) -> str:
    """Text with ``{{label}}``, filled in."""
    return "" if form == "__auto" else _LABEL.sub(lambda found: labels.get(found[1], ""), form)


def full_name(series: Series, otherwise: str) -> str:
    """A series as Prometheus writes it; one without labels is called otherwise."""
    labels = ", ".join(f'{name}="{value}"' for name, value in sorted(series.labels.items()) if name != "__name__")
    name = series.labels.get("__name__", "")
    return f"{name}{{{labels}}}" if labels else name or otherwise


def _renamed(field: Field, name: str) -> str:
    return str(field.config.get("displayName") or name)


def calculated(name: str, points: Points) -> float | None:
    """One number out of a series: ``lastNotNull``, ``max``, ...; None of no values.

    Raises:
        UndrawnError: The preview does not know the calculation.
    """
    try:
        how = _CALCULATIONS[name]
    except KeyError:
        raise UndrawnError(f"the preview does not know the calculation {name}") from None
    values = [value for _, value in points if not math.isnan(value)]
    return how(values) if values else None


_CALCULATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "lastNotNull": lambda values: values[-1],
    "last": lambda values: values[-1],
    "firstNotNull": lambda values: values[0],
    "first": lambda values: values[0],
    "min": min,
    "max": max,
    "mean": lambda values: math.fsum(values) / len(values),
    "sum": math.fsum,
    "count": len,
    "range": lambda values: max(values) - min(values),
    "diff": lambda values: values[-1] - values[0],
}
CALLED: Mapping[str, str] = {
    "lastNotNull": "Last",
    "last": "Last",
    "firstNotNull": "First",
    "first": "First",
    "mean": "Mean",
    "sum": "Total",
}
"""Grafana's headings of a legend; the others are called as they are."""
