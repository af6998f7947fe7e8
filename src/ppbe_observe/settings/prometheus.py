"""The settings of the Prometheus that scrapes this daemon, and can be asked what it has recorded. Pure."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ppbe_observe.settings.base import Section
from ppbe_observe.settings.values import HTTP_ADDRESS, Duration


def _url(value: Any) -> Any:
    # The value itself is not repeated: it may hold a password.
    if value is not None and not (isinstance(value, str) and HTTP_ADDRESS.match(value)):
        raise ValueError(
            "not the address of a Prometheus; fix: write https://HOST:9090, with a path where it has one, and without "
            "user, password or query"
        )
    return value


class PrometheusSettings(Section):
    """The Prometheus that scrapes this daemon, and can be asked what it has recorded."""

    url: Annotated[str | None, BeforeValidator(_url)] = Field(
        default=None,
        description="Address below which it serves `/api/v1`. Without it nothing is asked: what is read from "
        "Prometheus is then unknown.",
        examples=["https://prometheus.agency.gov:9090"],
    )
    timeout: Duration = Field(
        default=timedelta(seconds=10), description="Longest silence while an answer is read.", examples=["10s"]
    )
