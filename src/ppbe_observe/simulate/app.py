"""The ASGI application: CloudWatch's data plane, moto for everything else, and the switches of the simulation."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any

from ppbe_observe.simulate.alarm_actions import AlarmActions
from ppbe_observe.simulate.alarm_states import AlarmStates
from ppbe_observe.simulate.beyond_moto import BeyondMoto
from ppbe_observe.simulate.calls import AwsCall, identify
from ppbe_observe.simulate.cloudwatch import CloudWatch
from ppbe_observe.simulate.control import Control
from ppbe_observe.simulate.faults import EDITS, Effect, Fault, Faults, refusal
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.protocols.cbor import RpcV2Cbor
from ppbe_observe.simulate.protocols.choice import wire_format
from ppbe_observe.simulate.protocols.refusal import refuse
from ppbe_observe.simulate.protocols.translation import as_cbor, as_json
from ppbe_observe.simulate.requests import Requests, outcome_of
from ppbe_observe.simulate.restful import RestfulOperations

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Forward = Callable[[Request], Response]


class SimulatedAws:
    """One application for every AWS service.

    moto runs on the executor, CloudWatch on the event loop itself: it waits for nothing.
    """

    def __init__(
        self,
        *,
        cloudwatch: CloudWatch,
        states: AlarmStates,
        actions: AlarmActions,
        beyond: BeyondMoto,
        forward: Forward,
        executor: Executor,
        incidents: Incidents,
        faults: Faults,
        requests: Requests,
    ) -> None:
        self._cloudwatch = cloudwatch
        self._states = states
        self._actions = actions
        self._beyond = beyond
        self._forward = forward
        self._executor = executor
        self._incidents = incidents
        self._faults = faults
        self._requests = requests
        self._restful = RestfulOperations()
        self._control = Control(incidents, faults, requests)

    def close(self) -> None:
        """Let go of moto's thread."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        request = await _read(scope, receive)
        if request.path.startswith(self._control.prefix):
            await _write(send, self._control.answer(request))
            return
        call = identify(request, self._restful)
        fault = self._fault(call) if call is not None else None
        if fault is not None and fault.effect is Effect.HANG:
            await _until_disconnect(receive)
            return
        response = await self._answer(call, request, fault)
        if call is not None:
            self._requests.record(call.name, outcome_of(response))
        await _write(send, response, fault.effect if fault is not None else None)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Alarms act from startup to shutdown, or until the event loop ends, which cancels this."""
        await receive()
        acting = asyncio.create_task(self._actions.run())
        await send({"type": "lifespan.startup.complete"})
        try:
            await receive()
        finally:
            acting.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    def _fault(self, call: AwsCall) -> Fault | None:
        return self._faults.take(call) or self._incidents.fault(call)

    async def _answer(self, call: AwsCall | None, request: Request, fault: Fault | None) -> Response:
        if call is None:
            return await self._moto(request)
        request_id = str(uuid.uuid4())
        if fault is not None:
            if fault.effect is Effect.SLOW:
                await asyncio.sleep(fault.seconds)
            if error := refusal(fault.effect):
                if self._cloudwatch.answers(call):
                    return wire_format(request).error(error, request_id)
                return refuse(call.service, request, error, request_id)
        if self._cloudwatch.answers(call):
            return self._cloudwatch.answer(call, request, request_id, EDITS.get(fault.effect) if fault else None)
        if call.service == "cloudwatch":
            return await self._alarms(call, request, request_id)
        return self._beyond.answer(call, request) or await self._moto(request)

    async def _alarms(self, call: AwsCall, request: Request, request_id: str) -> Response:
        """What of CloudWatch is not the data plane's: alarms, which moto keeps, in the states that datapoints make."""
        if isinstance(wire_format(request), RpcV2Cbor):
            answer = await self._moto(as_json(request, call.operation))
            return as_cbor(self._states.told(call, request, answer), request_id)
        return self._states.told(call, request, self._beyond.answer(call, request) or await self._moto(request))

    async def _moto(self, request: Request) -> Response:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._forward, request)


async def _read(scope: Message, receive: Receive) -> Request:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw = scope.get("raw_path") or scope["path"].encode()
    return Request(
        scope["method"],
        raw.decode("latin-1").partition("?")[0],
        scope["query_string"].decode("latin-1"),
        headers,
        b"".join(chunks),
        headers.get("host", "127.0.0.1"),
    )


async def _write(send: Send, response: Response, effect: Effect | None = None) -> None:
    body = response.body
    if effect is Effect.MALFORMED:
        body = body[: len(body) // 2] + b'{"'
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
        if name.lower() not in ("content-length", "connection", "transfer-encoding")
    ]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if effect is Effect.TRUNCATED:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        raise TruncatedOnPurpose
    await send({"type": "http.response.body", "body": body})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class TruncatedOnPurpose(Exception):  # noqa: N818 - not an error but the way to make the server hang up
    """Ends a response in its middle: the server closes the connection."""
