"""What judging the controls takes: all checks on the simulated estate, and 100,000 findings.

Run it by itself with ``python -m benchmarks controls`` in tests/.
"""

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figure import Figure
from ppbe_observe.assessment.remembering import Memory
from ppbe_observe.aws.http import HttpPool
from ppbe_observe.clock import utc_now
from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rollup import State, count, roll_up
from ppbe_observe.controls.rules import Rules
from ppbe_observe.controls.tracking import follow, verified
from ppbe_observe.daemon.inspection import inspect
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.settings import load_settings
from ppbe_observe.state.database import Database
from support.findings import seen, thing, thing_check
from support.processes import serving

SETTINGS = """\
environment: production
targets:
  - account_id: "123456789012"
    regions: [us-gov-west-1, us-gov-east-1]
  - regions: [us-gov-west-1]
    role:
      arn: arn:aws-us-gov:iam::210987654321:role/ppbe-observe
      external_id: ppbe-observe
"""
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
SERVER_ERROR = 500
RUNS = 5
FINDINGS = 100_000
CHECKS = 100


def measure() -> dict[str, Figure]:
    """Both."""
    with TemporaryDirectory() as directory, _estate(Path(directory)) as url:
        config = Path(directory, "ppbe-observe.yaml")
        config.write_text(SETTINGS)
        os.environ.update(CREDENTIALS | {"AWS_ENDPOINT_URL": url})
        runs = [_run(config) for _ in range(RUNS)]
        calls = _calls(config)
    repeated = sum(many - 1 for many in calls.values() if many > 1)
    return {
        "all checks on the simulated estate": _median(
            [each.wall for each in runs], "s", 10, "whole process, 3 targets"
        ),
        "its CPU": _median([each.cpu for each in runs], "s", 3, f"ours, median of {RUNS}; start and imports included"),
        "its memory": _median([each.memory for each in runs], "MB", 150, "largest resident set"),
        "calls repeated with the same arguments": Figure(repeated, "calls", 0, f"of {calls.total()} calls"),
        **_many(),
    }


@dataclass(frozen=True, slots=True)
class _Run:
    wall: float
    cpu: float
    memory: float


@contextmanager
def _estate(directory: Path) -> Iterator[str]:
    """The simulated estate as a process of its own: its memory would count as ours, that of a child at its start."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "ppbe_observe", "simulate", "serve", "--port", str(port)]

    with serving(command, directory / "estate.log", ready="/_simulate/health") as peer:
        yield peer.url


def _run(config: Path) -> _Run:
    command = [sys.executable, "-m", "ppbe_observe", "check", "--config", str(config), "--format", "json"]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=config.parent)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1, 2}, "the check itself has failed"
    return _Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _median(numbers: list[float], unit: str, limit: float, note: str) -> Figure:
    return Figure(statistics.median(numbers), unit, limit, note)


def _calls(config: Path) -> Counter[Any]:
    """How often each request was sent, by all that it asks."""
    sent: Counter[Any] = Counter()

    class Counting(HttpPool):
        def send(self, method: str, url: str, headers: Mapping[str, str], body: Any, *more: Any) -> Any:
            whose = headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0]
            answer = super().send(method, url, headers, body, *more)
            asked = method, url, headers.get("X-Amz-Target"), body, whose
            sent[asked] += answer.status < SERVER_ERROR  # those are tried again
            return answer

    with Workbench(load_settings(config, {})) as bench:
        bench.shared.sessions.http = Counting(3, 10, 1_000_000, 64)
        inspect(
            bench.assembly,
            bench.assembly.examiner,
            bench.select(set()),
            utc_now(),
            time.monotonic() + 120,
            done=lambda: None,
        )
    return sent


def _many() -> dict[str, Figure]:
    """A target with so many findings, new to an empty database, and the same ones an hour later."""
    checks = [thing_check(f"check_{number}", controls=("ac-2", "sc-7")) for number in range(CHECKS)]
    rules = Rules(checks, {}, {}, "production")
    world = seen(*(thing(f"{number:05d}", Good=number % 4 > 0) for number in range(FINDINGS // CHECKS)))
    with TemporaryDirectory() as directory:
        memory = Memory.of(Database(f"sqlite:///{directory}/state.db"))
        first = _evaluated(rules, checks, world, memory)
        later = replace(world, at=world.at + timedelta(hours=1))
        second = _evaluated(rules, checks, later, memory)
        flipped = {"things:thing": replace(world.kinds["things:thing"], resources=_flipped(world))}
        third = _evaluated(rules, checks, replace(later, at=later.at + timedelta(hours=1), kinds=flipped), memory)
    return {
        f"{FINDINGS:,} findings evaluated, rolled up, stored": Figure(first, "s", 10, "a quarter fails, all new"),
        "the same an hour later": Figure(second, "s", 10, "nothing has changed"),
        "the same, every outcome the other way round": Figure(third, "s", 10, "each row new or changed"),
    }


def _flipped(world: Any) -> tuple[Any, ...]:
    resources = world.kinds["things:thing"].resources
    return tuple(replace(each, facts={"Good": not each.facts["Good"]}) for each in resources)


def _evaluated(rules: Rules, checks: list[Any], world: Any, memory: Memory) -> float:
    began = time.monotonic()
    findings = evaluate(world, rules)
    assert len(findings) == FINDINGS
    rolled = roll_up(count(findings), checks, catalog(), Baseline.CLASS_C)
    assert rolled.controls["ac-2"].state is State.FAIL
    evaluated = dict.fromkeys(verified(findings), world.at)
    memory.findings.update(world.target, lambda current: follow(current, findings, world.at), evaluated)
    memory.days.record(world.at.date(), {("control", each.id): each.state.value for each in rolled.controls.values()})
    return time.monotonic() - began
