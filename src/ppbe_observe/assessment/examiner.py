"""Judges a target by the settings: looks, evaluates, and watches itself. I/O through what is handed in."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
import structlog

from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import here, observe
from ppbe_observe.controls.catalog import Baseline
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.deadlines import Deadlines, Estimate, Policy, Reachability
from ppbe_observe.controls.detector import detection
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Exemption, Failure, Finding, Observation, Reason, Severity, Target
from ppbe_observe.settings import Settings, TargetSettings
from ppbe_observe.settings.controls import ControlsSettings, RuleSettings

log = structlog.get_logger(__name__)

Kev = Mapping[str, date]
"""CISA's due dates by CVE."""
KEV_READING = "controls:kev_catalog"
"""The operation under which it is reported that CISA's catalog cannot be read."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What one evaluation of one target found, and which calls failed."""

    target: Target
    at: datetime
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]


class Examiner:
    """Judges targets by one state of the settings.

    Raises:
        SettingsError: The settings name an unknown check or parameter, or the KEV catalog cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        given = settings.controls
        self.rules = rules_of(given, settings.environment, _regions(settings.targets))
        self.baseline = Baseline(given.baseline)
        self.deadlines = deadlines_of(given)
        self._kev_path = given.kev_catalog
        self._kev = read_kev(given.kev_catalog) if given.kev_catalog else None

    def examine(
        self, session: TargetSession, inventory: Inventory, now: datetime, deadline: float, *, home: bool
    ) -> Examination:
        """Every finding on a target at ``now``; ``home`` where its account is looked at for the first time."""
        wanted = here(self.rules.wanted(), home=home)
        observation = observe(session, inventory, wanted, now, deadline)
        unread = self._renew_kev()
        findings = evaluate(observation, self.rules, self._kev)
        watched = detection(findings, observation.target, now)
        return Examination(observation.target, now, (*findings, *watched), (*failures_of(observation), *unread))

    def narrowed(self, keep: Callable[[Check, Severity], bool]) -> "Examiner":
        """The same for fewer checks."""
        fewer = copy(self)
        fewer.rules = self.rules.narrowed(keep)
        return fewer

    def _renew_kev(self) -> tuple[Failure, ...]:
        """Take the catalog as it is now; where it can no longer be read it stays, and that is a failure."""
        if self._kev_path is None:
            return ()
        try:
            self._kev = read_kev(self._kev_path)
        except SettingsError as error:
            log.warning("controls.kev_unreadable", error=str(error))
            return (Failure(Reason.MALFORMED, KEV_READING, str(error)),)
        return ()


def rules_of(
    given: ControlsSettings, environment: str, regions: Mapping[str | None, Iterable[str]] | None = None
) -> Rules:
    """The checks as the settings want them.

    Raises:
        SettingsError: They name an unknown check or parameter, or give a value of the wrong type.
    """
    environments = {
        name: {check: _override(each) for check, each in section.checks.items()}
        for name, section in given.environments.items()
    }
    overrides = {check: _override(each) for check, each in given.checks.items()}
    exemptions = [Exemption(**each.model_dump()) for each in given.exemptions]
    return Rules(CHECKS, overrides, environments, environment, exemptions, regions=regions)


def _regions(targets: Iterable[TargetSettings]) -> dict[str | None, set[str]]:
    """The regions of each account that the settings tell, and under None those of the others."""
    regions: dict[str | None, set[str]] = {}
    for each in targets:
        regions.setdefault(each.known_account, set()).update(each.regions)
    return regions


def deadlines_of(given: ControlsSettings) -> Deadlines:
    """The rules by which findings are due."""
    estimates = {
        check: Estimate(each.impact, Reachability(each.reachability) if each.reachability else None)
        for check, each in given.checks.items()
    }
    return Deadlines(Policy(given.deadlines), Baseline(given.baseline), Reachability(given.reachability), estimates)


def read_kev(path: Path) -> Kev:
    """CISA's catalog of known exploited vulnerabilities, in the form in which CISA publishes it (JSON).

    Raises:
        SettingsError: It cannot be read, or is something else.
    """
    try:
        listed = orjson.loads(path.read_bytes())["vulnerabilities"]
        return {each["cveID"]: date.fromisoformat(each["dueDate"]) for each in listed}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"controls.kev_catalog: {path}: {type(error).__name__}: {error}; "
            "save CISA's known_exploited_vulnerabilities.json there"
        ) from error


def failures_of(observation: Observation) -> tuple[Failure, ...]:
    """Every call that failed, once."""
    failures: dict[Failure, None] = {}
    for found in observation.kinds.values():
        failures.update(dict.fromkeys((*found.failures, *found.missed.values())))
        for resource in found.resources:
            failures.update(dict.fromkeys(each for each in resource.details.values() if isinstance(each, Failure)))
    return tuple(failures)


def _override(given: RuleSettings) -> Override:
    return Override(given.enabled, given.severity, given.parameters)
