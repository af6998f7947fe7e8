"""The caps that keep a mistake from filling Prometheus. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Most series of one family, most series altogether, and the longest label value in characters."""

    series_per_family: int = 100_000
    series_total: int = 500_000
    label_length: int = 1024
