"""What a version of Alertmanager does not know is refused by name; amtool refuses the same."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.alerting import MINUTE
from ppbe_observe.alerting.alertmanager import rendered, version
from ppbe_observe.alerting.alertmanager.versions import SINCE, Version, shown
from ppbe_observe.alerting.escalation import Inhibition, Route, Sns, Teams, Webhook
from ppbe_observe.errors import DefinitionError
from support.alertmanager import written
from support.escalations import escalation, receiver
from support.processes import amtool

HOOK = "http://127.0.0.1:9/"
ROLE = "arn:aws-us-gov:iam::123456789012:role/alerts"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
OTHERS = escalation().receivers[1:]
NAMED = Inhibition(source=('severity="page"',), target=('severity="ticket"',), name="pages")


def told(**changed: Any) -> dict[str, Any]:
    """An escalation whose first receiver is changed."""
    return {"receivers": (receiver("a", place="alerts/escalation.py:7", **changed), *OTHERS)}


NEWER: dict[str, dict[str, Any]] = {
    "receiver.webhook_configs.url_file": told(to=(Webhook(url_file="/url"),)),
    "receiver.webhook_configs.timeout": told(to=(Webhook(url=HOOK, timeout=MINUTE),)),
    "receiver.webhook_configs.payload": told(to=(Webhook(url=HOOK, payload={"a": "b"}),)),
    "receiver.msteamsv2_configs": told(to=(Teams(url_file="/url"),)),
    "receiver.sns_configs.sigv4.external_id": told(to=(Sns(topic=TOPIC, role=ROLE, external_id="x"),)),
    "receiver.labels": told(labels={"team": "sre"}),
    "route.labels": {"routes": (Route(matchers=('a="b"',), receiver="a", labels={"team": "sre"}),)},
    "inhibition.name": {"inhibitions": (NAMED,)},
}
"""An escalation that uses each field which 0.25 does not know."""


def before(found: Version) -> Version:
    return found[0], found[1] - 1


def test_every_newer_field_is_tried() -> None:
    assert set(NEWER) == set(SINCE)


@pytest.mark.parametrize("path", SINCE)
def test_a_field_is_refused_by_name_until_the_version_that_knows_it(path: str) -> None:
    first, field = SINCE[path].version, path.partition(".")[2]
    said = rf"Alertmanager {shown(before(first))} does not know {field}, {shown(first)} is the first that does; "
    with pytest.raises(DefinitionError, match=said.replace(".", r"\.")):
        rendered(escalation(**NEWER[path]), before(first))
    assert field.rpartition(".")[2] in rendered(escalation(**NEWER[path]), first).configuration


@pytest.mark.parametrize("path", SINCE)
def test_amtool_refuses_the_same_field(path: str, tmp_path: Path) -> None:
    """Its version is the one that the table speaks of, 0.25, where it is Debian 12's."""
    installed = amtool("--version")
    if "version 0.25" not in installed.stdout + installed.stderr:
        pytest.skip("another version than Debian 12's")
    checked = amtool("check-config", written(escalation(**NEWER[path]), tmp_path, SINCE[path].version))
    assert checked.returncode == 1
    assert f"field {path.rpartition('.')[2]} not found" in checked.stdout + checked.stderr


def test_teams_is_refused_with_what_to_use_instead() -> None:
    with pytest.raises(DefinitionError) as caught:
        rendered(escalation(**NEWER["receiver.msteamsv2_configs"]), (0, 25))
    assert str(caught.value) == (
        "alerts/escalation.py:7: receiver a: Alertmanager 0.25 does not know msteamsv2_configs, 0.28 is the first that "
        "does; send a Webhook to a bridge that posts to the workflow (0.26 and 0.27 have msteams_configs, but only for "
        "the connectors that Microsoft retired)"
    )


@pytest.mark.parametrize(("text", "stated"), [("0.25", (0, 25)), ("v0.34.1", (0, 34)), (" 1.0.0+ds ", (1, 0))])
def test_versions(text: str, stated: Version) -> None:
    assert version(text) == stated


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("new", "'new' is no version of Alertmanager; write it like 0.25"),
        ("0.24.0", "0.25 is the oldest; install that"),
    ],
)
def test_a_version_that_is_none_or_too_old(text: str, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        version(text)
    assert said in str(caught.value)


def test_the_order_of_the_keys_does_not_depend_on_the_version() -> None:
    old, new = (yaml.safe_load(rendered(escalation(), each).configuration) for each in ((0, 25), (0, 34)))
    assert old == new
