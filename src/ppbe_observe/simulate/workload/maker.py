"""Makes series that share the nature, the incidents and the lateness of one simulated AWS. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ppbe_observe.simulate.plane.nature import Nature
from ppbe_observe.simulate.plane.series import (
    MINUTE,
    Disruption,
    Identity,
    Lateness,
    SimulatedSeries,
    sorted_dimensions,
)
from ppbe_observe.simulate.plane.signals import Signal


class Reported(NamedTuple):
    """One metric of a subject: its name, its unit and its behaviour."""

    metric: str
    unit: str
    signal: Signal


@dataclass(frozen=True, slots=True)
class Maker:
    """``now`` is when the estate was built: what went quiet did so some days before."""

    nature: Nature
    disruption: Disruption
    lateness: Lateness
    now: float

    def one(
        self,
        namespace: str,
        reported: Reported,
        dimensions: Mapping[str, str],
        *,
        scope: str = "",
        key: object = None,
        step: int = MINUTE,
        until: float | None = None,
    ) -> SimulatedSeries:
        """One series. Series with one key see the same noise, so that what belongs together moves together."""
        metric, unit, signal = reported
        return SimulatedSeries(
            Identity(namespace, metric, sorted_dimensions(dimensions), unit),
            signal,
            self.nature,
            self.disruption,
            lateness=self.lateness,
            key=key,
            scope=scope,
            step=step,
            until=until,
        )

    def all(
        self,
        namespace: str,
        reported: tuple[Reported, ...],
        dimensions: Mapping[str, str],
        *,
        scope: str = "",
        key: object = None,
        step: int = MINUTE,
        until: float | None = None,
    ) -> Iterator[SimulatedSeries]:
        """One series for each metric, under the same dimensions."""
        for each in reported:
            yield self.one(namespace, each, dimensions, scope=scope, key=key, step=step, until=until)
