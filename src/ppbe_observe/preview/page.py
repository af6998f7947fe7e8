"""A drawn dashboard as HTML: whole in one file, or with its scripts beside it where a server gives them. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ppbe_observe.preview.addresses import Addresses
from ppbe_observe.preview.drawn import Link
from ppbe_observe.preview.marks import marked
from ppbe_observe.preview.panels.text import markdown
from ppbe_observe.preview.questions.answers import Answers, Json
from ppbe_observe.preview.questions.asking import panels_of
from ppbe_observe.preview.questions.filling import Chosen
from ppbe_observe.preview.questions.variables import Option, Variable
from ppbe_observe.preview.sections import Material, sections_of
from ppbe_observe.preview.values.colours import css
from ppbe_observe.preview.values.units import shown

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""Of a page in a file. plotly.js writes styles; scripts are named by their digests."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable, what can be chosen of it, and what is."""

    variable: Variable
    options: tuple[Option, ...]
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a page shows.

    Attributes:
        dashboard: The JSON that Grafana gets.
        addresses: The time, what is chosen, and where links lead to.
        choices: Of the variables.
        answers: What Prometheus said.
        drawn: When, in seconds since the epoch.
        source: Where that Prometheus is.
        asked: From and to, as the person wrote them.
    """

    dashboard: Json
    addresses: Addresses
    choices: tuple[Choice, ...]
    answers: Answers
    drawn: float
    source: str
    asked: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A dashboard in the list of all."""

    title: str
    url: str
    description: str
    panels: int


def page(picture: Picture, library: str = "") -> str:
    """The page; with the charting library in it, or else links to what a server gives."""
    scene = picture.addresses.scene
    marks = marked(picture.dashboard, scene, picture.answers)
    material = Material(picture.addresses, picture.answers, marks.marks)
    menu = [Link(each.title, each.url) for each in picture.addresses.others.values()]
    script = static("preview.js")
    return _rendered(
        "dashboard.html",
        linked=not library,
        policy=_policy(library, script) if library else "",
        library=library,
        script=script,
        title=picture.dashboard["title"],
        about=markdown(picture.dashboard.get("description") or ""),
        menu=menu if len(menu) > 1 else (),
        links=picture.addresses.links(picture.dashboard.get("links") or ()),
        start=moment(scene.span.start),
        end=moment(scene.span.end),
        drawn=moment(picture.drawn),
        source=picture.source,
        from_=picture.asked[0],
        to=picture.asked[1],
        choices=[_choice(each) for each in picture.choices],
        marks=marks.marks,
        faults=marks.errors,
        sections=sections_of(picture.dashboard, material),
    )


def index(entries: Sequence[Entry], *, alone: bool = False) -> str:
    """The list of all dashboards; alone in a directory, or with its stylesheet from a server."""
    given = {"title": "Dashboards", "dashboards": entries, "note": "", "back": ""}
    return _rendered("index.html", linked=not alone, policy=POLICY if alone else "", **given)


def refusal(note: str) -> str:
    """What a server shows instead of a page: what went wrong, and a way back."""
    given = {"title": "Not drawn", "dashboards": (), "note": note, "back": "/"}
    return _rendered("index.html", linked=True, policy="", **given)


def entry(dashboard: Json, url: str) -> Entry:
    """A dashboard in the list."""
    many = sum(each["type"] != "row" for each in panels_of(dashboard))
    return Entry(dashboard["title"], url, dashboard.get("description") or "", many)


def moment(seconds: float) -> str:
    """A moment as people read it, UTC."""
    return shown(seconds * 1000, "dateTimeAsIso")


def static(name: str) -> str:
    """A stylesheet or script of ours."""
    return (files("ppbe_observe.preview") / "static" / name).read_text("utf-8")


def _rendered(template: str, **given: Any) -> str:
    return _environment().get_template(template).render(style=static("preview.css"), **given)


def _policy(*scripts: str) -> str:
    digests = (b64encode(sha256(each.encode()).digest()).decode() for each in scripts)
    return f"{POLICY}; script-src " + " ".join(f"'sha256-{each}'" for each in digests)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ppbe_observe.preview"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    made.filters |= {"css": css, "entry": _entry_colour, "figure_json": _figure_json, "moment": moment}
    return made


def _figure_json(figure: Json) -> Markup:
    """JSON within a script element: what would end that, or begin another, is written as an escape."""
    text = orjson.dumps(figure).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704 - nothing in it is markup any more


def _entry_colour(colour: str) -> str:
    name = colour.removeprefix("var:")
    return colour if name == colour else f"var(--{name if name[1:].isdigit() else f'c-{name}'})"


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "name": choice.variable.name,
        "title": choice.variable.title,
        "shown": choice.chosen.shown,
        "multi": choice.variable.multi,
        "has_all": choice.variable.has_all,
        "all": choice.chosen.texts == ("All",),
        "taken": choice.chosen.values,
        "options": choice.options,
    }
