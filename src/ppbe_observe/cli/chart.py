"""Small charts of a line of text. Pure."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-:=+*#"
UNKNOWN, PLAIN_UNKNOWN = "·", " "


def sparkline(shares: Sequence[float | None], *, unicode: bool) -> str:
    """One character for each share: 0 and less the lowest, 1 the highest; what is not known is no height."""
    heights, gap = (BLOCKS, UNKNOWN) if unicode else (PLAIN, PLAIN_UNKNOWN)
    return "".join(gap if each is None else heights[_height(each, len(heights))] for each in shares)


def _height(share: float, levels: int) -> int:
    return max(0, min(levels - 1, int(share * levels)))
