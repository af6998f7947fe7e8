"""One run's share of a metric family, as bytes: a segment. Pure."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ppbe_observe.exposition.encoding import LabelBlocks, lines, metric_name_is_valid
from ppbe_observe.exposition.limits import Limits
from ppbe_observe.model import Family, Kind, Sample, Target


class Drop(StrEnum):
    """Why a series is not exported. These words are label values: they do not change."""

    DUPLICATE = "duplicate"
    FAMILY_LIMIT = "family_limit"
    TOTAL_LIMIT = "total_limit"
    INVALID_NAME = "invalid_name"
    CONFLICT = "conflict"


class Source(NamedTuple):
    """Who published a segment; the order of sources is the order of their series on the page."""

    exporter: str
    account_id: str
    region: str

    @classmethod
    def of(cls, exporter: str, target: Target) -> "Source":
        """The source of one exporter on one target."""
        return cls(exporter, target.account_id, target.region)


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines of one family that one run brought.

    ``fingerprints`` are hashes of the label sets: two segments without a common one have no series in common.
    """

    kind: Kind
    help: str
    body: bytes
    series: int
    fingerprints: "array[int]" = field(repr=False)


@dataclass(frozen=True, slots=True)
class Encoded:
    """All segments of one run by family name, and what was dropped on the way."""

    segments: Mapping[str, Segment]
    series: int
    dropped: Mapping[Drop, int]


def encode(families: Iterable[Family], blocks: LabelBlocks, limits: Limits) -> Encoded:
    """The run's families as bytes: valid, without duplicates, no family over its limit.

    Of duplicates the first is kept, over the limit the last are dropped: both by the order of the snapshot.
    """
    dropped: Counter[Drop] = Counter()
    segments: dict[str, Segment] = {}
    for name, parts in _by_name(families).items():
        if not metric_name_is_valid(name):
            dropped[Drop.INVALID_NAME] += sum(len(part.samples) for part in parts)
        elif segment := _segment(name, parts, blocks, limits, dropped):
            segments[name] = segment
    return Encoded(segments, sum(each.series for each in segments.values()), dropped)


def _by_name(families: Iterable[Family]) -> dict[str, list[Family]]:
    named: dict[str, list[Family]] = {}
    for family in families:
        named.setdefault(family.name, []).append(family)
    return named


def _segment(
    name: str, parts: list[Family], blocks: LabelBlocks, limits: Limits, dropped: Counter[Drop]
) -> Segment | None:
    first = parts[0]
    samples: dict[bytes, float] = {}
    for part in parts:
        if part.kind is first.kind:
            _add(part.samples, samples, blocks, limits, dropped)
        else:
            dropped[Drop.CONFLICT] += len(part.samples)
    if not samples:
        return None
    return Segment(
        kind=first.kind,
        help=first.help,
        body=b"".join(lines(name.encode(), samples.items())),
        series=len(samples),
        fingerprints=array("q", map(hash, samples)),
    )


def _add(
    found: tuple[Sample, ...],
    samples: dict[bytes, float],
    blocks: LabelBlocks,
    limits: Limits,
    dropped: Counter[Drop],
) -> None:
    for position, (labels, value) in enumerate(found):
        if len(samples) >= limits.series_per_family:
            dropped[Drop.FAMILY_LIMIT] += len(found) - position
            return
        block = blocks.of(labels)
        if block in samples:
            dropped[Drop.DUPLICATE] += 1
        else:
            samples[block] = value
