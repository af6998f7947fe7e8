"""A client that does not read is given up."""

import asyncio
import logging

import pytest
from starlette.types import Message

from ppbe_observe.exposition.page import Page
from ppbe_observe.web.streaming import PageResponse


def test_client_that_never_reads_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == 2:
            await asyncio.sleep(60)

    async def receive() -> Message:
        raise AssertionError("nothing is received")

    page = Page("text/plain", None, (b"one", b"two"), 6)
    with caplog.at_level(logging.WARNING):
        asyncio.run(PageResponse(page, 0.01)({"type": "http", "method": "GET"}, receive, send))
    assert [message.get("body") for message in sent] == [None, b"one"]
    assert [record.getMessage() for record in caplog.records] == ["web.client_too_slow"]
