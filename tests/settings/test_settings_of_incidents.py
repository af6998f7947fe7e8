"""The settings of incidents: files beside the settings, and no password in the open."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import IncidentSettings, load_settings


def load(home: Path, **given: Any) -> IncidentSettings:
    file = home / "ppbe-observe.yaml"
    file.write_text(yaml.safe_dump({"targets": [{"regions": ["us-gov-west-1"]}], "incidents": given}))
    return load_settings(file, {}).incidents


def test_files_are_relative_to_the_settings(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        token_file="token",
        alertmanager_url="https://am.agency.gov:9093/alerts",
        alertmanager_username="ppbe",
        alertmanager_password_file="/run/secrets/am",
        alertmanager_ca_file="ca.pem",
    )
    assert found.token_file == tmp_path / "token"
    assert found.alertmanager_password_file == Path("/run/secrets/am")
    assert found.alertmanager_ca_file == tmp_path / "ca.pem"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9093", "http://[::1]:9093", "http://localhost:9093/am", "https://am.agency.gov"]
)
def test_where_a_password_may_go(tmp_path: Path, url: str) -> None:
    found = load(tmp_path, alertmanager_url=url, alertmanager_username="u", alertmanager_password_file="p")
    assert found.alertmanager_url == url


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"alertmanager_url": "am:9093"}, "write https://HOST:9093"),
        ({"alertmanager_url": "https://u:hunter2@am:9093"}, "alertmanager_password_file"),
        ({"alertmanager_url": "https://am:9093/?x=1"}, "not the address of an Alertmanager"),
        ({"alertmanager_username": "u"}, "go together"),
        (
            {
                "alertmanager_url": "http://am:9093",
                "alertmanager_username": "u",
                "alertmanager_password_file": "p",
            },
            "clear text",
        ),
        ({"keep_days": 10}, "keep_days"),
        ({"interval": 0}, "interval"),
    ],
)
def test_what_is_refused(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        load(tmp_path, **given)
    assert "hunter2" not in str(refused.value)
