"""What the daemon shows minute by minute of simulated time, put into a real Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import yaml

from ppbe_observe.collect.collector import Collects
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.exposition.encoding import label_block, number
from ppbe_observe.model import Snapshot
from ppbe_observe.settings import load_settings
from ppbe_observe.simulate import SimulatedEstate
from support.processes import Peer, prometheus, promtool
from support.simulated import client

NOTHING = "global: {scrape_interval: 1h}\n"


@dataclass
class Clock:
    """The time of a simulated estate."""

    now: float

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now


@dataclass
class Replay:
    """A collector of the daemon, the simulated CloudWatch that it looks at, and all that it has shown."""

    estate: SimulatedEstate
    clock: Clock
    collector: Collects
    samples: dict[str, list[bytes]] = field(default_factory=dict)

    def publish(self, namespace: str, data: list[dict[str, Any]]) -> None:
        """PutMetricData."""
        cloudwatch = client(self.estate, "cloudwatch")
        for start in range(0, len(data), 1000):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + 1000])

    def look(self) -> Snapshot:
        """One run of the daemon's job, now; what it shows is remembered."""
        snapshot = self.collector.run(datetime.fromtimestamp(self.clock.now, UTC), monotonic() + 60)
        assert snapshot.failures == ()
        stamp = b" %d\n" % self.clock.now
        for family in snapshot.families:
            lines = self.samples.setdefault(family.name, [b"# TYPE %b gauge\n" % family.name.encode()])
            for sample in family.samples:
                labels = label_block(sample.labels, 1024)
                lines.append(b"%b%b %b%b" % (family.name.encode(), labels, number(sample.value), stamp))
        return snapshot

    @contextmanager
    def prometheus(self, home: Path) -> Iterator[Peer]:
        """A real Prometheus that holds all that was shown, at the times when it was."""
        page = home / "shown.txt"
        page.write_bytes(b"".join(line for lines in self.samples.values() for line in lines) + b"# EOF\n")
        done = promtool("tsdb", "create-blocks-from", "openmetrics", page, home / "prometheus")
        assert done.returncode == 0, done.stderr
        config = home / "prometheus.yml"
        config.write_text(NOTHING, encoding="utf-8")
        with prometheus(config, home) as peer:
            yield peer


@contextmanager
def workbench(estate: SimulatedEstate, home: Path, definitions: Path) -> Iterator[Workbench]:
    """The daemon's parts on the main target of the estate, with these definitions."""
    file = home / "ppbe-observe.yaml"
    target = {"account_id": "123456789012", "regions": ["us-gov-west-1"]}
    file.write_text(yaml.safe_dump({"targets": [target], "definitions": str(definitions)}), encoding="utf-8")
    with Workbench(load_settings(file, {})) as bench:
        yield bench
