"""A further question whose first page tells enough."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Detail
from ppbe_observe.aws.gather.questions import with_details
from ppbe_observe.model import Answer, Found, Resource
from support.gathering import GOVCLOUD, LocalSession

GROUP = "logs:log-group"
STREAMS = "logs:DescribeLogStreams"


def _two_at_a_time(group: Resource) -> Mapping[str, Any]:
    return {"logGroupName": group.facts["logGroupName"], "limit": 2}


ALL_PAGES = Detail("logs", GROUP, STREAMS, _two_at_a_time)


@pytest.mark.parametrize(
    ("detail", "names", "calls"),
    [(ALL_PAGES, ["s0", "s1", "s2"], 2), (replace(ALL_PAGES, first_page=True), ["s0", "s1"], 1)],
)
def test_pages_are_followed_unless_the_first_tells_enough(
    local_session: LocalSession, detail: Detail, names: list[str], calls: int
) -> None:
    logs = local_session.client("logs")
    logs.create_log_group(logGroupName="group")
    for number in range(3):
        logs.create_log_stream(logGroupName="group", logStreamName=f"s{number}")
    group = Resource("arn", GROUP, GOVCLOUD, facts={"logGroupName": "group"})
    local_session.calls.clear()

    context = GatherContext(local_session, monotonic() + 60)
    found = with_details(context, {GROUP: Found((group,))}, [detail])[GROUP]

    answer = found.resources[0].details[STREAMS]
    assert isinstance(answer, Answer)
    assert [each["logStreamName"] for each in answer.value["logStreams"]] == names
    assert len(answer.provenance) == local_session.calls[STREAMS] == calls
