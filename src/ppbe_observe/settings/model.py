"""All settings as one frozen value. Pure: ``load`` reads the file and the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ppbe_observe.settings.controls import ControlsSettings
from ppbe_observe.settings.incidents import IncidentSettings
from ppbe_observe.settings.prometheus import PrometheusSettings
from ppbe_observe.settings.sections import (
    AlarmSettings,
    AwsSettings,
    BudgetSettings,
    DiscoverySettings,
    ExporterSettings,
    LabelSettings,
    LimitSettings,
    LoggingSettings,
    ScheduleSettings,
    StateSettings,
    WebSettings,
)
from ppbe_observe.settings.targets import TargetSettings, different
from ppbe_observe.settings.values import Name

ENV_PREFIX = "PPBE_OBSERVE__"
ENV_DELIMITER = "__"


class Settings(BaseSettings):
    """The settings of ppbe-observe."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_DELIMITER,
        env_parse_none_str="null",
        case_sensitive=False,
    )

    environment: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        default="production",
        description="Name of the environment that is watched: a field of every log line, and that of resources without "
        "a tag `Environment`.",
        examples=["production"],
    )
    definitions: Path | None = Field(
        default=None,
        description="Estate root: the directory with `exporters/`, `alerts/` and `dashboards/`. Without it: the "
        "built-in one. A relative path in the file is relative to the file.",
        examples=["estate"],
    )
    targets: Annotated[tuple[TargetSettings, ...], AfterValidator(different)] = Field(
        min_length=1,
        description="Accounts and regions to watch.",
        examples=[[{"regions": ["us-gov-west-1"]}]],
    )
    aws: AwsSettings = Field(default_factory=AwsSettings, description="How AWS is called.")
    discovery: DiscoverySettings = Field(
        default_factory=DiscoverySettings, description="How long what was found is believed."
    )
    exporters: dict[Name, ExporterSettings] = Field(
        default_factory=dict,
        description="What differs from the definitions, by the exporter's name.",
        examples=[{"rds": {"interval": "5m"}}],
    )
    alarms: AlarmSettings = Field(
        default_factory=AlarmSettings, description="The CloudWatch alarms of `alerts/`, as the daemon evaluates them."
    )
    controls: ControlsSettings = Field(
        default_factory=ControlsSettings, description="Which control checks are judged, and by when failures are due."
    )
    incidents: IncidentSettings = Field(
        default_factory=IncidentSettings, description="What is remembered of alerts, and who tells of them."
    )
    prometheus: PrometheusSettings = Field(
        default_factory=PrometheusSettings,
        description="The Prometheus that scrapes this daemon, and can be asked what it has recorded.",
    )
    labels: LabelSettings = Field(default_factory=LabelSettings, description="What series are labelled with.")
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Caps on series.")
    budget: BudgetSettings = Field(default_factory=BudgetSettings, description="What CloudWatch may cost.")
    state: StateSettings = Field(default_factory=StateSettings, description="Where counters and history are kept.")
    web: WebSettings = Field(default_factory=WebSettings, description="The web server.")
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings, description="When jobs run.")
    logging: LoggingSettings = Field(default_factory=LoggingSettings, description="What is logged.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Built by hand, it takes what it is given; only ``load_settings`` looks at the environment."""
        return (init_settings,)
