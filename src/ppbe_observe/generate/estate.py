"""Reads an estate root, judges it and makes its files. I/O: the definitions and the names of the runbooks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from ppbe_observe.alerting.alertmanager import OLDEST
from ppbe_observe.alerting.alertmanager.versions import Version
from ppbe_observe.alerting.declared import Subject, subjects_of
from ppbe_observe.alerting.escalation import Escalation, escalation_of, steps_of
from ppbe_observe.alerting.escalation.declared import VARIABLE
from ppbe_observe.alerting.escalation.lint import lint_escalation
from ppbe_observe.alerting.lint import lint
from ppbe_observe.alerting.prometheus.rule_file import Rendering, Steps
from ppbe_observe.alerting.rules import Alert, Record
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.definitions import alarms_of, estate_root, load_exporters, load_modules, runbooks_of
from ppbe_observe.generate.known import known_metrics
from ppbe_observe.generate.output import (
    Files,
    Peers,
    addresses_of,
    alarm_files,
    dashboard_files,
    escalation_files,
    files_of,
)
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.declared import dashboards_of
from ppbe_observe.grafana.finished import faults
from ppbe_observe.grafana.lint import lint as lint_dashboards
from ppbe_observe.grafana.renderer import rendered
from ppbe_observe.place import Problem

RUNBOOKS_URL = "http://127.0.0.1:9106/runbooks"
"""Where the daemon serves them unless it is told to listen elsewhere."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is not in the definitions: where things are found, and for which Alertmanager it is."""

    runbooks_url: str = RUNBOOKS_URL
    alertmanager: Version = OLDEST
    peers: Peers = field(default_factory=Peers)


@dataclass(frozen=True, slots=True)
class Estate:
    """What an estate root declares, and what is wrong with it though it can be rendered."""

    subjects: tuple[Subject, ...]
    problems: tuple[Problem, ...]
    alarms: tuple[CloudWatchAlarm, ...] = ()
    escalation: Escalation | None = None
    dashboards: tuple[Dashboard, ...] = ()

    @property
    def steps(self) -> Steps:
        """How alerts climb; each is one rule where no escalation is declared."""
        return partial(steps_of, escalation=self.escalation) if self.escalation else _one_step

    def files(self, options: Options) -> Files:
        """Everything that is generated.

        Raises:
            DefinitionError: An alert has no example, and none can be made; or the Alertmanager is too old.
        """
        rendering = Rendering(self.steps, options.runbooks_url.rstrip("/"))
        climbing = escalation_files(self.escalation, options.alertmanager) if self.escalation else {}
        shown = dashboard_files(self.dashboards, rendering.runbooks, options.peers)
        return {**climbing, **alarm_files(self.alarms), **shown, **files_of(self.subjects, rendering, options.peers)}


def read_estate(root: Path | None) -> Estate:
    """The alerts of an estate root, who is told of them, and its dashboards.

    Raises:
        DefinitionError: A file is wrong; names file and line.
    """
    place = estate_root(root)
    known = known_metrics(load_exporters(place))
    modules = load_modules(place, "alerts", fresh=False)
    dashboards = dashboards_of(load_modules(place, "dashboards", fresh=False))
    subjects = subjects_of(modules)
    groups = [group for subject in subjects for group in subject.groups]
    runbooks = {each.stem for each in runbooks_of(place).glob("*.md")}
    problems = lint(groups, known, runbooks)
    escalation = escalation_of(modules) if any(hasattr(each, VARIABLE) for each in modules) else None
    if escalation:
        problems += lint_escalation(escalation, [alert for group in groups for alert in group.alerts])
    recorded = {rule.name for group in groups for rule in group.rules if isinstance(rule, Record)}
    problems += (*lint_dashboards(dashboards, known, recorded), *_finished(dashboards))
    return Estate(subjects, problems, alarms_of(modules), escalation, dashboards)


def _finished(dashboards: Iterable[Dashboard]) -> Iterator[Problem]:
    """What no dashboard may have, in what is made of these."""
    addresses = addresses_of(RUNBOOKS_URL, Peers())
    for each in dashboards:
        for text in faults(rendered(each, addresses)):
            yield Problem(each.place, f"dashboard {each.title}: {text}")


def _one_step(_alert: Alert) -> tuple[tuple[str, timedelta], ...]:
    return (("", timedelta()),)
