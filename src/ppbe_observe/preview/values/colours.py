"""Grafana's names of colours, as names of what the stylesheet has for light and for dark. Pure."""

import re

NEUTRAL = "text"
TRANSPARENT = "transparent"
PALETTE = 10
"""Colours of series in the stylesheet; the eleventh series begins again."""
_NAMES = ("green", "yellow", "orange", "red", "blue", "purple")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_SHADES = re.compile(r"^(?:super-light|light|semi-dark|dark)-")


def colour_of(name: str) -> str:
    """The colour for a figure: a name of the stylesheet's (``var:red``), or a hexadecimal one as it is."""
    if _HEX.fullmatch(name):
        return name
    plain = _SHADES.sub("", name)
    return f"var:{plain if plain in _NAMES else NEUTRAL}"


def css(name: str, kind: str = "c") -> str:
    """The same for a style; ``fill`` is the kind that white text is read on."""
    found = colour_of(name)
    return f"var(--{kind}-{found.removeprefix('var:')})" if found.startswith("var:") else found


def of_series(number: int) -> str:
    """The colour of the n-th series."""
    return f"var:s{number % PALETTE}"


def faint(colour: str, opacity: float) -> str:
    """The colour for an area; what draws mixes it."""
    return f"{colour}/{opacity:g}"
