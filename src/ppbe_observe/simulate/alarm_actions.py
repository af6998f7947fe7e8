"""The actions of alarms: CloudWatch looks at all alarms regularly and tells SNS topics of transitions.

It asks moto directly, on moto's one thread, as CloudWatch and SNS would speak behind the API: nothing of it is counted
as a client's call, and neither faults nor incidents on calls meet it.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from urllib.parse import urlencode

import structlog

from ppbe_observe.simulate.alarm_message import message, subject, topics
from ppbe_observe.simulate.alarm_states import OPERATION, AlarmStates, Transition
from ppbe_observe.simulate.beyond_moto import Place
from ppbe_observe.simulate.http import Request, Response

# The access key is nobody's, so that moto notes no use of anyone's; moto takes the account from its own header.
_SIGNED = "AWS4-HMAC-SHA256 Credential=CLOUDWATCH/20100801/{region}/{service}/aws4_request"
_FIRST_ERROR = 400


class AlarmActions:
    """Looks and acts on the server's event loop, from its beginning to its end.

    Args:
        states: The one memory of states.
        places: The accounts and regions whose alarms act: those of the estate.
        forward: Asks moto.
        executor: Moto's one thread.
        interval: Seconds of real time from one look to the next, and to the first.
    """

    def __init__(
        self,
        states: AlarmStates,
        places: Iterable[Place],
        forward: Callable[[Request], Response],
        executor: Executor,
        interval: float,
    ) -> None:
        self._states = states
        self._places = sorted(places)
        self._forward = forward
        self._executor = executor
        self._interval = interval

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self._act()
            except Exception as error:  # noqa: BLE001 - whatever moto stumbles over, alarms go on acting
                structlog.get_logger().warning("alarms.failed", reason=repr(error))

    async def _act(self) -> None:
        for place in self._places:
            self._states.looked(place, await self._ask(_listing(place)))
        for transition in self._states.transitions():
            for topic in topics(transition):
                answer = await self._ask(_publication(topic, transition))
                if answer.status >= _FIRST_ERROR:
                    name = transition.facts["AlarmName"]
                    structlog.get_logger().warning("alarm.untold", alarm=name, topic=topic, status=answer.status)

    async def _ask(self, request: Request) -> Response:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._forward, request)


def _listing(place: Place) -> Request:
    headers = {
        "x-amz-target": f"GraniteServiceVersion20100801.{OPERATION}",
        "content-type": "application/x-amz-json-1.0",
    }
    return _request(place, "monitoring", headers, b"{}")


def _publication(topic: str, transition: Transition) -> Request:
    region, account = topic.split(":")[3:5]
    form = {
        "Action": "Publish",
        "Version": "2010-03-31",
        "TopicArn": topic,
        "Subject": subject(transition),
        "Message": message(transition),
    }
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return _request((account, region), "sns", headers, urlencode(form).encode())


def _request(place: Place, service: str, headers: dict[str, str], body: bytes) -> Request:
    account, region = place
    signed = {"authorization": _SIGNED.format(region=region, service=service), "x-moto-account-id": account}
    return Request("POST", "/", headers=headers | signed, body=body)
