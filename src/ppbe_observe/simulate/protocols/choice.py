"""Tells the protocol of a request from its headers. Pure."""

from ppbe_observe.simulate.http import Request
from ppbe_observe.simulate.protocols.json10 import Json10
from ppbe_observe.simulate.protocols.protocol import WireFormat


def wire_format(request: Request) -> WireFormat:
    """The format in which the request was written and its answer is expected."""
    return Json10()
