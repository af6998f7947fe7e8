"""Receivers as Alertmanager reads them. Pure. Whoever is told of an alert is told of its end, too."""

from typing import Any

from ppbe_observe.alerting.alertmanager.templates import RUNBOOK, TEXT, TITLE
from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.escalation.receivers import (
    Email,
    Integration,
    PagerDuty,
    Receiver,
    Slack,
    Sns,
    Teams,
    Webhook,
)
from ppbe_observe.alerting.escalation.secret_files import HttpAuth

_ATTRIBUTES = {
    "status": "{{ .Status }}",
    "severity": '{{ or .CommonLabels.severity "several" }}',
    "escalation": '{{ or .CommonLabels.escalation "none" }}',
    "receiver": "{{ .Receiver }}",
}
"""What a subscription's filter policy may look at; SNS refuses an attribute without a value."""


def receiver(found: Receiver) -> dict[str, Any]:
    """One receiver, with its integrations of a kind together."""
    rendered: dict[str, Any] = {"name": found.name}
    if found.labels:
        rendered["labels"] = dict(found.labels)
    for each in found.to:
        kind, fields = _integration(each)
        rendered.setdefault(kind, []).append({"send_resolved": found.resolved, **_given(fields)})
    return rendered


def _integration(found: Integration) -> tuple[str, dict[str, Any]]:
    match found:
        case Sns():
            return "sns_configs", _sns(found)
        case PagerDuty():
            return "pagerduty_configs", _pagerduty(found)
        case Slack():
            return "slack_configs", _slack(found)
        case Teams():
            return "msteamsv2_configs", {"webhook_url_file": found.url_file, "title": TITLE, "text": TEXT}
        case Email():
            return "email_configs", _email(found)
        case Webhook():
            return "webhook_configs", _webhook(found)


def _sns(found: Sns) -> dict[str, Any]:
    signed = {
        "region": found.region,
        "profile": found.profile,
        "role_arn": found.role,
        "external_id": found.external_id,
    }
    return {
        "topic_arn": found.topic,
        "api_url": found.endpoint,
        "sigv4": _given(signed),
        "subject": TITLE,
        "message": TEXT,
        "attributes": dict(_ATTRIBUTES),
    }


def _pagerduty(found: PagerDuty) -> dict[str, Any]:
    return {
        "routing_key_file": found.routing_key_file,
        "severity": '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}',
        "class": "{{ .CommonLabels.alertname }}",
        "description": TITLE,
        "client": "ppbe-observe",
        "details": {"text": TEXT, "runbook": RUNBOOK},
    }


def _slack(found: Slack) -> dict[str, Any]:
    return {
        "api_url_file": found.url_file,
        "channel": found.channel,
        "title": TITLE,
        "title_link": RUNBOOK,
        "text": TEXT,
        "fallback": TITLE,
    }


def _email(found: Email) -> dict[str, Any]:
    return {
        "to": found.to,
        "from": found.sender,
        "smarthost": found.smarthost,
        "auth_username": found.username,
        "auth_password_file": found.password_file,
        "require_tls": True,
        "headers": {"Subject": TITLE},
        "html": None,
        "text": TEXT,
    }


def _webhook(found: Webhook) -> dict[str, Any]:
    return {
        "url": found.url,
        "url_file": found.url_file,
        "http_config": _http(found.auth) if found.auth else {},
        "timeout": duration(found.timeout) if found.timeout else "",
        "payload": dict(found.payload),
    }


def _http(auth: HttpAuth) -> dict[str, Any]:
    bearer = {"type": "Bearer", "credentials_file": auth.bearer_file} if auth.bearer_file else {}
    return _given(
        {
            "authorization": bearer,
            "basic_auth": _given({"username": auth.username, "password_file": auth.password_file}),
            "tls_config": _given({"ca_file": auth.ca_file, "cert_file": auth.cert_file, "key_file": auth.key_file}),
        }
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, as Alertmanager has it by default; None is what has to be said as empty."""
    return {name: "" if value is None else value for name, value in fields.items() if value or value is None}
