"""The pages of a real daemon on the simulated estate: what they show is what AWS said, and they ask it nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.daemon import RunningDaemon, daemon, only, settings, until, value, values
from support.processes import free_port
from support.simulated import remembering_estate

GIVEN = settings(
    exporters=only("sns", interval="30s"),
    controls={"enabled": True, "interval": "1h"},
    prometheus={"url": f"http://127.0.0.1:{free_port()}", "timeout": "1s"},
)


@dataclass(frozen=True, slots=True)
class Served:
    """The daemon after its first evaluation, and the estate that it looks at."""

    running: RunningDaemon
    estate: SimulatedEstate

    def json(self, path: str) -> dict[str, object]:
        """What the API answers."""
        found: dict[str, object] = self.running.client.get(f"{self.running.url}/api/v1{path}").raise_for_status().json()
        return found

    def page(self, path: str) -> str:
        """What a person sees."""
        return self.running.client.get(self.running.url + path).raise_for_status().text


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        remembering_estate() as (estate, _),
        daemon(tmp_path_factory.mktemp("pages"), GIVEN, estate.environ) as running,
    ):
        until(lambda: len(running.events("controls.evaluated")) == 1, 90, running.explain)
        running.until_ready("controls")
        yield Served(running, estate)


def test_findings_are_those_of_the_metrics(served: Served) -> None:
    series = served.running.until(lambda found: found if values(found, "fedramp_findings") else None)
    outcomes: dict[str, float] = {}
    for (name, labels), many in series.items():
        if name == "fedramp_findings":
            outcome = dict(labels)["outcome"]
            outcomes[outcome] = outcomes.get(outcome, 0) + many
    assert served.json("/findings")["outcomes"] == outcomes
    assert value(series, "fedramp_control_state", control="sc-28", state="fail") == 1
    assert served.json("/controls/SC-28")["standing"]["state"] == "fail"  # type: ignore[index]  # JSON


def test_a_finding_rests_on_facts_of_aws_with_their_calls(served: Served) -> None:
    listed = served.json("/findings?outcome=fail&check=rds_instance_storage_encrypted")
    line = listed["items"][0]  # type: ignore[index]  # JSON
    told = served.json(f"/findings/{line['id']}")
    assert told["seen"]["facts"]["StorageEncrypted"] is False  # type: ignore[index]
    assert told["seen"]["provenance"][0]["operation"] == "rds:DescribeDBInstances"  # type: ignore[index]
    assert told["history"]["open"] is True  # type: ignore[index]
    shown = unescape(served.page(f"/findings/{line['id']}"))
    assert '"StorageEncrypted": false' in shown
    assert "rds:DescribeDBInstances" in shown
    assert line["resource"] in unescape(served.page(f"/resources/{quote(line['resource'], safe=':')}"))


def test_no_value_of_an_environment_variable_is_shown(served: Served) -> None:
    listed = served.json("/findings?check=ecs_task_no_env_secrets&limit=1")
    told = served.page(f"/findings/{listed['items'][0]['id']}")  # type: ignore[index]  # JSON
    told_values = re.findall(r'"environment": \[(.*?)\]', unescape(told), re.DOTALL)
    assert told_values
    assert set(re.findall(r'"value": "(.*?)"', "".join(told_values))) == {"***"}


def test_the_overview_names_what_fails_and_where_prometheus_is_not(served: Served) -> None:
    told = served.json("/overview")
    assert told["health"] == "attention"
    assert "Prometheus cannot tell: Prometheus at http://127.0.0.1:" in served.page("/")
    assert told["controls"]["judged"] == 1  # type: ignore[index]  # JSON
    fresh = {each["exporter"]: each["ready"] for each in served.json("/freshness")["items"]}  # type: ignore[attr-defined]
    assert fresh["controls"] is True


def test_pages_ask_aws_nothing(served: Served) -> None:
    before = _described(served.estate)
    for path in ("/", "/controls", "/findings", "/freshness", "/slos", "/availability", "/incidents"):
        served.page(path)
    assert _described(served.estate) == before


def _described(estate: SimulatedEstate) -> dict[str, dict[str, int]]:
    """The calls but for those that exporters make meanwhile."""
    return {call: many for call, many in estate.requests.by_call().items() if call.startswith(("rds:", "s3:", "iam:"))}


def test_checks_that_a_reload_switches_off_are_not_shown(served: Served) -> None:
    assert served.running.apply({**GIVEN, "controls": {"enabled": False}}).status_code == 200
    assert served.json("/findings")["total"] == 0
    assert "The control checks are switched off" in served.page("/")
