"""Who is told, and how: the receivers of Alertmanager that an escalation uses. Pure.

Invariant: no secret is in a definition. What opens a door is named by the absolute path of its file, which is on the
machine of Alertmanager.

Source: Alertmanager documentation, "Configuration", sections on receiver integrations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ppbe_observe.alerting.escalation.secret_files import HttpAuth, check_files, check_url, files_of
from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place

_TOPIC = re.compile(r"arn:(aws|aws-us-gov):sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256})(\.fifo)?")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sns:
    """A topic of Amazon SNS: e-mail, SMS and queues behind it.

    Attributes:
        topic: Its ARN; the region to sign for is in it.
        role: The ARN of a role to assume; the machine's own credentials where empty.
        profile: A profile of the shared configuration file.
        external_id: What the role's trust policy wants to hear; Alertmanager 0.34.
        endpoint: Another address of SNS, such as a VPC endpoint.
    """

    topic: str
    role: str = ""
    profile: str = ""
    external_id: str = ""
    endpoint: str = ""

    def __post_init__(self) -> None:
        found = _TOPIC.fullmatch(self.topic)
        if found is None:
            raise DefinitionError(f"{self.topic!r} is no topic; write it like arn:aws-us-gov:sns:REGION:ACCOUNT:NAME")
        if found[5]:
            raise DefinitionError(
                f"{self.topic} is FIFO: it drops the end of an alert that is shorter than 5 minutes, as a duplicate; "
                "use a standard topic"
            )
        if self.role and not self.role.startswith(f"arn:{found[1]}:iam::"):
            raise DefinitionError(f"{self.role!r} is no role in {found[1]}, where the topic is")
        if self.external_id and not self.role:
            raise DefinitionError("external_id is for a role; name the role too, or leave it out")

    @property
    def region(self) -> str:
        """The region to sign for."""
        return self.topic.split(":")[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty:
    """A service of PagerDuty (Events API v2); ``routing_key_file`` holds its integration key."""

    routing_key_file: str

    def __post_init__(self) -> None:
        check_files(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """A channel of Slack; ``url_file`` holds the address of the incoming webhook, which is a secret."""

    url_file: str
    channel: str

    def __post_init__(self) -> None:
        check_files(self)
        if not self.channel.startswith(("#", "@")):
            raise DefinitionError(f"a channel of Slack is called {self.channel!r}; write it like #ppbe-alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """A channel of Microsoft Teams, by a workflow; ``url_file`` holds its address, a secret; Alertmanager 0.28."""

    url_file: str

    def __post_init__(self) -> None:
        check_files(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """Mail, over TLS.

    Attributes:
        to: Addresses, with commas between them.
        sender: The address that it comes from.
        smarthost: ``host:port`` of the server that takes it.
        username: Who authenticates, with ``password_file``.
        password_file: Holds the password.
    """

    to: str
    sender: str
    smarthost: str
    username: str = ""
    password_file: str = ""

    def __post_init__(self) -> None:
        check_files(self)
        for each in (*self.to.split(","), self.sender):
            if not _ADDRESS.fullmatch(each.strip()):
                raise DefinitionError(f"{each.strip()!r} is no address of mail")
        if not re.fullmatch(r"[^:\s]+:\d+", self.smarthost):
            raise DefinitionError(f"{self.smarthost!r} is no server of mail; write it like smtp.example.gov:587")
        if bool(self.username) != bool(self.password_file):
            raise DefinitionError("authentication at the server of mail needs username and password_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A program that takes Alertmanager's JSON.

    Attributes:
        url: Where it listens; an address with a secret in it belongs into a file.
        url_file: Holds the address; Alertmanager 0.26.
        auth: How Alertmanager shows who it is.
        timeout: How long it waits for an answer; Alertmanager 0.28.
        payload: Another document than Alertmanager's own, its texts are templates; Alertmanager 0.32.
    """

    url: str = ""
    url_file: str = ""
    auth: HttpAuth | None = None
    timeout: timedelta = timedelta()
    payload: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_files(self)
        if bool(self.url) == bool(self.url_file):
            raise DefinitionError("a webhook has either url or url_file")
        if self.url:
            check_url(self.url)


Integration = Sns | PagerDuty | Slack | Teams | Email | Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who is told, under a name: all integrations of one receiver get each notification.

    Attributes:
        name: ``page-l1``: steps and routes name it.
        to: Its integrations.
        resolved: Whether it is told of the end, too; only a dead man's switch is not.
        labels: For queries of the API; Alertmanager 0.33.
        place: Where it is declared.
    """

    name: str
    to: tuple[Integration, ...]
    resolved: bool = True
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DefinitionError(f"a receiver is called {self.name!r}; give it a name like page-l1")
        if not self.to:
            raise DefinitionError(f"receiver {self.name} tells nobody; put an integration into to, such as Sns(...)")
        object.__setattr__(self, "place", self.place or place())

    @property
    def secret_files(self) -> tuple[str, ...]:
        """The files that Alertmanager reads for it."""
        return tuple(file for each in self.to for file in files_of(each))
