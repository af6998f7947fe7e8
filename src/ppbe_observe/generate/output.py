"""All generated files of an estate root, as texts by their paths. Pure.

Invariant: the same definitions give the same bytes, so that a directory can be compared with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeDumper as SafeDumper
except ImportError:  # PyYAML built without libyaml writes the same bytes, only slower
    from yaml import SafeDumper  # type: ignore[assignment]  # what is used here, both have

from ppbe_observe.alerting.alarms.rendering import as_cloudformation, as_terraform
from ppbe_observe.alerting.alertmanager import CONFIGURATION, TEMPLATES, rendered
from ppbe_observe.alerting.alertmanager.versions import Version
from ppbe_observe.alerting.declared import Subject
from ppbe_observe.alerting.escalation import Escalation
from ppbe_observe.alerting.prometheus.rule_file import Rendering, rule_file
from ppbe_observe.alerting.prometheus.rule_tests import test_file
from ppbe_observe.alerting.rules import Record
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.grafana import provisioning
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.links import Addresses
from ppbe_observe.grafana.renderer import as_text
from ppbe_observe.grafana.renderer import rendered as rendered_dashboard

RULES, TESTS = "prometheus/rules", "prometheus/tests"
PROMETHEUS = "prometheus/prometheus.yml"
CLOUDWATCH = "cloudwatch"
ALERTMANAGER = "alertmanager"
DASHBOARDS, PROVISIONING = "grafana/dashboards", "grafana/provisioning"
_HEADER = "# Written by ppbe-observe generate from {source}; edit that, not this.\n"

Files = Mapping[str, str]
"""Texts by their paths, with slashes, below the directory that is written."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Where the daemon, Prometheus itself and the Alertmanagers are found: host and port of each."""

    daemon: str = "127.0.0.1:9106"
    prometheus: str = "127.0.0.1:9090"
    alertmanagers: tuple[str, ...] = ("127.0.0.1:9093",)


def files_of(subjects: Sequence[Subject], rendering: Rendering, peers: Peers) -> Files:
    """Every file."""
    found = {PROMETHEUS: _yaml("the settings of Prometheus in generate/output.py", _prometheus(peers))}
    for subject in subjects:
        source = f"alerts/{subject.name}.py"
        found[f"{RULES}/{subject.name}.yml"] = _yaml(source, rule_file(subject.groups, rendering))
        needed = [f"../rules/{name}.yml" for name in _needed(subject, subjects)]
        found[f"{TESTS}/{subject.name}.yml"] = _yaml(source, test_file(subject.groups, needed, rendering))
    return dict(sorted(found.items()))


def escalation_files(escalation: Escalation, stated: Version) -> Files:
    """The configuration of Alertmanager, for a version of it, and the templates beside it.

    Raises:
        DefinitionError: The version does not know something that the escalation uses.
    """
    made = rendered(escalation, stated)
    return {f"{ALERTMANAGER}/{CONFIGURATION}": made.configuration, f"{ALERTMANAGER}/{TEMPLATES}": made.templates}


def alarm_files(alarms: Sequence[CloudWatchAlarm]) -> Files:
    """The alarms for the tools that deploy them to CloudWatch; nothing where none is declared."""
    if not alarms:
        return {}
    return {
        f"{CLOUDWATCH}/alarms.tf.json": as_terraform(alarms),
        f"{CLOUDWATCH}/alarms.yaml": as_cloudformation(alarms),
    }


def dashboard_files(dashboards: Sequence[Dashboard], runbooks_url: str, peers: Peers) -> Files:
    """The dashboards, and what provisions Grafana with them; nothing where none is declared."""
    if not dashboards:
        return {}
    addresses = addresses_of(runbooks_url, peers)
    source = "the settings of Grafana in grafana/provisioning.py"
    sources = provisioning.datasources(addresses.prometheus, addresses.alertmanager)
    return {
        **{f"{DASHBOARDS}/{each.slug}.json": as_text(rendered_dashboard(each, addresses)) for each in dashboards},
        f"{PROVISIONING}/dashboards/ppbe-observe.yaml": _yaml(source, provisioning.provider()),
        f"{PROVISIONING}/datasources/ppbe-observe.yaml": _yaml(source, sources),
    }


def addresses_of(runbooks_url: str, peers: Peers) -> Addresses:
    """Where people find what dashboards lead to."""
    alertmanager = f"http://{peers.alertmanagers[0]}" if peers.alertmanagers else ""
    return Addresses(runbooks_url, f"http://{peers.daemon}", f"http://{peers.prometheus}", alertmanager)


def _needed(subject: Subject, subjects: Iterable[Subject]) -> list[str]:
    """The rule files of a subject's tests: its own, and those of the recorded series that it uses."""
    used = {selector.metric for group in subject.groups for rule in group.rules for selector in rule.parsed.selectors}
    recorded = {
        each.name
        for each in subjects
        for group in each.groups
        for rule in group.rules
        if isinstance(rule, Record) and rule.name in used
    }
    return sorted({subject.name, *recorded})


def _prometheus(peers: Peers) -> dict[str, Any]:
    def job(name: str, *targets: str) -> dict[str, Any]:
        return {"job_name": name, "static_configs": [{"targets": list(targets)}]}

    return {
        "global": {"scrape_interval": "30s", "evaluation_interval": "30s"},
        "rule_files": ["rules/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": list(peers.alertmanagers)}]}]},
        "scrape_configs": [
            job("ppbe-observe", peers.daemon),
            job("prometheus", peers.prometheus),
            job("alertmanager", *peers.alertmanagers),
        ],
    }


class _Dumper(SafeDumper):
    """Long texts stay on their line, texts with several lines are blocks, nothing is an alias."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(source: str, document: Mapping[str, Any]) -> str:
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return f"{_HEADER.format(source=source)}{body}"
