"""The section of the control checks. Pure."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ppbe_observe.model import Severity
from ppbe_observe.settings.base import Section, unit
from ppbe_observe.settings.values import Duration, Name

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Parameter = bool | int | str | list[int] | list[str]
Reachable = Literal["irv_lev", "nirv_lev", "nlev"]


class RuleSettings(Section):
    """What differs from the definition of a check in one environment."""

    enabled: bool | None = Field(default=None, description="Whether it is judged at all.", examples=[False])
    severity: Severity | None = Field(
        default=None, description="How much harm its failure can do. Without it: as defined.", examples=["low"]
    )
    parameters: dict[str, Parameter] = Field(
        default_factory=dict,
        description="Its parameters; what is not named keeps its default. `ppbe-observe controls show CHECK` tells "
        "them.",
        examples=[{"min_days": 35}],
    )


class CheckSettings(RuleSettings):
    """What differs from the definition of a check."""

    impact: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None,
        description="Potential adverse impact (N1 to N5) of its failures for the deadlines of CR26. Without it: "
        "critical 5, high 4, medium 3, low 2.",
        examples=[3],
        json_schema_extra=unit("N"),
    )
    reachability: Reachable | None = Field(
        default=None,
        description="Reachability of its failures for the deadlines of CR26. Without it: `controls.reachability`.",
        examples=["nirv_lev"],
    )


class EnvironmentSettings(Section):
    """What differs for resources whose tag ``Environment`` has a value."""

    checks: dict[Name, RuleSettings] = Field(
        default_factory=dict,
        description="What differs from `controls.checks`, by the check's id.",
        examples=[{"elbv2_deletion_protection": {"enabled": False}}],
    )


class ExemptionSettings(Section):
    """A failure that is accepted for a while; it stays judged and reported."""

    check: Name = Field(description="The check.", examples=["rds_instance_multi_az"])
    resource: Text = Field(
        description="ARNs that it holds for; `*` stands for anything, `?` for one character.",
        examples=["arn:aws-us-gov:rds:*:db:ppbe-staging"],
    )
    reason: Text = Field(description="Why the failure is accepted.", examples=["no production data in staging"])
    owner: Text = Field(description="Who answers for it.", examples=["isso@agency.gov"])
    expires: date = Field(description="The last day that it holds (UTC).", examples=["2027-06-30"])


class ControlsSettings(Section):
    """Which control checks are judged, how often, and by when failures must be mended."""

    enabled: bool = Field(default=True, description="Whether `run` judges the controls.", examples=[False])
    interval: Duration = Field(
        default=timedelta(hours=1), description="How often each target is judged.", examples=["1h"]
    )
    deadline: Duration = Field(
        default=timedelta(minutes=10),
        description="Longest evaluation of one target, never more than the interval; what was not seen by then is "
        "unknown.",
        examples=["10m"],
    )
    baseline: Literal["low", "moderate", "high", "class-b", "class-c", "class-d"] = Field(
        default="class-c",
        description="The controls that the system must hold: a Rev5 baseline or a class of CR26.",
        examples=["class-c"],
    )
    deadlines: Literal["rev5", "cr26"] = Field(
        default="rev5",
        description="By when failures must be mended: `rev5` 30, 90 or 180 days by severity, `cr26` the grid of class, "
        "impact and reachability. A due date of CISA's KEV catalog goes first.",
        examples=["cr26"],
    )
    reachability: Reachable = Field(
        default="irv_lev",
        description="Reachability of failures for `cr26`: `irv_lev` from the internet and likely exploitable, "
        "`nirv_lev` likely exploitable only, `nlev` neither.",
        examples=["nirv_lev"],
    )
    kev_catalog: Path | None = Field(
        default=None,
        description="A copy of CISA's catalog of known exploited vulnerabilities (JSON), read at each evaluation. "
        "A relative path in the file is relative to the file.",
        examples=["known_exploited_vulnerabilities.json"],
    )
    keep_days: int = Field(
        default=2555,
        ge=90,
        le=36_500,
        description="How long resolved findings and daily states are kept: seven years by default.",
        examples=[2555],
        json_schema_extra=unit("days"),
    )
    checks: dict[Name, CheckSettings] = Field(
        default_factory=dict,
        description="What differs from the definitions, by the check's id.",
        examples=[{"rds_instance_backup_retention": {"parameters": {"min_days": 35}}}],
    )
    environments: dict[str, EnvironmentSettings] = Field(
        default_factory=dict,
        description="What differs for resources of one environment, by the value of their tag `Environment`.",
        examples=[{"staging": {"checks": {"elbv2_deletion_protection": {"enabled": False}}}}],
    )
    exemptions: tuple[ExemptionSettings, ...] = Field(
        default=(), description="Failures that are accepted for a while.", examples=[[]]
    )
