"""The settings of incidents: who may tell of them, where Alertmanager is, and how long their records are kept. Pure."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from ppbe_observe.settings.base import Section, unit
from ppbe_observe.settings.values import HTTP_ADDRESS, Duration, DurationOrZero

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _url(value: Any) -> Any:
    # The value itself is not repeated: it may hold a password.
    if value is not None and not (isinstance(value, str) and HTTP_ADDRESS.match(value)):
        raise ValueError(
            "not the address of an Alertmanager; fix: write https://HOST:9093, with a path where it has one; a user "
            "and a password go into alertmanager_username and alertmanager_password_file"
        )
    return value


class IncidentSettings(Section):
    """What is remembered of alerts, and who tells of them."""

    token_file: Path | None = Field(
        default=None,
        description="File with the bearer token of Alertmanager's webhook, at least 16 characters; read at each "
        "request. Without it `/api/v1/alertmanager` takes nothing, unless `web.listen` is a loopback address. "
        "A relative path in the file is relative to the file.",
        examples=["alertmanager.token"],
    )
    alertmanager_url: Annotated[str | None, BeforeValidator(_url)] = Field(
        default=None,
        description="Alertmanager, where `ack` makes silences and `run` reads what fires and who has acknowledged it. "
        "Without it incidents are known by the webhook only.",
        examples=["https://alertmanager.agency.gov:9093"],
    )
    alertmanager_username: Annotated[str, StringConstraints(min_length=1, pattern=r"^[^:]*$")] | None = Field(
        default=None, description="User of Alertmanager's basic auth.", examples=["ppbe-observe"]
    )
    alertmanager_password_file: Path | None = Field(
        default=None,
        description="File with the password of that user; read at each request. A relative path in the file is "
        "relative to the file.",
        examples=["alertmanager.password"],
    )
    alertmanager_ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) of who signs Alertmanager's; without it: those of the system. A relative "
        "path in the file is relative to the file.",
        examples=["agency-ca.pem"],
    )
    interval: Duration = Field(
        default=timedelta(seconds=30),
        description="How often Alertmanager is asked for acknowledgements, and for what its webhook did not tell.",
        examples=["30s"],
    )
    max_age: Duration = Field(
        default=timedelta(days=1),
        description="An alert that ended longer ago than this is refused by the webhook, as a replay.",
        examples=["1d"],
    )
    clock_skew: DurationOrZero = Field(
        default=timedelta(minutes=5),
        description="An alert that began or ended later than this from now is refused by the webhook.",
        examples=["5m"],
    )
    keep_days: int = Field(
        default=2555,
        ge=90,
        le=36_500,
        description="How long resolved incidents are kept: seven years by default.",
        examples=[2555],
        json_schema_extra=unit("days"),
    )
    heartbeat: bool = Field(
        default=False,
        description="Whether each alert `Watchdog` writes the CloudWatch metric `Heartbeat` in namespace "
        "`PPBE/Observe`, as the first of `targets`, at most once a minute. Needs `cloudwatch:PutMetricData`.",
        examples=[True],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.alertmanager_username is None) != (self.alertmanager_password_file is None):
            raise ValueError("alertmanager_username and alertmanager_password_file go together; fix: give both")
        if self.alertmanager_username and not self._private:
            raise ValueError(
                "alertmanager_url: the password would travel in clear text; fix: write https://, or an address of "
                "loopback"
            )
        return self

    @property
    def _private(self) -> bool:
        found = HTTP_ADDRESS.match(self.alertmanager_url or "")
        return found is None or found[1] == "https" or found[2].strip("[]") in LOOPBACK
