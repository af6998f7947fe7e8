"""The sections of the settings, with every default, unit and range. Pure."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, field_serializer

from ppbe_observe.settings.base import Section, unit
from ppbe_observe.settings.values import Duration, DurationOrZero, ListenAddress, parse_listen

PositiveInt = Annotated[int, Field(ge=1)]
CallsPerSecond = Annotated[float, Field(gt=0, le=10_000)]
RateKey = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9-]+:(\*|[A-Z][A-Za-z0-9]+))$")]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]  # AWS: a tag key has 1 to 128 characters

LinkName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
LinkAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>@]+$", max_length=2000)]

# CloudWatch documents 50 GetMetricData and 25 ListMetrics calls a second for an account and region; the
# describe calls of the other services have lower, partly undocumented buckets, so that 20 is their ceiling.
DEFAULT_RATES = {"cloudwatch:GetMetricData": 50.0, "cloudwatch:ListMetrics": 25.0, "*": 20.0}
_TAGS = ("Project", "Environment", "ManagedBy", "Compliance", "Name")
_STATE_URL = re.compile(r"(sqlite|postgresql)(\+[a-z0-9_]+)?://\S*\Z")
_USERINFO = re.compile(r"(://[^:/@\s]*:)[^\s]*@")


class AwsSettings(Section):
    """How AWS is called."""

    connect_timeout: Duration = Field(
        default=timedelta(seconds=3), description="Longest wait for a connection.", examples=["3s"]
    )
    read_timeout: Duration = Field(
        default=timedelta(seconds=10), description="Longest silence while an answer is read.", examples=["10s"]
    )
    max_attempts: int = Field(
        default=4,
        ge=1,
        le=10,
        description="Attempts of one call, the first included.",
        examples=[4],
        json_schema_extra=unit("attempts"),
    )
    rates: Annotated[dict[RateKey, CallsPerSecond], AfterValidator(lambda given: {**DEFAULT_RATES, **given})] = Field(
        default=DEFAULT_RATES,
        description="Calls per second for each account and region, by `service:Operation`; `*` is all others. "
        "What is not named keeps its default.",
        examples=[{"cloudwatch:GetMetricData": 30}],
        json_schema_extra=unit("calls/s"),
    )


class DiscoverySettings(Section):
    """How long what was found is believed."""

    max_age: Duration = Field(
        default=timedelta(minutes=10),
        description="Resources are described again when they are older than this.",
        examples=["10m"],
    )
    metrics_max_age: Duration = Field(
        default=timedelta(minutes=10),
        description="Metrics are listed again (ListMetrics) when they are older than this.",
        examples=["10m"],
    )


class ExporterSettings(Section):
    """What differs from an exporter's definition."""

    enabled: bool = Field(default=True, description="Whether it runs at all.", examples=[False])
    interval: Duration | None = Field(
        default=None, description="How often it runs. Without it: as its definition says.", examples=["5m"]
    )


class AlarmSettings(Section):
    """The CloudWatch alarms of ``alerts/``, as the daemon evaluates them."""

    enabled: bool = Field(default=True, description="Whether `run` evaluates the alarms.", examples=[False])
    interval: Duration = Field(
        default=timedelta(minutes=1),
        description="How often each target's alarms are evaluated; CloudWatch evaluates its own every minute.",
        examples=["1m"],
    )


class LabelSettings(Section):
    """What series are labelled with."""

    tags: tuple[TagKey, ...] = Field(
        default=_TAGS,
        description="AWS tag keys that become labels `tag_<Key>`; all others are dropped.",
        examples=[["Project", "Environment"]],
    )
    snake_case: bool = Field(
        default=False,
        description="`dimension_load_balancer` in place of `dimension_LoadBalancer`, and so for tags.",
        examples=[True],
    )
    max_length: int = Field(
        default=1024,
        ge=16,
        le=65_536,
        description="Longest label value, in characters.",
        examples=[1024],
        json_schema_extra=unit("characters"),
    )


