"""Renders templates of the package: everything that is put in is escaped."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from ppbe_observe import __version__
from ppbe_observe.web.pages import charts, words

NAV: Mapping[str, str] = {
    "/": "Overview",
    "/controls": "Controls",
    "/findings": "Findings",
    "/incidents": "Incidents",
    "/slos": "Objectives",
    "/availability": "Availability",
    "/freshness": "Freshness",
    "/runbooks": "Runbooks",
}
"""What every page links to."""
_KEPT = "public, max-age=31536000, immutable"
_FILTERS = {
    each.__name__: each
    for each in (
        *(words.when, words.machine, words.ago, words.seconds, words.percent, words.number),
        *(words.spaced, words.short, words.resource_path, words.as_json),
    )
}


class Rendering:
    """The templates and the stylesheet, read when the first page is asked for."""

    @cached_property
    def stylesheet(self) -> bytes:
        """The one stylesheet."""
        return files("ppbe_observe.web.pages").joinpath("static/ppbe-observe.css").read_bytes()

    @cached_property
    def stylesheet_path(self) -> str:
        """Where it is served: another address for another content, so that it may be kept for ever."""
        return f"/static/ppbe-observe.{sha256(self.stylesheet).hexdigest()[:16]}.css"

    def html(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **given: Any
    ) -> Response:
        """A page."""
        return HTMLResponse(self._environment.get_template(template).render(**given), status, headers)

    def css(self) -> Response:
        """The stylesheet, to be kept."""
        return Response(self.stylesheet, media_type="text/css", headers={"Cache-Control": _KEPT})

    @cached_property
    def _environment(self) -> Environment:
        made = Environment(
            loader=PackageLoader("ppbe_observe.web.pages"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        made.filters.update(_FILTERS)
        made.tests["arn"] = words.is_arn
        made.globals.update(
            asked=words.asked, charts=charts, nav=NAV, stylesheet=self.stylesheet_path, version=__version__
        )
        return made
