"""Where links of a dashboard lead to from its preview; only to what a person may follow. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from ppbe_observe.preview.drawn import Link
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.asking import Scene

_OTHER = re.compile(r"/d/([A-Za-z0-9_-]+)(?:/[^?#]*)?(?:\?([^#]*))?")
_ASKED = re.compile(r"[$]\{(?:__url_time_range|__all_variables)\}&?")


@dataclass(frozen=True, slots=True)
class Other:
    """Another dashboard that is previewed, too."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """What links are made of.

    Attributes:
        scene: The time, which goes along, and what is chosen.
        others: The previews of dashboards, by their uid.
        asked: Whether a preview takes the time in its address, as Grafana does.
    """

    scene: Scene
    others: Mapping[str, Other] = field(default_factory=dict)
    asked: bool = False

    def links(self, found: Sequence[Json]) -> tuple[Link, ...]:
        """The links of a dashboard or a panel; one that leads nowhere from here is left out."""
        return tuple(made for each in found for made in self.link(str(each.get("title", "")), str(each.get("url", ""))))

    def link(self, title: str, url: str) -> Iterator[Link]:
        """One link, or none."""
        said = self.scene.said(_ASKED.sub("", url))
        other = _OTHER.fullmatch(said)
        if other:
            yield from self._to(title, other[1], other[2] or "")
        elif _of_the_web(said):
            yield Link(self.scene.said(title), said)

    @staticmethod
    def part(value: str) -> str:
        """A value within an address."""
        return quote(value, safe="")

    def _to(self, title: str, uid: str, query: str) -> Iterator[Link]:
        other = self.others.get(uid)
        if other:
            own = "&".join(each for each in (query, self._along()) if each) if self.asked else ""
            yield Link(self.scene.said(title), f"{other.url}?{own}" if own else other.url)

    def _along(self) -> str:
        span = self.scene.span
        time = [("from", f"{span.start * 1000:.0f}"), ("to", f"{span.end * 1000:.0f}")]
        return urlencode(time)


def _of_the_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:  # http://[x/
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
