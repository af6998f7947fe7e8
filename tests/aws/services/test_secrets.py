"""Listings of secrets."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from ppbe_observe.aws.inventory import Inventory
from support.gathering import LocalSession

AT = datetime(2026, 11, 24, tzinfo=UTC)
KIND = "secretsmanager:secret"


def test_all_pages_of_secrets_with_their_tags(local_session: LocalSession) -> None:
    client = local_session.client("secretsmanager")
    for number in range(101):
        tags = [{"Key": "Environment", "Value": f"e{number}"}]
        client.create_secret(Name=f"ppbe/{number}", SecretString="not-a-secret", Tags=tags)
    local_session.calls.clear()
    found = Inventory(local_session, timedelta(minutes=5)).found((KIND,), AT, monotonic() + 60)[KIND]
    assert {(each.facts["Name"], each.tags) for each in found.resources} == {
        (f"ppbe/{number}", (("Environment", f"e{number}"),)) for number in range(101)
    }
    assert local_session.calls["secretsmanager:ListSecrets"] == 2
