"""Links lead to pages by http, and hold no password."""

from pathlib import Path

import pytest

from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import Settings, load_settings


def read(home: Path, links: str) -> Settings:
    file = home / "ppbe-observe.yaml"
    file.write_text(f"targets: [{{regions: [us-gov-west-1]}}]\nweb:\n  links: {links}\n", encoding="utf-8")
    return load_settings(file, {})


def test_links_keep_their_order(tmp_path: Path) -> None:
    found = read(
        tmp_path, "{Grafana: 'https://grafana.agency.gov/d/x?orgId=1#a', Alertmanager: 'http://127.0.0.1:9093'}"
    )
    assert list(found.web.links.items()) == [
        ("Grafana", "https://grafana.agency.gov/d/x?orgId=1#a"),
        ("Alertmanager", "http://127.0.0.1:9093"),
    ]


@pytest.mark.parametrize(
    "links",
    [
        "{A: 'javascript:alert(1)'}",
        "{A: 'https://user:secret@host'}",
        "{A: '//host'}",
        "{A: 'https://a b'}",
        "{'': 'https://host'}",
        "[https://host]",
        "{" + ", ".join(f"L{number}: 'https://host'" for number in range(21)) + "}",
    ],
)
def test_what_is_no_link_is_refused(tmp_path: Path, links: str) -> None:
    with pytest.raises(SettingsError, match=r"web\.links"):
        read(tmp_path, links)
