"""Secrets, which are in files and never in definitions. Pure: the files are on the machine of Alertmanager.

Source: Alertmanager documentation, "Configuration", section "HTTP sharable config".
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlsplit

from ppbe_observe.errors import DefinitionError

_OPENS = frozenset({"sig", "token", "key", "apikey", "api_key", "secret", "password", "access_token"})
_OPEN_HOSTS = ("hooks.slack.com", "webhook.office.com", "logic.azure.com", "logic.azure.us", "events.pagerduty.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuth:
    """How Alertmanager shows who it is: a bearer token, or a user and a password; both by file.

    Attributes:
        bearer_file: Holds the token.
        username: Of basic authentication.
        password_file: Holds its password.
        ca_file: Whom to trust; the system's store where empty.
        cert_file: The client certificate, with ``key_file``.
        key_file: Its key.
    """

    bearer_file: str = ""
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""

    def __post_init__(self) -> None:
        check_files(self)
        if self.bearer_file and self.username:
            raise DefinitionError("a bearer token and a user at once: keep one of them")
        if bool(self.username) != bool(self.password_file):
            raise DefinitionError("basic authentication needs username and password_file")
        if bool(self.cert_file) != bool(self.key_file):
            raise DefinitionError("a client certificate needs cert_file and key_file")


def files_of(found: object) -> Iterator[str]:
    """The files that an integration or its authentication names."""
    for each in fields(found):  # type: ignore[arg-type]  # every caller hands in one of the dataclasses above
        value = getattr(found, each.name)
        if each.name.endswith("_file") and value:
            yield value
        elif isinstance(value, HttpAuth):
            yield from files_of(value)


def check_files(found: object) -> None:
    """Refuse a file that is not named by its absolute path, without repeating what may be the secret itself."""
    for each in files_of(found):
        if not each.startswith("/") or "\n" in each:
            raise DefinitionError(
                f"a {type(found).__name__} takes no secret, only the absolute path of the file that holds it, on the "
                "machine of Alertmanager: write the secret into a file that only Alertmanager may read, and name that"
            )


def check_url(url: str) -> None:
    """Refuse an address with a secret in it, as far as one can tell, without repeating it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        raise DefinitionError(f"a webhook's url begins with http:// or https:// and a host, not {parts.scheme!r}")
    inside = parts.username is not None or any(name.lower() in _OPENS for name, _ in parse_qsl(parts.query))
    if inside or host.endswith(_OPEN_HOSTS):
        raise DefinitionError(
            f"the address at {host} holds a secret: write it into a file and name that as url_file, or give the secret "
            "as HttpAuth(bearer_file=...) or HttpAuth(username=..., password_file=...)"
        )
