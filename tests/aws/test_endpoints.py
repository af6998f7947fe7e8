"""Where services answer: by botocore's own rules, or where someone said."""

from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.loaders import create_loader

from ppbe_observe.aws.endpoints import Endpoint, Endpoints, check_region, custom_endpoint
from ppbe_observe.aws.identity.botosession import new_session
from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import partition_of

LOADER = create_loader()

REGIONS = [
    ("us-gov-west-1", "aws-us-gov"),
    ("us-gov-east-1", "aws-us-gov"),
    ("us-east-1", "aws"),
    ("eu-central-1", "aws"),
    ("cn-north-1", "aws-cn"),
    ("us-iso-east-1", "aws-iso"),
    ("us-isob-east-1", "aws-iso-b"),
]


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_a_region_that_aws_has_is_let_pass(region: str, partition: str) -> None:
    check_region(region, LOADER)
    assert partition_of(region) == partition, "the settings know the partition by the region's name alone"


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("us-gov-wst-1", "did you mean us-gov-west-1?"),
        ("us-east1", "did you mean us-east-1?"),
        ("", "see the list"),
        ("aws-global", "see the list"),
    ],
)
def test_an_unknown_region_is_an_error_that_names_the_one_meant(region: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"unknown region '{region}': {meant}".replace("?", r"\?")):
        check_region(region, LOADER)


@pytest.mark.parametrize("fips", [True, False])
@pytest.mark.parametrize("region", [each for each, _ in REGIONS])
def test_an_endpoint_is_the_one_that_boto3_sends_to(region: str, fips: bool) -> None:  # noqa: FBT001 - a table
    class Sent(Exception):  # noqa: N818 - not an error
        pass

    def stop(request: object, **_: object) -> None:
        raise Sent(getattr(request, "url", None))

    client = boto3.client("cloudwatch", region_name=region, config=Config(use_fips_endpoint=fips))
    client.meta.events.register("before-send.cloudwatch", stop)
    with pytest.raises(Sent) as sent:
        client.list_metrics()

    found = Endpoints(LOADER).of(new_session(None, LOADER), "cloudwatch", region, fips=fips)
    assert found == Endpoint(str(sent.value).rstrip("/"), custom=False)


@pytest.mark.parametrize(
    ("environment", "config", "url"),
    [
        ({}, "", None),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, "", "http://127.0.0.1:5000"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_CLOUDWATCH": "http://b"}, "", "http://b"),
        ({"AWS_ENDPOINT_URL_RDS": "http://a"}, "", None),
        ({}, "[default]\nendpoint_url = http://c\n", "http://c"),
        ({}, "[default]\nservices = mine\n[services mine]\ncloudwatch =\n  endpoint_url = http://d\n", "http://d"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", None),
    ],
)
def test_an_endpoint_of_ones_own_comes_from_the_environment_or_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], config: str, url: str | None
) -> None:
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = custom_endpoint(new_session(None, LOADER), "cloudwatch")
    assert found == (Endpoint(url, custom=True) if url else None)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://localhost:5000", True),
        ("http://[::1]:5000", True),
        ("https://vpce-1.monitoring.us-gov-west-1.vpce.amazonaws.com", False),
    ],
)
def test_an_address_is_local(url: str, local: bool) -> None:  # noqa: FBT001 - a table
    assert Endpoint(url, custom=True).local is local


def test_an_endpoint_of_ones_own_wins_over_fips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    found = Endpoints(LOADER).of(new_session(None, LOADER), "cloudwatch", "us-gov-west-1", fips=True)
    assert found == Endpoint("http://127.0.0.1:5000", custom=True)
