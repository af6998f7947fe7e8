"""Which accounts and regions are watched, and as whom. Pure."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from ppbe_observe.model import Role, Target
from ppbe_observe.settings.base import Section
from ppbe_observe.settings.values import AccountId, Region

_PARTITIONS = (  # by the beginning of the region's name; botocore's partitions.json has the same
    ("us-gov-", "aws-us-gov"),
    ("cn-", "aws-cn"),
    ("us-isob-", "aws-iso-b"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
_ROLE_ARN = r"^arn:(aws[a-z-]*):iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]+$"
GOVCLOUD = "aws-us-gov"


def partition_of(region: str) -> str:
    """The AWS partition of a region: ``aws-us-gov`` for ``us-gov-west-1``."""
    return next((partition for start, partition in _PARTITIONS if region.startswith(start)), "aws")


class RoleSettings(Section):
    """An IAM role that is assumed through STS before anything is read."""

    arn: Annotated[str, StringConstraints(pattern=_ROLE_ARN)] = Field(
        description="ARN of the role.", examples=["arn:aws-us-gov:iam::123456789012:role/ppbe-observe"]
    )
    external_id: (
        Annotated[str, StringConstraints(min_length=2, max_length=1224, pattern=r"^[A-Za-z0-9_+=,.@:/-]+$")] | None
    ) = Field(default=None, description="External id that the role's trust policy asks for.", examples=["ppbe-agency"])
    session_name: Annotated[str, StringConstraints(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9_+=,.@-]+$")] = (
        Field(
            default="ppbe-observe",
            description="Name of the session, as CloudTrail will show it.",
            examples=["ppbe-observe"],
        )
    )

    @property
    def account_id(self) -> str:
        """The account that the role lives in."""
        return self.arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition that the role lives in."""
        return self.arn.split(":")[1]

    def role(self) -> Role:
        """The same, in the words of the model."""
        return Role(self.arn, self.external_id, self.session_name)


class TargetSettings(Section):
    """One account in one or more regions."""

    account_id: AccountId | None = Field(
        default=None,
        description="The account's 12 digits. Without it: the role's account, or else the one that STS names.",
        examples=["123456789012"],
    )
    regions: tuple[Region, ...] = Field(
        min_length=1, description="Regions to read.", examples=[["us-gov-west-1", "us-gov-east-1"]]
    )
    role: RoleSettings | None = Field(default=None, description="IAM role to assume; none: the own credentials.")
    profile: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None,
        description="Profile of the AWS configuration files that gives the credentials.",
        examples=["govcloud"],
    )
    fips: bool | None = Field(
        default=None, description="Use FIPS endpoints. Without it: yes in GovCloud (aws-us-gov), no elsewhere."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if repeated := sorted({each for each in self.regions if self.regions.count(each) > 1}):
            raise ValueError(f"region {', '.join(repeated)} is listed twice; fix: list it once")
        if len(partitions := {partition_of(each) for each in self.regions}) > 1:
            raise ValueError(
                f"regions of different partitions ({', '.join(sorted(partitions))}); "
                "fix: make one target for each, credentials do not cross partitions"
            )
        if self.role is not None:
            self._role_agrees(self.role, partitions.pop())
        return self

    def _role_agrees(self, role: RoleSettings, partition: str) -> None:
        if self.account_id not in {None, role.account_id}:
            raise ValueError(
                f"account_id {self.account_id} is not the account of the role ({role.account_id}); "
                "fix: leave account_id out or correct one of them"
            )
        if role.partition != partition:
            raise ValueError(
                f"the role is in partition {role.partition}, the regions in {partition}; "
                f"fix: begin the role's ARN with arn:{partition}:"
            )

    @property
    def known_account(self) -> str | None:
        """The account where the settings tell it; None means that STS must be asked."""
        return self.account_id or (self.role.account_id if self.role else None)

    def targets(self, account_id: str) -> tuple[Target, ...]:
        """One target for each region, once the account is known."""
        return tuple(self._target(account_id, region) for region in self.regions)

    def _target(self, account_id: str, region: str) -> Target:
        partition = partition_of(region)
        return Target(
            account_id=account_id,
            region=region,
            partition=partition,
            role=self.role.role() if self.role else None,
            profile=self.profile,
            fips=partition == GOVCLOUD if self.fips is None else self.fips,
        )


def different(targets: tuple[TargetSettings, ...]) -> tuple[TargetSettings, ...]:
    """Let targets pass of which no account and region is named twice.

    Raises:
        ValueError: One is; the message says which.
    """
    seen: dict[tuple[str, str], int] = {}
    for index, target in enumerate(targets):
        who = target.known_account or f"the account of {target.profile or 'the default credentials'}"
        for region in target.regions:
            if (first := seen.setdefault((who, region), index)) != index:
                raise ValueError(
                    f"targets[{index}] names {who} in {region} again, as targets[{first}] does; "
                    "fix: name each account and region once"
                )
    return targets
