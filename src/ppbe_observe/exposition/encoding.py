"""Labels, help texts and numbers as bytes of the text format. Pure.

Text format 0.0.4 and OpenMetrics 1.0 write samples alike, so that one encoding serves both:
https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md (ABNF).

Invariants: whatever comes in, what comes out is valid UTF-8 on one line, label names are valid and occur
once, and two label sets that Prometheus takes for the same series are encoded to the same bytes.
"""

import re
from collections.abc import Iterable

from ppbe_observe.model import Labels

_CUT = "…"  # shows that a value was longer
_UNKNOWN_CHARACTER = "�"
_SPECIAL = re.compile(r'[\\"\n\x00]')
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\x00": _UNKNOWN_CHARACTER})
_HELP_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\x00": _UNKNOWN_CHARACTER})
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_]")
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_RESERVED = "__"  # label names that begin so are Prometheus' own
_LARGEST_EXACT = 2.0**53  # the integers up to here are exact in a float, and shorter without an exponent


def metric_name_is_valid(name: str) -> bool:
    """Whether every Prometheus takes it, not only those that take any UTF-8 (3.0)."""
    return _METRIC_NAME.match(name) is not None


def label_block(labels: Labels, length: int) -> bytes:
    """``{a="1",b="2"}``, sorted by name as Go clients write it; nothing where there is no label.

    A label without a value is left out, since to Prometheus it is none. Of two labels with one name the first
    is kept: a repeated name would cost the whole scrape.
    """
    pairs: dict[str, str] = {}
    for name, value in labels:
        if value:
            pairs.setdefault(_label_name(name), value)
    if not pairs:
        return b""
    inner = ",".join([f'{name}="{label_value(pairs[name], length)}"' for name in sorted(pairs)])
    return f"{{{inner}}}".encode()


def _label_name(name: str) -> str:
    if name.isascii() and name.isidentifier():  # [a-zA-Z_][a-zA-Z0-9_]*, and this test is quick
        return name if not name.startswith(_RESERVED) else "_" + name.lstrip("_")
    name = _NOT_IN_NAMES.sub("_", name)
    return _label_name(name if name[:1].isalpha() else f"_{name}")


def label_value(value: str, length: int) -> str:
    """The value escaped, cut to ``length`` characters, without what no UTF-8 can hold."""
    if len(value) > length:
        value = value[: length - len(_CUT)] + _CUT
    if not value.isascii():
        value = _whole_characters(value)
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _whole_characters(text: str) -> str:
    """Pairs of surrogates become the character they stand for; a lone one becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def help_text(text: str) -> bytes:
    """A HELP line's text for 0.0.4."""
    return _whole_characters(text).translate(_HELP_ESCAPES).encode()


def openmetrics_help_text(text: str) -> bytes:
    """A HELP line's text for OpenMetrics, which escapes quotes too."""
    return _whole_characters(text).translate(_ESCAPES).encode()


def number(value: float) -> bytes:
    """A value as Go and OpenMetrics read it, exact and short."""
    value = float(value)
    if value.is_integer() and -_LARGEST_EXACT < value < _LARGEST_EXACT:
        return b"%d" % value
    text = repr(value)
    return _NOT_FINITE.get(text) or text.encode()


_NOT_FINITE = {"nan": b"NaN", "inf": b"+Inf", "-inf": b"-Inf"}


class LabelBlocks:
    """Encodes label sets, and remembers those of the run before: from run to run they are the same.

    What one run did not use is forgotten with ``next``, so that it holds no more than one run's label sets.
    """

    __slots__ = ("_before", "_length", "_now")

    def __init__(self, length: int, before: dict[Labels, bytes] | None = None) -> None:
        self._length = length
        self._before = before or {}
        self._now: dict[Labels, bytes] = {}

    def of(self, labels: Labels) -> bytes:
        """The label set as bytes, then one space."""
        block = self._now.get(labels)
        if block is None:
            block = self._before.get(labels)
            if block is None:
                block = label_block(labels, self._length) + b" "
            self._now[labels] = block
        return block

    def next(self, series: int) -> "LabelBlocks":
        """The memory for the next run, where it pays: label sets that several families share.

        A set that only one series has costs four times its bytes to remember and microseconds to encode.
        """
        shared = len(self._now) * 2 <= series
        return LabelBlocks(self._length, self._now if shared else None)


def lines(name: bytes, samples: Iterable[tuple[bytes, float]]) -> list[bytes]:
    """One line for each block of labels and value."""
    return [b"%b%b%b\n" % (name, block, number(value)) for block, value in samples]
