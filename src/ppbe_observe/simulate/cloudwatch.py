"""Answers CloudWatch calls from the data plane, in the protocol in which they came."""

from collections.abc import Callable, Mapping
from typing import Any

from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.faults import Edit
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.plane.operations import OPERATIONS
from ppbe_observe.simulate.plane.rates import Rates
from ppbe_observe.simulate.protocols.choice import wire_format

AccountOf = Callable[[str], str]


class CloudWatch:
    """The metrics of every account and region, behind the API."""

    def __init__(
        self,
        catalogs: Mapping[tuple[str, str], Catalog],
        account_of: AccountOf,
        clock: Callable[[], float],
        rates: Rates | None,
    ) -> None:
        self._catalogs = dict(catalogs)
        self._account_of = account_of
        self._clock = clock
        self._rates = rates

    @staticmethod
    def answers(call: AwsCall) -> bool:
        """Whether this call is the data plane's rather than moto's."""
        return call.service == "cloudwatch" and call.operation in OPERATIONS

    def answer(self, call: AwsCall, request: Request, request_id: str, edit: Edit | None = None) -> Response:
        """The answer; ``edit`` lets a fault change a good result before it is written."""
        wire = wire_format(request)
        try:
            parameters = wire.read(request)
            result = self._result(call, parameters)
        except ServiceError as error:
            return wire.error(error, request_id)
        if edit is not None:
            result = edit(call.operation, parameters, result)
        return wire.answer(call.operation, result, request_id)

    def _result(self, call: AwsCall, parameters: dict[str, Any]) -> dict[str, Any]:
        account = self._account_of(call.access_key)
        now = self._clock()
        if self._rates is not None:
            self._rates.take(account, call.region, call.operation, now)
        catalog = self._catalogs.setdefault((account, call.region), Catalog())
        return OPERATIONS[call.operation](catalog, parameters, now)
