"""What was answered is not as documented: one resource is unknown for it, the others are told of."""

from collections.abc import Mapping
from itertools import cycle
from time import monotonic
from typing import Any

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Detail
from ppbe_observe.aws.gather.questions import with_details
from ppbe_observe.model import Answer, Failure, Found, Reason, Resource
from support.gathering import GOVCLOUD, LocalSession, answer

GROUP = "logs:log-group"
STREAMS = "logs:DescribeLogStreams"


def asked(session: LocalSession, tells: str = "", **facts: Any) -> list[Answer | Failure]:
    """What is told of a log group with these facts, and of one as it should be."""
    session.client("logs").create_log_group(logGroupName="group")
    groups = tuple(Resource("arn", GROUP, GOVCLOUD, facts=each) for each in (facts, {"names": ["group"]}))
    detail = Detail("logs", GROUP, STREAMS, _by_name, tells=tells)
    found = with_details(GatherContext(session, monotonic() + 60), {GROUP: Found(groups)}, [detail])[GROUP]
    return [each.details[STREAMS] for each in found.resources]


def _by_name(group: Resource) -> Mapping[str, Any]:
    (name,) = group.facts["names"]
    return {"logGroupName": name}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], "ValueError: not enough values to unpack (expected 1, got 0)"),
        (["a", "b"], "ValueError: too many values to unpack (expected 1)"),
        (["\ud800"], "TypeError: str is not valid UTF-8: surrogates not allowed"),
        (None, "TypeError: cannot unpack non-iterable NoneType object"),
    ],
)
def test_a_question_that_cannot_be_put(local_session: LocalSession, names: list[str] | None, told: str) -> None:
    failure, good = asked(local_session, names=names)
    assert failure == Failure(Reason.MALFORMED, STREAMS, f"what was listed is not as documented: {told}")
    assert isinstance(good, Answer)
    assert good.value == {"logStreams": []}


ODD = Failure(Reason.MALFORMED, STREAMS, "the answer is not as documented: there is no logStreams in it")


def test_an_answer_without_what_it_always_tells_is_no_empty_one(local_session: LocalSession) -> None:
    local_session.faults[STREAMS] = lambda: answer(200, "{}")
    assert asked(local_session, "logStreams", names=["group"]) == [ODD, ODD]


def test_a_later_page_without_what_it_always_tells(local_session: LocalSession) -> None:
    pages = cycle([answer(200, '{"logStreams": [{"logStreamName": "a"}], "nextToken": "t"}'), answer(200, "{}")])
    local_session.faults[STREAMS] = lambda: next(pages)
    assert asked(local_session, "logStreams", names=["group"]) == [ODD, ODD]
