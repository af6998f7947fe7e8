"""What a notification says, expanded by the real amtool."""

import json
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.alerting.alertmanager import TEMPLATES
from ppbe_observe.alerting.alertmanager.templates import TEXT, TITLE
from support.alertmanager import written
from support.escalations import escalation
from support.processes import amtool

DATABASE = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
LABELS = {"alertname": "RdsStorageLow", "severity": "page", "escalation": "l1", "name": DATABASE}
RUNBOOK = "https://observe.example.gov/runbooks/RdsStorageLow"
ANNOTATIONS = {"summary": "Free storage is low", "description": f"{DATABASE} has 9.5GiB free", "runbook_url": RUNBOOK}


def fired(*, status: str = "firing", **annotations: str) -> dict[str, Any]:
    """An alert as a template sees it."""
    return {
        "status": status,
        "labels": LABELS,
        "annotations": {**ANNOTATIONS, **annotations},
        "startsAt": "2026-11-29T14:03:00Z",
        "endsAt": "2026-11-29T15:00:00Z",
    }


def told(*alerts: dict[str, Any], labels: dict[str, str] | None = None, status: str = "firing") -> dict[str, Any]:
    """A notification as a template sees it."""
    return {
        "receiver": "on-call",
        "status": status,
        "alerts": list(alerts),
        "groupLabels": {},
        "commonLabels": LABELS if labels is None else labels,
        "commonAnnotations": ANNOTATIONS,
        "externalURL": "http://127.0.0.1:9093",
    }


def expanded(template: str, data: dict[str, Any], directory: Path) -> str:
    written(escalation(), directory)
    (directory / "data.json").write_text(json.dumps(data))
    options = [f"--template.glob={directory / TEMPLATES}", f"--template.data={directory / 'data.json'}"]
    found = amtool("template", "render", *options, f"--template.text={template}")
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (told(fired()), "[PAGE l1] Free storage is low: db:ppbe-production"),
        (
            told(fired(status="resolved"), status="resolved"),
            "[RESOLVED PAGE l1] Free storage is low: db:ppbe-production",
        ),
        (
            told(fired(), fired(), labels={"severity": "ticket"}),
            "[TICKET] Free storage is low (2 alerts)",
        ),
        (told(fired(), labels={}), "[ALERT] Free storage is low"),
        (told(fired(), labels={"resource": "a\u00e9\u2026b"}), "[ALERT] Free storage is low: a?b"),
    ],
)
def test_the_title_names_the_severity_the_step_and_the_resource(
    data: dict[str, Any], title: str, tmp_path: Path
) -> None:
    assert expanded(TITLE, data, tmp_path) == title


def test_the_title_fits_into_a_subject_of_sns(tmp_path: Path) -> None:
    title = expanded(TITLE, told(fired(), labels={**LABELS, "name": "\u00fc" + "x" * 200}), tmp_path)
    assert len(title) == 100
    assert title.isascii()


def test_the_text_has_the_resource_the_value_and_the_runbook(tmp_path: Path) -> None:
    assert expanded(TEXT, told(fired()), tmp_path) == (
        f"{DATABASE} has 9.5GiB free\nSince 2026-11-29 14:03 UTC. Runbook: {RUNBOOK}\n"
    )


def test_the_text_tells_what_has_ended(tmp_path: Path) -> None:
    assert expanded(TEXT, told(fired(), fired(status="resolved", description="b is full")), tmp_path) == (
        f"{DATABASE} has 9.5GiB free\nSince 2026-11-29 14:03 UTC. Runbook: {RUNBOOK}\n"
        "Resolved: b is full\nFrom 2026-11-29 14:03 UTC to 2026-11-29 15:00 UTC.\n"
    )


def test_ten_alerts_are_enough_for_a_telephone(tmp_path: Path) -> None:
    text = expanded(TEXT, told(*[fired() for _ in range(12)]), tmp_path)
    assert text.count("Since") == 10
    assert text.endswith("12 alerts fire in all.\n")
