"""Credentials that renew themselves: before they expire, and when AWS says they are no good any more."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from botocore.credentials import Credentials, DeferredRefreshableCredentials, ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError

RoleFetcher = Callable[[], dict[str, str | None]]
"""Calls AssumeRole: ``access_key``, ``secret_key``, ``token`` and ``expiry_time`` (ISO 8601)."""


class LiveCredentials:
    """Stands where botocore expects Credentials; looks them up on first use. Thread-safe.

    Temporary ones are botocore's, which renews them 15 minutes before they expire, in one thread at a time.
    """

    def __init__(self, look_up: Callable[[], Credentials | None], method: str) -> None:
        self.method = method
        self._look_up = look_up
        self._found: Credentials | None = None
        self._last: ReadOnlyCredentials | None = None
        self._lock = threading.Lock()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Keys that belong together and are good now.

        Raises:
            AwsError: The role is refused.
            botocore.exceptions.BotoCoreError: There are none, or they cannot be had.
        """
        frozen = self._current().get_frozen_credentials()
        self._last = frozen
        return frozen

    @property
    def last(self) -> ReadOnlyCredentials | None:
        """What was last handed out."""
        return self._last

    def renew(self, refused: ReadOnlyCredentials | None) -> None:
        """AWS has refused these: look up new ones, unless another thread has already done so."""
        with self._lock:
            if self._last == refused:
                self._found = None

    @property
    def expires_at(self) -> datetime | None:
        """When the current ones end; None where they do not, or were never used.

        botocore knows it but has no public way to say so.
        """
        at: datetime | None = getattr(self._found, "_expiry_time", None)
        return at and at.astimezone(UTC)

    @property
    def access_key(self) -> str | None:
        """One third of the frozen credentials, for code of botocore that asks for it alone."""
        return self.get_frozen_credentials().access_key

    @property
    def secret_key(self) -> str | None:
        """As ``access_key``."""
        return self.get_frozen_credentials().secret_key

    @property
    def token(self) -> str | None:
        """As ``access_key``."""
        return self.get_frozen_credentials().token

    @property
    def account_id(self) -> str | None:
        """The account, where botocore learnt it."""
        return self.get_frozen_credentials().account_id

    def get_deferred_property(self, property_name: str) -> Callable[[], str | None]:
        """For botocore's endpoint rules, which ask for the account only where it matters."""
        return lambda: getattr(self, property_name, None)

    def _current(self) -> Credentials:
        found = self._found
        if found is not None:
            return found
        with self._lock:
            if self._found is None:
                self._found = self._look_up()
            if self._found is None:
                raise NoCredentialsError
            return self._found


def of_role(fetch: RoleFetcher) -> LiveCredentials:
    """Credentials of an assumed role."""
    return LiveCredentials(lambda: DeferredRefreshableCredentials(fetch, "assume-role"), "assume-role")
