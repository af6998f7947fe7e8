"""The checks as the settings want them: switched on or off, their parameters and severities by environment. Pure.

Invariants: a parameter has the type of its default; what is said for an environment goes before what is said for all.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ppbe_observe.controls.check import Check, Parameters
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Exemption, Resource, Severity

ENVIRONMENT_TAG = "Environment"


@dataclass(frozen=True, slots=True)
class Override:
    """What the settings say of one check; None where they say nothing."""

    enabled: bool | None = None
    severity: Severity | None = None
    parameters: Parameters = field(default_factory=dict)


Overrides = Mapping[str, Override]
"""By the id of the check."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A check as it applies in one environment."""

    check: Check
    severity: Severity
    parameters: Parameters


class Rules:
    """The checks that are switched on, for each environment.

    Args:
        checks: All that are defined.
        overrides: What is said for every environment.
        environments: What is said for one of them, by its name.
        environment: That of resources without a tag ``Environment``.
        exemptions: Failures that are accepted.
        regions: Those that are judged, by account; under None those whose account the settings do not tell.

    Raises:
        SettingsError: No such check or parameter, or a value of the wrong type.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        overrides: Overrides,
        environments: Mapping[str, Overrides],
        environment: str,
        exemptions: Iterable[Exemption] = (),
        *,
        regions: Mapping[str | None, Iterable[str]] | None = None,
    ) -> None:
        known = {each.id: each for each in checks}
        self.environment = environment
        self._regions = {account: frozenset(given) for account, given in (regions or {}).items()}
        self.exemptions: dict[str, list[Exemption]] = {}
        for index, each in enumerate(exemptions):
            _known(each.check, known, f"controls.exemptions[{index}].check")
            self.exemptions.setdefault(each.check, []).append(each)
        places = {"controls.checks": overrides} | {
            f"controls.environments.{name}.checks": o for name, o in environments.items()
        }
        for place, given in places.items():
            for name, override in given.items():
                _validate(_known(name, known, place), override, f"{place}.{name}")
        self._overrides = overrides
        self._environments = environments
        self.checks = tuple(each for each in checks if self._anywhere(each))

    def of(self, check: Check, environment: str) -> Rule | None:
        """The check as it applies in an environment; None where it is switched off there."""
        enabled, severity, parameters = True, check.severity, dict(check.parameters)
        for given in (self._overrides, self._environments.get(environment, {})):
            if override := given.get(check.id):
                enabled = enabled if override.enabled is None else override.enabled
                severity = override.severity or severity
                parameters |= _as_declared(override.parameters)
        return Rule(check, severity, parameters) if enabled else None

    def anywhere(self, check: Check) -> Rule:
        """The check as it applies where no tag says which environment it is, else in the first that it is on in."""
        rules = (self.of(check, name) for name in (self.environment, *self._environments))
        return next(rule for rule in rules if rule)

    def environment_of(self, resource: Resource) -> str:
        """The environment that a resource belongs to."""
        return dict(resource.tags).get(ENVIRONMENT_TAG) or self.environment

    def regions_of(self, account_id: str) -> frozenset[str]:
        """The regions of an account that are judged; any may be where there is none."""
        nothing: frozenset[str] = frozenset()
        return self._regions.get(account_id, nothing) | self._regions.get(None, nothing)

    def narrowed(self, keep: Callable[[Check, Severity], bool]) -> "Rules":
        """The same rules for fewer checks; ``keep`` is asked for each severity that a check has in an environment."""
        fewer = copy(self)
        fewer.checks = tuple(each for each in self.checks if any(keep(each, level) for level in self._severities(each)))
        return fewer

    def by_environment(self, check: Check) -> bool:
        """Whether the environment of a resource matters to a check."""
        return bool(check.only_in) or any(check.id in given for given in self._environments.values())

    def wanted(self) -> dict[str, set[str]]:
        """What has to be looked at for them: the kinds, each with the operations that tell more of it."""
        wanted: dict[str, set[str]] = {}
        for each in self.checks:
            for kind in (each.on, *each.uses):
                wanted.setdefault(kind, set()).update(each.needs)
        return wanted

    def _severities(self, check: Check) -> set[Severity]:
        rules = (self.of(check, name) for name in ("", self.environment, *self._environments))
        return {rule.severity for rule in rules if rule}

    def _anywhere(self, check: Check) -> bool:
        names = {self.environment, *self._environments}
        return any(self.of(check, name) for name in names)


def _as_declared(given: Parameters) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _known(name: str, known: Mapping[str, Check], place: str) -> Check:
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else "ppbe-observe controls list --checks names them all"
    raise SettingsError(f"{place}: no such check {name!r}; {hint}")


def _validate(check: Check, override: Override, place: str) -> None:
    for name, value in override.parameters.items():
        if name not in check.parameters:
            known = ", ".join(check.parameters) or "none"
            raise SettingsError(f"{place}.parameters.{name}: {check.id} has no such parameter; it has {known}")
        if (wrong := _mismatch(check.parameters[name], value)) is not None:
            raise SettingsError(f"{place}.parameters.{name}: {wrong}")


def _mismatch(default: Any, value: Any) -> str | None:
    if isinstance(default, tuple):
        kind = type(default[0]) if default else str
        good = isinstance(value, list | tuple) and all(type(each) is kind for each in value)
        return None if good else f"must be a list of {kind.__name__}, is {value!r}"
    return None if type(value) is type(default) else f"must be of type {type(default).__name__}, is {value!r}"
