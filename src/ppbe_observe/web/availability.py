"""The availability record for machines, at an address of its own. I/O through what is handed in."""

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ppbe_observe.errors import StateError
from ppbe_observe.web.queries import AvailabilityQuery, FilterError, asked_for
from ppbe_observe.web.reading import RETRY, Reader
from ppbe_observe.web.views import Recorded

PATH = "/availability.json"


class AvailabilityAnswers:
    """Answers with the record of as many days as the query `days` asks for, and of today so far."""

    def __init__(self, record: Recorded, reader: Reader) -> None:
        self._record = record
        self._reader = reader

    async def json(self, request: Request) -> Response:
        """The record; 400 where `days` is no number of days, 503 where the state database cannot be read."""
        return await self._reader.read(self._answer, request.query_params)

    def _answer(self, given: QueryParams) -> Response:
        try:
            record = self._record(asked_for(AvailabilityQuery, given).days)
        except FilterError as error:
            return PlainTextResponse(f"Refused: {error}\n", 400)
        except StateError as error:
            return PlainTextResponse(f"The record cannot be read: {error}\n", 503, RETRY)
        return Response(record.as_json(), media_type="application/json")
