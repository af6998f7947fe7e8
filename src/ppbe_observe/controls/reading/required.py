"""Resources that the parameters of a check name by patterns, as in a shell (``*``, ``?``, ``[..]``). Pure.

A pattern that ends in ``*`` only selects what is judged; any other requires that something has such a name.
"""

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import failed, passed
from ppbe_observe.model import Verdict


def is_named(name: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns names it."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def all_exist(what: str, patterns: Iterable[str], names: Collection[str]) -> Verdict | None:
    """Whether there is one for each pattern that requires it; None where none does. ``what`` says what they are."""
    required = [pattern for pattern in patterns if not pattern.endswith("*")]
    missing = [pattern for pattern in required if not any(fnmatchcase(name, pattern) for name in names)]
    if missing:
        return failed(f"there is no {what} called {', '.join(missing)}: it is required")
    return passed(f"every required {what} exists: {', '.join(required)}") if required else None
