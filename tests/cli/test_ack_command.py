"""``ack`` beside an Alertmanager: one silence on one resource, of the steps that are left; or none, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from support.commands import Done, command
from support.incidents import ARN
from support.processes import Peer, alertmanager

STAGING = ARN.replace("production", "staging")
CONFIG = "route: {receiver: nobody, group_by: [alertname]}\nreceivers: [{name: nobody}]\n"


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """An Alertmanager where a database fires at two steps, and storage of two databases."""
    home = tmp_path_factory.mktemp("alertmanager")
    config = home / "alertmanager.yml"
    config.write_text(CONFIG)
    with alertmanager(config, home) as running:
        send(running, alertname="RdsCpuHigh", name=ARN, severity="ticket", escalation="l1", dimension_x="1")
        send(running, alertname="RdsCpuHigh", name=ARN, severity="page", escalation="l2", dimension_x="1")
        for arn in (ARN, STAGING):
            send(running, alertname="RdsStorageLow", name=arn, severity="page", escalation="l1")
        send(running, alertname="DaemonDown", severity="page")
        for zone in ("a", "b c"):
            send(running, alertname="ZoneDown", severity="page", name=ARN, zone=zone)
        yield running


def send(peer: Peer, **labels: str) -> None:
    alert = {"labels": labels, "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    httpx.post(f"{peer.url}/api/v2/alerts", json=[alert]).raise_for_status()


@pytest.fixture
def home(peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(alertmanager_url=peer.url)
    return tmp_path


def write(**incidents: Any) -> None:
    given = {"targets": [{"regions": ["us-gov-west-1"]}], "incidents": incidents}
    Path("ppbe-observe.yaml").write_text(yaml.safe_dump(given))


def ack(*arguments: str) -> Done:
    return command("ack", *arguments, "--comment", "looking into it")


def silence(peer: Peer, done: Done) -> dict[str, Any]:
    """The silence whose id was printed last."""
    assert done.code == 0, done.stderr
    found: dict[str, Any] = peer.get(f"/api/v2/silence/{done.text.split()[-1]}").json()
    return found


def test_the_steps_that_are_left_are_silenced_and_shown(home: Path, peer: Peer) -> None:
    done = ack("RdsCpuHigh", "--for", "90m", "--author", "m.sample")
    made = silence(peer, done)
    assert (made["createdBy"], made["comment"]) == ("m.sample", "looking into it")
    assert {each["name"]: each["value"] for each in made["matchers"]} == {
        "alertname": "RdsCpuHigh",
        "name": ARN,
        "dimension_x": "1",
        "escalation": "l3",
    }
    assert [each["name"] for each in made["matchers"] if each["isRegex"]] == ["escalation"]
    lasts = datetime.fromisoformat(made["endsAt"]) - datetime.fromisoformat(made["startsAt"])
    assert timedelta(minutes=89) < lasts <= timedelta(minutes=90)
    shown = dict(line.split(maxsplit=1) for line in done.text.splitlines())
    assert shown["silenced"].strip() == "RdsCpuHigh"
    assert shown["resource"].strip() == ARN
    assert (shown["told"].strip(), shown["quiet"].strip()) == ("l1, l2", "l3")
    assert shown["until"].strip() == f"{datetime.fromisoformat(made['endsAt']):%Y-%m-%dT%H:%M:%SZ}"


def test_one_of_several_resources_is_named(home: Path, peer: Peer) -> None:
    several = ack("RdsStorageLow")
    assert several.code == 3
    assert several.stderr == (
        f"error: RdsStorageLow fires for 2 resources; name one of them:\n  --resource {ARN}\n  --resource {STAGING}\n"
    )
    made = silence(peer, ack("RdsStorageLow", "--resource", STAGING))
    assert {each["value"] for each in made["matchers"]} == {"RdsStorageLow", STAGING, "l2|l3"}
    assert made["createdBy"]


def test_what_else_tells_two_apart_is_named(home: Path, peer: Peer) -> None:
    several = ack("ZoneDown", "--resource", ARN)
    assert several.stderr.splitlines()[1:] == [
        f"  --resource {ARN} --resource 'b c'",
        f"  --resource {ARN} --resource a",
    ]
    made = silence(peer, ack("ZoneDown", "--resource", ARN, "--resource", "b c"))
    assert {each["value"] for each in made["matchers"]} == {"ZoneDown", ARN, "b c"}


def test_an_alert_without_a_resource_is_silenced_by_its_name(home: Path, peer: Peer) -> None:
    done = ack("DaemonDown", "--for", "1d")
    assert "every step, and its end" in done.text
    made = silence(peer, done)
    assert [(each["name"], each["value"]) for each in made["matchers"]] == [("alertname", "DaemonDown")]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("RdsCpuHihg",), 1, "RdsCpuHihg does not fire; did you mean RdsCpuHigh?"),
        (("Zzz",), 1, "Zzz does not fire; these fire: DaemonDown, RdsCpuHigh, RdsStorageLow, ZoneDown"),
        (("RdsCpuHigh", "--resource", STAGING), 1, f"RdsCpuHigh does not fire for {STAGING}; it fires for {ARN}"),
        (("RdsCpuHigh", "--for", "soon"), 3, "--for 'soon' is not a duration"),
        (("RdsCpuHigh", "--for", "30s"), 3, "--for 30s: give 1m to 30d"),
        (("RdsCpuHigh", "--for", "31d"), 3, "--for 31d: give 1m to 30d"),
        (("RdsCpuHigh", "--author", " "), 3, "--author: is empty"),
    ],
)
def test_no_silence_is_made_where_it_is_not_clear_of_what(
    home: Path, peer: Peer, arguments: tuple[str, ...], code: int, told: str
) -> None:
    before = len(peer.get("/api/v2/silences").json())
    done = ack(*arguments)
    assert done.code == code
    assert told in done.stderr
    assert done.stdout == b""
    assert len(peer.get("/api/v2/silences").json()) == before


def test_a_comment_is_asked_for(home: Path) -> None:
    missing = command("ack", "RdsCpuHigh")
    assert missing.code == 3
    assert "--comment" in missing.stderr
    empty = command("ack", "RdsCpuHigh", "--comment", "")
    assert empty.code == 3
    assert "--comment: is empty; who reads the record wants to know" in empty.stderr


def test_without_an_alertmanager_the_setting_is_named(home: Path) -> None:
    write()
    done = ack("RdsCpuHigh")
    assert done.code == 3
    assert "incidents.alertmanager_url: is missing" in done.stderr
    write(alertmanager_url="http://127.0.0.1:1")
    done = ack("RdsCpuHigh")
    assert done.code == 1
    assert "Connection refused; check that it runs" in done.stderr
