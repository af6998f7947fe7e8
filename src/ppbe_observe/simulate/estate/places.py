"""Where the estate is: accounts, regions, environments, and the tags that everything carries. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

PARTITION = "aws-us-gov"
WEST = "us-gov-west-1"
EAST = "us-gov-east-1"
ACCOUNT = "123456789012"
SHARED_ACCOUNT = "210987654321"
ROLE = "ppbe-observe"
EXTERNAL_ID = "ppbe-observe"


@dataclass(frozen=True, slots=True)
class Environment:
    """One deployment of PPBE.

    ``production`` has what estate.md demands of production: Multi-AZ, deletion protection, more tasks.
    """

    name: str
    account_id: str
    region: str
    production: bool
    tasks: int
    requests_per_minute: float

    @property
    def prefix(self) -> str:
        """``ppbe-production``: how its resources are called."""
        return f"ppbe-{self.name}"

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that every resource of it carries."""
        return {
            "Project": "PPBE",
            "Environment": self.name,
            "ManagedBy": "Terraform",
            "Compliance": "FedRAMP-Moderate",
        }

    @property
    def zones(self) -> tuple[str, str, str]:
        """Its three availability zones."""
        return (f"{self.region}a", f"{self.region}b", f"{self.region}c")

    @property
    def key_alias(self) -> str:
        """The alias of its KMS key."""
        return f"alias/{self.prefix}"

    def arn(self, service: str, resource: str, *, region: bool = True) -> str:
        """An ARN in its account."""
        return f"arn:{PARTITION}:{service}:{self.region if region else ''}:{self.account_id}:{resource}"


PRODUCTION = Environment("production", ACCOUNT, WEST, production=True, tasks=3, requests_per_minute=240.0)
STAGING = Environment("staging", ACCOUNT, WEST, production=False, tasks=2, requests_per_minute=30.0)
RECOVERY = Environment("recovery", ACCOUNT, EAST, production=True, tasks=0, requests_per_minute=0.0)
SHARED = Environment("shared", SHARED_ACCOUNT, WEST, production=True, tasks=0, requests_per_minute=60.0)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def lower_tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as ECS takes them."""
    return [{"key": key, "value": value} for key, value in tags.items()]
