"""Snapshots and label sets for tests of the exposition and the web server."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ppbe_observe.model import Family, Kind, Labels, Sample, Snapshot, Target

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WEST = Target("123456789012", "us-gov-west-1", "aws-us-gov")
EAST = Target("123456789012", "us-gov-east-1", "aws-us-gov")


def labels(**pairs: str) -> Labels:
    """``labels(name="db", region="x")`` in the order given."""
    return tuple(pairs.items())


def gauge(name: str, values: Mapping[str, float], text: str = "Help.") -> Family:
    """A gauge with one series for each value of its label ``name``."""
    return Family(name, Kind.GAUGE, text, tuple(Sample(labels(name=key), each) for key, each in values.items()))


def counter(name: str, values: Mapping[str, float], text: str = "Help.") -> Family:
    """A counter with one series for each value of its label ``name``."""
    return Family(name, Kind.COUNTER, text, gauge(name, values).samples)


def snapshot(*families: Family, exporter: str = "rds", target: Target = WEST, at: datetime = NOON) -> Snapshot:
    """What one run brought."""
    return Snapshot(exporter, target, at, families)
