"""Where Prometheus is: unset unless it is given, and an address that holds no password."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import PrometheusSettings, load_settings


def load(home: Path, **given: Any) -> PrometheusSettings:
    file = home / "ppbe-observe.yaml"
    file.write_text(yaml.safe_dump({"targets": [{"regions": ["us-gov-west-1"]}], "prometheus": given}))
    return load_settings(file, {}).prometheus


def test_without_it_there_is_none_to_ask(tmp_path: Path) -> None:
    assert load(tmp_path) == PrometheusSettings(url=None, timeout=timedelta(seconds=10))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9090", "http://[::1]:9090", "https://agency.gov/prometheus/", "http://prometheus"]
)
def test_an_address_is_taken_as_it_is(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, url=url, timeout="2s") == PrometheusSettings(url=url, timeout=timedelta(seconds=2))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "prometheus:9090"}, "write https://HOST:9090"),
        ({"url": "https://u:hunter2@prometheus:9090"}, "without user, password or query"),
        ({"url": "https://prometheus:9090/?x=1"}, "not the address of a Prometheus"),
        ({"url": 9090}, "not the address of a Prometheus"),
        ({"timeout": 0}, "not longer than 0"),
        ({"adress": "https://prometheus:9090"}, "adress"),
    ],
)
def test_what_is_refused(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        load(tmp_path, **given)
    assert "hunter2" not in str(refused.value)
