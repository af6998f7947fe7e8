"""The settings: one YAML file, every key overridable by ``PPBE_OBSERVE__…``."""

from ppbe_observe.settings.incidents import IncidentSettings
from ppbe_observe.settings.load import Loaded, load, load_settings
from ppbe_observe.settings.model import Settings
from ppbe_observe.settings.prometheus import PrometheusSettings
from ppbe_observe.settings.sections import (
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
from ppbe_observe.settings.targets import RoleSettings, TargetSettings, partition_of
from ppbe_observe.settings.values import Listen, format_duration, parse_duration

__all__ = [
    "AwsSettings",
    "BudgetSettings",
    "DiscoverySettings",
    "ExporterSettings",
    "IncidentSettings",
    "LabelSettings",
    "LimitSettings",
    "Listen",
    "Loaded",
    "LoggingSettings",
    "PrometheusSettings",
    "RoleSettings",
    "ScheduleSettings",
    "Settings",
    "StateSettings",
    "TargetSettings",
    "WebSettings",
    "format_duration",
    "load",
    "load_settings",
    "parse_duration",
    "partition_of",
]
