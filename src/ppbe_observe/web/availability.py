"""The availability record for machines. I/O through what is handed in, in a thread."""

import asyncio
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ppbe_observe.errors import StateError
from ppbe_observe.model.availability_record import AvailabilityRecord

PATH = "/availability.json"
SHOWN = 90
"""Days that are shown unless another number is asked for."""
LEAST, MOST = 1, 2555
"""Days that may be asked for: as long as records are kept."""

_DAYS = re.compile(r"[0-9]{1,4}")

Recorded = Callable[[int], AvailabilityRecord]
"""Gives the record of so many days; called in a thread."""


class AvailabilityAnswers:
    """Answers with the record of as many days as the query `days` asks for, and of today so far."""

    def __init__(self, record: Recorded) -> None:
        self._record = record

    async def json(self, request: Request) -> Response:
        """The record; 400 where `days` is no number of days, 503 where the state database cannot be read."""
        shown = shown_days(request.query_params.get("days"))
        if shown is None:
            return PlainTextResponse(f"days is a whole number from {LEAST} to {MOST}.\n", 400)
        try:
            record = await asyncio.to_thread(self._record, shown)
        except StateError as error:
            return PlainTextResponse(f"The record cannot be read: {error}\n", 503)
        return Response(await asyncio.to_thread(record.as_json), media_type="application/json")


def shown_days(given: str | None) -> int | None:
    """How many days are asked for; None where that is no number of days."""
    if given is None:
        return SHOWN
    days = int(given) if _DAYS.fullmatch(given) else 0
    return days if LEAST <= days <= MOST else None
