"""How many calls one warm cycle takes, and what starting takes. The estate is simulated, in this process.

Run it by itself with ``python -m benchmarks cycle`` in tests/.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.figure import Figure
from ppbe_observe.aws.calls import Call
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.settings import load_settings
from ppbe_observe.simulate import Options, SimulatedEstate

LOAD_BALANCERS = 100
SETTINGS = """\
targets:
  - account_id: "123456789012"
    regions: [us-gov-west-1]
definitions: {root}
"""
METRICS = [
    "ActiveConnectionCount",
    "NewConnectionCount",
    "RejectedConnectionCount",
    "ProcessedBytes",
    "ConsumedLCUs",
    "RequestCount",
    "RuleEvaluations",
    "TargetResponseTime",
    "HTTPCode_Target_2XX_Count",
    "HTTPCode_Target_3XX_Count",
    "HTTPCode_Target_4XX_Count",
    "HTTPCode_Target_5XX_Count",
    "HTTPCode_ELB_3XX_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_ELB_500_Count",
    "HTTPCode_ELB_502_Count",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
    "ClientTLSNegotiationErrorCount",
    "TargetConnectionErrorCount",
    "TargetTLSNegotiationErrorCount",
    "IPv6RequestCount",
    "IPv6ProcessedBytes",
]
DEFINITION = """\
from ppbe_observe.cloudwatch import SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/ApplicationELB",
    resources="elasticloadbalancing:loadbalancer",
    dimensions=("LoadBalancer",),
    metrics=tuple(Metric(name, SUM, nil_to_zero=True, help=name) for name in {metrics!r}),
)
"""


def measure() -> dict[str, Figure]:
    """Calls of a warm cycle of 100 load balancers with 24 metrics each."""
    assert len(METRICS) == 24
    estate = SimulatedEstate(Options(load_balancers=LOAD_BALANCERS)).start()
    os.environ.update(estate.environ)
    try:
        with TemporaryDirectory() as directory:
            return _cycle(Path(directory))
    finally:
        estate.stop()


def _cycle(home: Path) -> dict[str, Figure]:
    (home / "exporters").mkdir()
    (home / "exporters" / "alb.py").write_text(DEFINITION.format(metrics=METRICS))
    config = home / "ppbe-observe.yaml"
    config.write_text(SETTINGS.format(root=home))
    calls: Counter[str] = Counter()

    def count(call: Call, /) -> None:
        calls[call.operation] += call.attempts

    with Workbench(load_settings(config, {}), count) as bench, ThreadPoolExecutor(2) as pool:
        (collector,) = bench.collectors(set(), set())
        now = datetime.now(UTC)
        collector.run(now - timedelta(minutes=1), monotonic() + 60)
        cold = calls.total()
        calls.clear()
        cpu, began = time.process_time(), monotonic()
        snapshot = pool.submit(collector.run, now, monotonic() + 60).result()
        wall, cpu = monotonic() - began, time.process_time() - cpu
    balancers = sum(resource.kind == "elasticloadbalancing:loadbalancer" for resource in snapshot.resources)
    note = f"{balancers} load balancers, {snapshot.metrics_requested} metrics asked, {cold} calls when cold"
    return {
        "calls of a warm cycle, 100 ALBs x 24 metrics": Figure(calls.total(), "calls", 6, note),
        "wall time of that cycle": Figure(wall, "s", None, f"{cpu:.2f} s CPU, the simulated AWS included"),
    }
