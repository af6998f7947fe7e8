"""Basic authentication against bcrypt hashes, without blocking the event loop and without telling by time.

bcrypt is slow by design: at the usual cost of 10 one check takes 50 ms or more. So a password is checked once, in
a thread, and the outcome is remembered under a keyed hash of it; a thousand scrapes at once wait for one check.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import bcrypt
from pydantic import SecretStr

_REMEMBERED = 256  # outcomes of each kind; wrong guesses never push a right password out
_AT_ONCE = 2  # threads: guessing costs no more than these
_WAITING = 64  # checks; more are turned away
_LONGEST = 72  # bytes of a password that bcrypt looks at; Go ignores the rest too
_DIGITS_OF_COST = slice(4, 6)  # "$2b$10$..."
# The form of a hash, for users who do not exist: no password has it.
_NOBODY = "." * 53


class BusyError(Exception):
    """Too many passwords are being checked."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user name with the password that was given."""

    user: str
    password: bytes

    @classmethod
    def of(cls, authorization: str | None) -> "Login | None":
        """Read the Authorization header (RFC 7617); None where it holds no login."""
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(given.strip(), validate=True).partition(b":")
            return cls(user.decode(), password) if colon else None
        except (binascii.Error, UnicodeDecodeError):
            return None


class Passwords:
    """Checks logins; used by one event loop."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._wrong: OrderedDict[bytes, None] = OrderedDict()
        self._checking: dict[bytes, asyncio.Future[bool]] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bcrypt")

    async def allows(self, users: Mapping[str, SecretStr], login: Login) -> bool:
        """Whether the password is that of the user.

        Raises:
            BusyError: Too many others are waiting for an answer.
        """
        expected = _hash_of(users, login.user)
        digest = self._digest(expected, login)
        if digest in self._right:
            self._right.move_to_end(digest)
            return True
        if digest in self._wrong:
            return False
        return await self._check(digest, expected, login, known=login.user in users)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _check(self, digest: bytes, expected: str, login: Login, *, known: bool) -> bool:
        checking = self._checking.get(digest)
        if checking is None:
            if len(self._checking) >= _WAITING:
                raise BusyError
            loop = asyncio.get_running_loop()
            checking = loop.run_in_executor(self._threads, _matches, login.password, expected)
            self._checking[digest] = checking
            checking.add_done_callback(lambda done: self._learn(digest, done, known=known))
        # Whoever waits may go away; the check goes on for the others.
        return await asyncio.shield(checking) and known

    def _learn(self, digest: bytes, done: asyncio.Future[bool], *, known: bool) -> None:
        del self._checking[digest]
        if done.cancelled() or done.exception() is not None:
            return
        outcomes = self._right if done.result() and known else self._wrong
        outcomes[digest] = None
        if len(outcomes) > _REMEMBERED:
            outcomes.popitem(last=False)

    def _digest(self, expected: str, login: Login) -> bytes:
        """Of everything the outcome depends on: a changed hash forgets what was remembered."""
        user = login.user.encode()
        message = b"%d:%b%b%b" % (len(user), user, expected.encode(), login.password)
        return hmac.new(self._key, message, hashlib.sha256).digest()


def _hash_of(users: Mapping[str, SecretStr], user: str) -> str:
    """The user's hash; for an unknown one a hash that takes as long and matches nothing."""
    if user in users:
        return users[user].get_secret_value()
    cost = max(each.get_secret_value()[_DIGITS_OF_COST] for each in users.values())
    return f"$2b${cost}${_NOBODY}"


def _matches(password: bytes, expected: str) -> bool:
    try:
        return bcrypt.checkpw(password[:_LONGEST], expected.encode())
    except ValueError:  # a password that bcrypt cannot have hashed, such as one with a NUL
        return False
