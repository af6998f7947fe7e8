"""Samples written into a running Prometheus by remote write 1.0: protobuf in snappy, both as plain as they may be.

Source: Prometheus documentation, "Prometheus Remote-Write 1.0 specification"; snappy's format_description.txt.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

import httpx

_HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_LITERAL = b"\xfc"  # a literal whose length, less one, follows in four bytes


def labels(name: str, those: Mapping[str, str]) -> bytes:
    """The labels of a series, sorted as the specification wants them."""
    return b"".join(
        _field(1, _field(1, label.encode()) + _field(2, value.encode()))
        for label, value in sorted({"__name__": name, **those}.items())
    )


def samples(times: Sequence[float], values: Iterable[float]) -> bytes:
    """Samples at times in seconds since the epoch."""
    return b"".join(
        _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(int(at * 1000)))
        for at, value in zip(times, values, strict=True)
    )


def write(client: httpx.Client, url: str, series: Iterable[tuple[bytes, bytes]]) -> None:
    """Send series of ``labels`` and ``samples``; raises where Prometheus does not take all of them."""
    body = b"".join(_field(1, named + sampled) for named, sampled in series)
    packed = _varint(len(body)) + _LITERAL + struct.pack("<I", len(body) - 1) + body
    client.post(f"{url}/api/v1/write", content=packed, headers=_HEADERS, timeout=120).raise_for_status()


def _field(number: int, content: bytes) -> bytes:
    return bytes((number << 3 | 2,)) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
