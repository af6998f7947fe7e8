"""Dashboards as Grafana gets them, small, and answers to what they ask."""

from typing import Any

from ppbe_observe.preview.addresses import Addresses, Other
from ppbe_observe.preview.page import Picture
from ppbe_observe.preview.questions.answers import Answer, Answers, Series
from ppbe_observe.preview.questions.asking import Scene, questions_of
from ppbe_observe.preview.questions.filling import Chosen
from ppbe_observe.preview.questions.span import Span

START, END = 1_700_000_000.0, 1_700_003_600.0
"""An hour."""
SPAN = Span(START, END)
STEP = 60.0

GREEN_THEN_RED: tuple[tuple[float | None, str], ...] = ((None, "green"), (80.0, "red"))
HOSTILE = "<script>alert(1)</script>"

Json = dict[str, Any]


def target(expr: str = "up", legend: str = "{{name}}", ref: str = "A", **more: Any) -> Json:
    """One query of a panel."""
    return {"expr": expr, "legendFormat": legend, "refId": ref, "interval": "1m", "instant": False, **more}


def steps(*given: tuple[float | None, str]) -> Json:
    """Thresholds."""
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in given]}


def panel(kind: str = "timeseries", *targets: Json, **more: Any) -> Json:
    """A panel; ``defaults`` and ``options`` are what they are in Grafana's JSON."""
    found: Json = {
        "id": 7,
        "type": kind,
        "title": "CPU",
        "gridPos": {"x": 0, "y": 1, "w": 12, "h": 8},
        "targets": list(targets or (target(),)),
        "fieldConfig": {"defaults": more.pop("defaults", {}), "overrides": more.pop("overrides", [])},
        "options": more.pop("options", {}),
    }
    return {**found, **more}


def dashboard(*panels: Json, **more: Any) -> Json:
    """A dashboard."""
    return {"title": "Databases", "uid": "ppbe-rds", "panels": list(panels), **more}


def scene(**chosen: Chosen) -> Scene:
    """An hour, with these choices."""
    return Scene(SPAN, chosen)


def points(*values: float, step: float = STEP, end: float = END) -> tuple[tuple[float, float], ...]:
    """Values a step apart, the last at the end."""
    return tuple((end - step * (len(values) - 1 - place), value) for place, value in enumerate(values))


def series(*values: float, **labels: str) -> Series:
    """One series of an answer."""
    return Series(labels, points(*values))


def answers(shown: Json, *found: Answer, seen: Scene | None = None) -> Answers:
    """An answer to each question of a panel."""
    return dict(zip(questions_of(shown, seen or scene()), found, strict=True))


def told(*found: Series) -> Answer:
    """What Prometheus says where it refuses nothing."""
    return Answer(found)


def addresses(seen: Scene | None = None, *, asked: bool = False, **others: str) -> Addresses:
    """Where links lead; ``others`` are the dashboards by their uid, with ``_`` for ``-``."""
    known = {uid.replace("_", "-"): Other(uid, url) for uid, url in others.items()}
    return Addresses(seen or scene(), known, asked)


def picture(shown: Json, found: Answers, seen: Scene | None = None) -> Picture:
    """All that a page is made of."""
    return Picture(shown, addresses(seen), (), found, END, "http://127.0.0.1:9090", ("now-1h", "now"))
