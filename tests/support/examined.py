"""The control checks on the simulated estate, through the library: as ``check`` runs them, without a process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from ppbe_observe.assessment.examiner import Examination, Examiner
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.model import Finding, Target, Verdict
from ppbe_observe.settings import load_settings
from ppbe_observe.simulate import SimulatedEstate

PRODUCTION: Mapping[str, Any] = {"account_id": "123456789012", "regions": ["us-gov-west-1"]}
RECOVERY: Mapping[str, Any] = {"account_id": "123456789012", "regions": ["us-gov-east-1"]}
BY_ROLE: Mapping[str, Any] = {
    "regions": ["us-gov-west-1"],
    "role": {"arn": "arn:aws-us-gov:iam::210987654321:role/ppbe-observe", "external_id": "ppbe-observe"},
}

# The simulated AWS calls services as boto3 does, declarations as IAM does.
_DECLARED = {"accessanalyzer": "access-analyzer", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
_CALLED = {name: client for client, name in _DECLARED.items()}

Key = tuple[str, str]
"""A check and the ARN of a resource."""


def declared_name(call: str) -> str:
    """``elasticloadbalancing:DescribeRules`` for ``elbv2:DescribeRules``: how declarations call it."""
    service, _, operation = call.partition(":")
    return f"{_DECLARED.get(service, service)}:{operation}"


def called_name(operation: str) -> str:
    """The other way round: how faults and counts of the simulated AWS call it."""
    service, _, name = operation.partition(":")
    return f"{_CALLED.get(service, service)}:{name}"


def calls_made(estate: SimulatedEstate) -> set[str]:
    """Every call that reached the estate since the counts were cleared."""
    return {declared_name(call) for call in estate.requests.by_call()}


@dataclass(slots=True)
class Bench:
    """Checks on the targets of one set of settings; clients are kept, resources are listed anew for each look."""

    workbench: Workbench
    targets: list[Target] = field(default_factory=list)

    @property
    def examiner(self) -> Examiner:
        """All checks, as the settings want them."""
        return self.workbench.assembly.examiner

    def examine(
        self, *checks: Check, target: int = 0, now: datetime | None = None, within: float = 60.0
    ) -> Examination:
        """One look at a target by these checks, or by all; ``now`` is the time that checks are told."""
        chosen = self.targets[target]
        assembly = self.workbench.assembly
        examiner = self.examiner.narrowed(lambda check, _: check in checks) if checks else self.examiner
        home = next(each for each in self.targets if each.account_id == chosen.account_id) == chosen
        at, deadline = now or datetime.now(UTC), monotonic() + within
        return examiner.examine(assembly.session(chosen), assembly.inventory(chosen), at, deadline, home=home)


@contextmanager
def bench(estate: SimulatedEstate, home: Path, *targets: Mapping[str, Any], **given: Any) -> Iterator[Bench]:
    """A workbench whose AWS is the estate, with one attempt for each call."""
    file = home / "ppbe-observe.yaml"
    usual = {"aws": {"max_attempts": 1}, "targets": [dict(each) for each in targets], **given}
    file.write_text(yaml.safe_dump(usual), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, text in estate.environ.items():
            patch.setenv(name, text)
        with Workbench(load_settings(file, {})) as workbench:
            found = Bench(workbench)
            found.targets = workbench.targets()
            yield found


def by_key(examination: Examination) -> dict[Key, Finding]:
    """The findings of the checks, without those about the detector itself."""
    findings = [each for each in examination.findings if each.check != DETECTION.id]
    found = {(each.check, each.resource.arn): each for each in findings}
    assert len(found) == len(findings), "two findings of one check about one resource"
    return found


def verdicts(examination: Examination) -> dict[Key, Verdict]:
    """What was found about what."""
    return {key: each.verdict for key, each in by_key(examination).items()}
