"""Receivers: no secret is in a definition."""

from collections.abc import Callable

import pytest

from ppbe_observe.alerting.escalation import Email, HttpAuth, PagerDuty, Receiver, Slack, Sns, Teams, Webhook
from ppbe_observe.errors import DefinitionError
from support.escalations import receiver

TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
MAIL = {"to": "a@example.gov", "sender": "b@example.gov", "smarthost": "smtp.example.gov:587"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: PagerDuty(routing_key_file="0123456789abcdef0123456789abcdef"),
        lambda: Slack(url_file="https://hooks.slack.com/services/T0/B0/x", channel="#a"),
        lambda: Teams(url_file="https://example.webhook.office.com/x"),
        lambda: Email(**MAIL, username="a", password_file="hunter2"),
        lambda: Webhook(url_file="https://example.gov/"),
        lambda: HttpAuth(bearer_file="eyJhbGciOi"),
        lambda: HttpAuth(username="a", password_file="hunter2"),
    ],
)
def test_a_secret_instead_of_its_file_is_refused_and_not_repeated(make: Callable[[], object]) -> None:
    with pytest.raises(DefinitionError, match=r"takes no secret, only the absolute path of the file") as caught:
        make()
    assert not any(each in str(caught.value) for each in ("0123", "hunter2", "hooks", "eyJ"))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@example.gov/alerts",
        "https://example.gov/alerts?token=hunter2",
        "https://hooks.slack.com/services/hunter2",
        "https://prod-1.usgovtexas.logic.azure.us/workflows/hunter2",
    ],
)
def test_an_address_with_a_secret_in_it_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(
        DefinitionError, match=r"holds a secret: write it into a file and name that as url_file"
    ) as caught:
        Webhook(url=url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Sns(topic="ppbe-alerts"), "'ppbe-alerts' is no topic; write it like arn:aws-us-gov:sns"),
        (lambda: Sns(topic=f"{TOPIC}.fifo"), "is FIFO: it drops the end of an alert"),
        (lambda: Sns(topic=TOPIC, role="arn:aws:iam::123456789012:role/x"), "is no role in aws-us-gov"),
        (lambda: Sns(topic=TOPIC, external_id="x"), "external_id is for a role"),
        (lambda: Slack(url_file="/x", channel="alerts"), "write it like #ppbe-alerts"),
        (lambda: Email(**{**MAIL, "to": "a@example.gov, b"}), "'b' is no address of mail"),
        (lambda: Email(**{**MAIL, "smarthost": "smtp"}), "'smtp' is no server of mail"),
        (lambda: Email(**MAIL, username="a"), "needs username and password_file"),
        (Webhook, "either url or url_file"),
        (lambda: Webhook(url="http://x", url_file="/x"), "either url or url_file"),
        (lambda: Webhook(url="ftp://x"), "begins with http:// or https:// and a host, not 'ftp'"),
        (lambda: HttpAuth(bearer_file="/a", username="b", password_file="/c"), "keep one of them"),
        (lambda: HttpAuth(username="b"), "needs username and password_file"),
        (lambda: HttpAuth(cert_file="/b"), "needs cert_file and key_file"),
        (lambda: receiver("On call"), "give it a name like page-l1"),
        (lambda: receiver("a", to=()), "receiver a tells nobody; put an integration into to"),
    ],
)
def test_a_receiver_that_cannot_work_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert said in str(caught.value)


def test_a_topic_tells_the_region_to_sign_for() -> None:
    assert Sns(topic=TOPIC).region == "us-gov-west-1"


def test_a_receiver_tells_the_files_that_its_machine_needs() -> None:
    hook = Webhook(url="http://127.0.0.1:9/", auth=HttpAuth(bearer_file="/token", ca_file="/ca"))
    found = Receiver(name="a", to=(PagerDuty(routing_key_file="/key"), hook, Sns(topic=TOPIC)))
    assert found.secret_files == ("/key", "/token", "/ca")


def test_a_receiver_knows_where_it_is_declared() -> None:
    found = Receiver(name="a", to=(Sns(topic=TOPIC),))
    assert found.place.startswith(f"{__file__}:")
