"""Tells the protocol of a request from its headers. Pure."""

from ppbe_observe.simulate.http import Request
from ppbe_observe.simulate.protocols.cbor import RpcV2Cbor
from ppbe_observe.simulate.protocols.json10 import Json10
from ppbe_observe.simulate.protocols.protocol import WireFormat
from ppbe_observe.simulate.protocols.query import Query


def wire_format(request: Request) -> WireFormat:
    """The format in which the request was written and its answer is expected."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return RpcV2Cbor()
    return Json10() if "x-amz-target" in request.headers else Query()
