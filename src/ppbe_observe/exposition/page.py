"""Pages: what a scrape is answered with, in chunks that all scrapes share. Pure.

Invariants: a page never changes; its ``length`` is that of its chunks together; no page holds a copy of what
its families hold, save for the small parts that are gathered (gzip) or are gathered while being sent (plain).
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import pack
from typing import overload

from ppbe_observe.exposition.formats import Format
from ppbe_observe.exposition.rendered import Rendered

Chunk = bytes | memoryview

CHUNK = 256 * 1024  # bytes; large enough that a page takes few system calls, small enough for back-pressure
_GATHER = 64 * 1024  # bytes; parts under this size are sent together
_END = {Format.TEXT: b"", Format.OPENMETRICS: b"# EOF\n"}

# RFC 1952: deflate, no flags, no time, no extra flags, unknown system.
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"  # RFC 1951: an empty block with fixed codes, marked as the last one
_SIZE_MODULUS = 2**32


class Chunks(Sequence[Chunk]):
    """Parts as chunks of about equal size: large parts cut without a copy, small ones joined when asked for."""

    __slots__ = ("_groups",)

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._groups: list[tuple[Chunk, ...]] = list(_groups(parts))

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, index: int) -> Chunk: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Chunk]: ...
    def __getitem__(self, index: int | slice) -> Chunk | Sequence[Chunk]:
        if isinstance(index, slice):
            return [_joined(group) for group in self._groups[index]]
        return _joined(self._groups[index])


def _joined(group: tuple[Chunk, ...]) -> Chunk:
    return group[0] if len(group) == 1 else b"".join(group)


def _groups(parts: Iterable[bytes]) -> Iterator[tuple[Chunk, ...]]:
    small: list[bytes] = []
    size = 0
    for part in parts:
        if len(part) < _GATHER:
            small.append(part)
            size += len(part)
        if small and (size >= _GATHER or len(part) >= _GATHER):
            yield tuple(small)
            small, size = [], 0
        if len(part) >= _GATHER:
            view = memoryview(part)
            yield from ((view[start : start + CHUNK],) for start in range(0, len(part), CHUNK))
    if small:
        yield tuple(small)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a scrape."""

    content_type: str
    content_encoding: str | None
    chunks: Sequence[Chunk]
    length: int


@dataclass(frozen=True, slots=True)
class Pages:
    """One generation: the same state in each format, plain and gzip."""

    plain: Mapping[Format, Page]
    packed: Mapping[Format, Page]

    def page(self, form: Format, *, gzip: bool) -> Page:
        """The page in one format and encoding."""
        return (self.packed if gzip else self.plain)[form]


def assemble(families: Sequence[Rendered]) -> Pages:
    """All pages of one state; families are shown in the order given."""
    plain = {form: [part for each in families for part in each.plain(form)] + [_END[form]] for form in Format}
    packed = {form: _gzip(form, families, plain[form]) for form in Format}
    return Pages(
        plain={form: _page(form, None, Chunks(parts), parts) for form, parts in plain.items()},
        # Joined once here: a thousand scrapes that gather while they send would hold a thousand copies.
        packed={form: _page(form, "gzip", list(Chunks(parts)), parts) for form, parts in packed.items()},
    )


def _page(form: Format, encoding: str | None, chunks: Sequence[Chunk], parts: list[bytes]) -> Page:
    return Page(form.value, encoding, chunks, sum(map(len, parts)))


def _gzip(form: Format, families: Sequence[Rendered], plain: list[bytes]) -> list[bytes]:
    checksum, size = 0, 0
    for part in plain:
        checksum = zlib.crc32(part, checksum)
        size += len(part)
    last = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    end = last.compress(_END[form]) + last.flush() if _END[form] else _LAST_BLOCK
    packed = [part for each in families for part in each.packed[form]]
    return [_GZIP_HEADER, *packed, end, pack("<LL", checksum, size % _SIZE_MODULUS)]
