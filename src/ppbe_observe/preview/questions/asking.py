"""Which questions a dashboard asks of Prometheus. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ppbe_observe.preview.questions.answers import Json, Question
from ppbe_observe.preview.questions.filling import Chosen, in_query, in_text
from ppbe_observe.preview.questions.span import SCRAPE, Span, built_in, seconds_of, step_of

COLUMN = 60
"""Pixels of one of the 24 columns on a usual screen: a time series is asked for as many points as it is wide."""
WIDTH = 24


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: the time, and what is chosen."""

    span: Span
    chosen: Mapping[str, Chosen] = field(default_factory=dict)

    def said(self, text: str) -> str:
        """A text with its variables filled in."""
        return in_text(text, self.chosen, built_in(self.span, step_of(self.span, COLUMN * WIDTH, SCRAPE), SCRAPE))


def panels_of(dashboard: Json) -> Iterator[Any]:
    """All panels, also those that a closed row hides, and the rows themselves."""
    for panel in dashboard.get("panels", ()):
        yield panel
        yield from panel.get("panels", ())


def scene_of(panel: Json, scene: Scene) -> Scene:
    """What a panel looks at: it may look further back than its dashboard, or less far (``timeFrom``)."""
    back = panel.get("timeFrom")
    return Scene(Span(scene.span.end - seconds_of(back), scene.span.end), scene.chosen) if back else scene


def questions_of(panel: Json, scene: Scene) -> tuple[Question, ...]:
    """The questions of a panel, in the order of its targets; those that are switched off are not asked."""
    return tuple(_question(panel, each, scene_of(panel, scene)) for each in targets_of(panel))


def targets_of(panel: Json) -> list[Any]:
    """The targets that are asked."""
    return [each for each in panel.get("targets", ()) if not each.get("hide") and each.get("expr")]


def mark_question(annotation: Json, scene: Scene) -> Question:
    """The question of an annotation."""
    least = _seconds(annotation.get("step")) or 60.0
    step = step_of(scene.span, COLUMN * WIDTH, least)
    return _ranged(annotation["expr"], scene, step, least)


def marks_of(dashboard: Json) -> list[Any]:
    """The annotations that are asked for, of Prometheus."""
    found = dashboard.get("annotations", {}).get("list", ())
    return [each for each in found if each.get("enable") and each.get("expr")]


def _question(panel: Json, target: Json, scene: Scene) -> Question:
    least = _seconds(target.get("interval")) or _seconds(panel.get("interval")) or SCRAPE
    width = panel.get("gridPos", {}).get("w", WIDTH)
    step = step_of(scene.span, panel.get("maxDataPoints") or COLUMN * width, least)
    if not target.get("instant"):
        return _ranged(target["expr"], scene, step, least)
    filled = in_query(target["expr"], scene.chosen, built_in(scene.span, step, least))
    return Question(filled, scene.span.end, scene.span.end, step, instant=True)


def _ranged(expr: str, scene: Scene, step: float, scrape: float) -> Question:
    """From and to whole steps, as Grafana asks, so that a chart does not flicker."""
    filled = in_query(expr, scene.chosen, built_in(scene.span, step, scrape))
    start, end = (at // step * step for at in (scene.span.start, scene.span.end))
    return Question(filled, start, end, step)


def _seconds(text: str | None) -> float:
    """A lower limit of a step (``1m``, ``>1m``); none where a variable is named instead."""
    if not text or "$" in text:
        return 0.0
    return seconds_of(text.removeprefix(">"))
