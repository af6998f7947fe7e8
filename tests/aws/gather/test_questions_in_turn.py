"""Further questions that read the answer to another one."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Detail
from ppbe_observe.aws.gather.questions import with_details
from ppbe_observe.model import Answer, Failure, Found, Reason, Resource
from support.gathering import GOVCLOUD, LocalSession

KEY = "kms:key"
DESCRIBE = "kms:DescribeKey"
ROTATION = "kms:GetKeyRotationStatus"


def _key(key: Resource) -> Mapping[str, Any]:
    return {"KeyId": key.arn}


def _key_if_enabled(key: Resource) -> Mapping[str, Any] | None:
    described = key.details[DESCRIBE]
    assert isinstance(described, Answer)
    return _key(key) if described.value["KeyMetadata"]["Enabled"] else None


FIRST = Detail("kms", KEY, DESCRIBE, _key)
THEN = Detail("kms", KEY, ROTATION, _key_if_enabled, after=DESCRIBE)


def asked(session: LocalSession, *details: Detail) -> Mapping[str, Answer | Failure]:
    arn = session.client("kms").create_key()["KeyMetadata"]["Arn"]
    session.calls.clear()
    context = GatherContext(session, monotonic() + 60)
    found = with_details(context, {KEY: Found((Resource(arn, KEY, GOVCLOUD),))}, details)
    return found[KEY].resources[0].details


def test_what_a_question_comes_after_is_asked_first_whatever_the_order(local_session: LocalSession) -> None:
    told = asked(local_session, THEN, FIRST)
    assert isinstance(told[ROTATION], Answer)
    assert isinstance(told[DESCRIBE], Answer)
    assert local_session.calls == {DESCRIBE: 1, ROTATION: 1}


def test_a_question_is_not_asked_where_the_one_before_it_failed(local_session: LocalSession) -> None:
    local_session.refuse(DESCRIBE, "AccessDeniedException")
    told = asked(local_session, FIRST, THEN)
    refused = Failure(Reason.DENIED, DESCRIBE, "AccessDeniedException: no")
    assert (told[DESCRIBE], told[ROTATION]) == (refused, refused)
    assert local_session.calls == {DESCRIBE: 1}


def test_a_question_is_not_asked_where_the_one_before_it_was_not(local_session: LocalSession) -> None:
    assert asked(local_session, THEN) == {}
    assert asked(local_session, replace(FIRST, arguments=lambda _: None), THEN) == {}


def test_the_same_question_is_not_asked_again_in_a_later_turn(local_session: LocalSession) -> None:
    alias = Resource("alias", "kms:alias", GOVCLOUD)
    key = Resource("key", KEY, GOVCLOUD)
    context = GatherContext(local_session, monotonic() + 60)
    local_session.calls.clear()
    one = Detail("kms", KEY, "kms:ListAliases", lambda _: {})
    other = Detail("kms", "kms:alias", "kms:ListAliases", lambda _: {}, after="kms:ListKeys")
    with_details(
        context,
        {KEY: Found((key,)), "kms:alias": Found((alias,))},
        [one, Detail("kms", "kms:alias", "kms:ListKeys", lambda _: {}), other],
    )
    assert local_session.calls == {"kms:ListAliases": 1, "kms:ListKeys": 1}


def test_a_question_cannot_wait_for_itself(local_session: LocalSession) -> None:
    with pytest.raises(ValueError, match="kms:DescribeKey waits for itself"):
        asked(local_session, replace(FIRST, after=ROTATION), THEN)
