"""What a real Prometheus says of what fires and of the objectives, as pages show it."""

from collections.abc import Iterator

import pytest

from ppbe_observe.clock import utc_now
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


def test_rules_that_record_no_budget_are_told(told: Recorded) -> None:
    found = slos(Told(told, utc_now()))
    assert found.items == ()
    assert found.notice.startswith("Prometheus has recorded no objective: load the rules")


def test_an_old_answer_says_from_when_it_is(told: Recorded) -> None:
    at = utc_now()
    found = alerts(Told(told, at, "it is down; start it"), ())
    assert found.notice == f"Prometheus cannot tell: it is down; start it. What is shown is of {at:%H:%M:%S} UTC."
    assert len(found.items) == 2
