"""Has records made in threads, a few at once, so that pages hold up neither a scrape nor the webhook."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

RETRY = {"Retry-After": "5"}
"""Seconds after which it is worth while to ask again for what cannot be told now."""
_AT_ONCE = 4
"""Of the loop's threads, which the webhook and readiness need, too."""

P = ParamSpec("P")
T = TypeVar("T")


class Reader:
    """Runs what makes a page."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def read(self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``make`` gives, or raises."""
        async with self._turns:
            return await asyncio.to_thread(make, *args, **kwargs)