class LimitSettings(Section):
    """Caps that keep a mistake from filling Prometheus; what is over them is dropped and counted."""

    series_per_family: PositiveInt = Field(
        default=100_000,
        description="Most series of one metric name.",
        examples=[100_000],
        json_schema_extra=unit("series"),
    )
    series_total: PositiveInt = Field(
        default=500_000, description="Most series altogether.", examples=[500_000], json_schema_extra=unit("series")
    )


class BudgetSettings(Section):
    """What CloudWatch may cost."""

    monthly_dollars: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="Dollars a month (30 days) that GetMetricData may cost. Without it: no budget.",
        examples=[250],
        json_schema_extra=unit("US dollars"),
    )
    dollars_per_thousand_metrics: float = Field(
        default=0.01,
        ge=0,
        description="Price of 1,000 metrics asked of GetMetricData, in dollars.",
        examples=[0.01],
        json_schema_extra=unit("US dollars"),
    )


def _state_url(value: Any) -> Any:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    # The value itself is not repeated: it may hold a password.
    if not isinstance(text, str) or not _STATE_URL.match(text):
        raise ValueError(
            "not a database URL; fix: write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        )
    return value


class StateSettings(Section):
    """Where counters and history are kept."""

    url: Annotated[SecretStr, BeforeValidator(_state_url)] = Field(
        default=SecretStr("sqlite:///ppbe-observe.db"),
        description="SQLAlchemy URL of an SQLite file (relative to the working directory) or a PostgreSQL "
        "database. Shown without its password.",
        examples=["sqlite:////var/lib/ppbe-observe/state.db"],
    )

    @field_serializer("url", when_used="json")
    def _without_password(self, _: SecretStr) -> str:
        return self.shown_url

    @property
    def shown_url(self) -> str:
        """The URL with its password replaced, for people and logs."""
        return _USERINFO.sub(r"\1***@", self.url.get_secret_value())


class WebSettings(Section):
    """The web server of /metrics, health and pages."""

    listen: ListenAddress = Field(
        default=parse_listen("127.0.0.1:9106"),
        description="Address to listen on: host:port, [::1]:9106, or :9106 for every interface.",
        examples=["127.0.0.1:9106"],
    )
    config_file: Path | None = Field(
        default=None,
        description="TLS, client certificates and basic auth, in the format of Prometheus' `--web.config.file`. "
        "A relative path in the file is relative to the file.",
        examples=["web.yaml"],
    )
    links: Annotated[dict[LinkName, LinkAddress], Field(max_length=20)] = Field(
        default_factory=dict,
        description="Pages elsewhere that the overview links to, by the name that is shown.",
        examples=[{"Grafana": "https://grafana.agency.gov"}],
    )


class ScheduleSettings(Section):
    """When jobs run."""

    workers: int = Field(
        default=16, ge=1, le=512, description="Jobs that run at once.", examples=[16], json_schema_extra=unit("jobs")
    )
    jitter: DurationOrZero = Field(
        default=timedelta(seconds=5),
        description="Targets start spread over this time, at most their shortest interval; the jobs of one target "
        "start together. With hundreds of targets, make it as long as the interval.",
        examples=["5s"],
    )
    deadline: Duration = Field(
        default=timedelta(seconds=55),
        description="Longest run of one job; never more than its interval.",
        examples=["55s"],
    )
    stop_within: Duration = Field(
        default=timedelta(seconds=20),
        description="How long running jobs may go on after SIGTERM. Closing takes up to 10s more; "
        "orchestrators kill after 30s.",
        examples=["20s"],
    )


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class LoggingSettings(Section):
    """What is logged, to standard output."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        default="info", description="Least severe level that is written.", examples=["debug"]
    )
    format: Literal["auto", "json", "console"] = Field(
        default="auto",
        description="`json` is one object a line; `console` is for people; `auto` is console on a terminal.",
        examples=["json"],
    )
