"""What a real Prometheus says of what fires and of the objectives, as pages show it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ppbe_observe.alerting.incidents import identity_of
from ppbe_observe.clock import utc_now
from ppbe_observe.model import Incident
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.views.asking import Told
from ppbe_observe.views.objectives import Recorded, alerts, recorded, slos
from support.daemon import until
from support.incidents import ARN, Known, sighting
from support.processes import prometheus

RULES = f"""\
groups:
  - name: shown
    interval: 1s
    rules:
      - {{alert: RdsCpuHigh, expr: vector(1), labels: {{name: "{ARN}", severity: page, owner: sre, escalation: l1}}}}
      - {{alert: RdsCpuHigh, expr: vector(1), labels: {{name: "{ARN}", severity: page, owner: sre, escalation: l2}}}}
      - {{alert: Cheap, expr: vector(1), labels: {{severity: ticket, cluster: "<b>"}}}}
      - {{alert: NotYet, expr: vector(1), for: 1h, labels: {{severity: page}}}}
      - {{alert: Watchdog, expr: vector(1)}}
      - {{record: "slo:objective:ratio", expr: vector(0.999), labels: {{slo: api, service: ppbe}}}}
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    home = tmp_path_factory.mktemp("prometheus")
    (home / "rules.yml").write_text(RULES)
    (home / "prometheus.yml").write_text("global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n")
    with prometheus(home / "prometheus.yml", home) as peer:
        server = Prometheus(peer.url)
        until(lambda: len(recorded(server).firing) == 4)
        yield recorded(server)


def test_an_alert_is_one_at_all_its_steps_pages_first(told: Recorded) -> None:
    found = alerts(Told(told, utc_now()), ())
    assert [(each.alert, each.severity, each.resource, each.steps) for each in found.items] == [
        ("RdsCpuHigh", "page", ARN, ("l1", "l2")),
        ("Cheap", "ticket", "cluster=<b>", ()),
    ]
    assert all(each.since is not None and abs((utc_now() - each.since).total_seconds()) < 60 for each in found.items)


def test_an_alert_is_known_as_the_incident_of_its_resource(told: Recorded) -> None:
    known = Known().tell(sighting(0)).all
    found = alerts(Told(told, utc_now()), known)
    assert [each.incident for each in found.items] == [known[0].id, ""]


def incident(labels: dict[str, str], starts: float = 0) -> Incident:
    """One of an alert with these labels."""
    (known,) = Known().tell(replace(sighting(starts), identity=identity_of(labels))).all
    return known


CHEAP = {"alertname": "Cheap", "severity": "ticket"}


@pytest.mark.parametrize("more", [{}, {"prometheus": "added"}, {"owner": "added", "prometheus": "added"}])
def test_labels_that_are_added_on_the_way_make_no_other_alert(told: Recorded, more: dict[str, str]) -> None:
    known = incident({**CHEAP, "cluster": "<b>", **more})
    assert alerts(Told(told, utc_now()), [known]).items[1].incident == known.id


@pytest.mark.parametrize("other", [{"cluster": "another"}, {"severity": "page"}, {"name": ARN}])
def test_an_incident_that_differs_in_a_label_is_of_another_alert(told: Recorded, other: dict[str, str]) -> None:
    known = incident({**CHEAP, "cluster": "<b>", **other})
    assert alerts(Told(told, utc_now()), [known]).items[1].incident == ""


def test_the_incident_with_most_labels_in_common_is_that_of_an_alert(told: Recorded) -> None:
    whole, part = incident({**CHEAP, "cluster": "<b>"}), incident(CHEAP, 5)
    for known in ([whole, part], [part, whole]):
        assert alerts(Told(told, utc_now()), known).items[1].incident == whole.id


def test_rules_that_record_no_budget_are_told(told: Recorded) -> None:
    found = slos(Told(told, utc_now()))
    assert found.items == ()
    assert found.notice.startswith("Prometheus has recorded no objective: load the rules")


def test_an_old_answer_says_from_when_it_is(told: Recorded) -> None:
    at = utc_now()
    found = alerts(Told(told, at, "it is down; start it"), ())
    assert found.notice == f"Prometheus cannot tell: it is down; start it. What is shown is of {at:%H:%M:%S} UTC."
    assert len(found.items) == 2
