"""One metric family, rendered: headers and body as they are, and both deflated. Pure.

Each part is deflated by itself and ends on a byte boundary (zlib's full flush, RFC 1951), so that parts can be
put behind each other into one gzip member, and a family that did not change is not compressed again.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ppbe_observe.exposition.encoding import help_text, openmetrics_help_text
from ppbe_observe.exposition.formats import Format

# Of a page with 100,000 series (45 MB) this takes 0.33 s and leaves 8.6 %; level 1 takes 0.17 s and leaves 10.5 %,
# level 6 takes 0.49 s and leaves 8.4 %. Z_FILTERED leaves out the short matches, which labels are full of.
_LEVEL = 4
_STRATEGY = zlib.Z_FILTERED
_RAW = -zlib.MAX_WBITS  # without zlib's own header and checksum
_MEMORY = 9

_TOTAL = "_total"
_TEXT_TYPES = {"unknown": "untyped"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The parts of one family in each format; the body is shared by both."""

    headers: Mapping[Format, bytes]
    body: tuple[bytes, ...]
    packed: Mapping[Format, tuple[bytes, ...]]

    def plain(self, form: Format) -> tuple[bytes, ...]:
        """The parts as they are."""
        return (self.headers[form], *self.body)


def render(name: str, kind: str, text: str, body: tuple[bytes, ...]) -> Rendered:
    """Render the family that text format 0.0.4 calls ``name``; ``kind`` is OpenMetrics' word for its type."""
    headers = {
        Format.TEXT: _header(name, _TEXT_TYPES.get(kind, kind), help_text(text)),
        Format.OPENMETRICS: _openmetrics_header(name, kind, openmetrics_help_text(text)),
    }
    return Rendered(headers, body, _packed(headers, body))


def _openmetrics_header(name: str, kind: str, text: bytes) -> bytes:
    if kind != "counter":
        return _header(name, kind, text)
    # OpenMetrics: the samples of a counter end in _total, the family does not.
    return _header(name.removesuffix(_TOTAL), "counter" if name.endswith(_TOTAL) else "unknown", text)


def _header(name: str, kind: str, text: bytes) -> bytes:
    return b"# HELP %b %b\n# TYPE %b %b\n" % (name.encode(), text, name.encode(), kind.encode())


def _packed(headers: Mapping[Format, bytes], body: tuple[bytes, ...]) -> Mapping[Format, tuple[bytes, ...]]:
    if len(set(headers.values())) == 1:
        whole = deflate((*set(headers.values()), *body))
        return dict.fromkeys(headers, (whole,))
    packed = deflate(body)
    return {form: (deflate((header,)), packed) for form, header in headers.items()}


def deflate(pieces: Iterable[bytes]) -> bytes:
    """The pieces behind each other as complete deflate blocks, none of them the last."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, _MEMORY, _STRATEGY)
    packed = packer.compress(b"".join(pieces))  # one call: a thousand pieces of one line would cost a call each
    return packed + packer.flush(zlib.Z_FULL_FLUSH)
