"""Asks the further questions that checks have about resources: each question once, a few at a time. I/O.

Invariants: the same operation is never asked twice with the same arguments; every question has an answer or a failure;
one that fails does not stop the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import orjson
from botocore import xform_name
from botocore.exceptions import ClientError

from ppbe_observe.aws.gather.context import GatherContext, code_of, provenance
from ppbe_observe.aws.gather.gatherer import Detail
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Answer, Failure, Found, Provenance, Reason, Resource

ASKING = 8
"""Questions under way at once for a target: different operations have different limits."""

_MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer that is not as documented raises; ValueError where it has not as many parts as it should."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """The resource was deleted since it was listed."""


@dataclass(frozen=True, slots=True)
class _Question:
    key: "_Key"
    detail: Detail
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Refused:
    """An error; what AWS's code means is for each detail to say that wanted the answer."""

    failure: Failure
    code: str | None = None
    provenance: tuple[Provenance, ...] = ()


_Key = tuple[str, bytes]
_Reply = Answer | _Refused
_Wanted = tuple[Resource, dict[str, tuple[Detail, _Key] | Failure]]


def with_details(context: GatherContext, kinds: Mapping[str, Found], details: Iterable[Detail]) -> dict[str, Found]:
    """What was found, each resource with the answers to the questions about its kind."""
    replies: dict[_Key, _Reply] = {}
    for turn in _turns(details):
        kinds = _told(context, kinds, turn, replies)
    return dict(kinds)


def _turns(details: Iterable[Detail]) -> Iterator[list[Detail]]:
    """Those that do not wait for another one, then those that waited for them, and so on."""
    rest = list(details)
    while rest:
        unanswered = {(each.kind, each.operation) for each in rest}
        waiting = [each for each in rest if (each.kind, each.after) in unanswered]
        if len(waiting) == len(rest):
            raise ValueError(f"{rest[0].operation} waits for itself")
        yield [each for each in rest if each not in waiting]
        rest = waiting


def _told(
    context: GatherContext, kinds: Mapping[str, Found], details: Iterable[Detail], replies: dict[_Key, _Reply]
) -> Mapping[str, Found]:
    by_kind: dict[str, list[Detail]] = {}
    for detail in details:
        by_kind.setdefault(detail.kind, []).append(detail)
    questions: dict[_Key, _Question] = {}
    wanted = {
        kind: [(each, _questions(each, by_kind.get(kind, ()), questions)) for each in found.resources]
        for kind, found in kinds.items()
    }
    replies.update(_ask_all(context, {key: each for key, each in questions.items() if key not in replies}))
    return {kind: replace(found, resources=tuple(_resources(wanted[kind], replies))) for kind, found in kinds.items()}


def _questions(
    resource: Resource, details: Iterable[Detail], questions: dict[_Key, _Question]
) -> dict[str, tuple[Detail, _Key] | Failure]:
    asked: dict[str, tuple[Detail, _Key] | Failure] = {}
    for detail in details:
        if detail.after and not isinstance(before := resource.details.get(detail.after), Answer):
            if before:
                asked[detail.operation] = before
            continue
        try:
            question = _question(resource, detail)
        except _MALFORMED as error:
            told = f"what was listed is not as documented: {type(error).__name__}: {error}"
            asked[detail.operation] = Failure(Reason.MALFORMED, detail.operation, told)
            continue
        if question is not None:
            questions.setdefault(question.key, question)
            asked[detail.operation] = detail, question.key
    return asked


def _question(resource: Resource, detail: Detail) -> _Question | None:
    """What is asked of a resource; None where there is nothing to ask.

    Raises:
        LookupError, TypeError, ValueError, AttributeError: What is known of it is not as documented; the TypeError also
            where it holds text that cannot be encoded (half a surrogate pair).
    """
    if (arguments := detail.arguments(resource)) is None:
        return None
    key = detail.operation, orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)
    return _Question(key, detail, arguments)


def _ask_all(context: GatherContext, questions: Mapping[_Key, _Question]) -> dict[_Key, _Reply]:
    """Operations in turn, so that each one's rate limit is used while another one's is waited for."""
    turns: dict[str, Iterator[int]] = {}
    order = sorted(questions, key=lambda key: (next(turns.setdefault(key[0], count())), key[0]))
    with ThreadPoolExecutor(ASKING, thread_name_prefix="question") as pool:
        asked = {key: pool.submit(copy_context().run, _reply, context, questions[key]) for key in order}
        return {key: each.result() for key, each in asked.items()}


def _reply(context: GatherContext, question: _Question) -> _Reply:
    operation = question.detail.operation
    try:
        return _ask(context, question.detail, question.arguments)
    except AwsError as error:
        cause = error.__cause__
        told = (provenance(operation, cause.response),) if isinstance(cause, ClientError) else ()
        return _Refused(error.failure, code_of(error), told)
    except _MALFORMED as error:
        said = f"the answer is not as documented: {type(error).__name__}: {error}"
        return _Refused(Failure(Reason.MALFORMED, operation, said))


def _meant(detail: Detail, reply: _Reply) -> Answer | Failure | _Gone:
    if isinstance(reply, Answer):
        return reply
    if reply.code in detail.gone:
        return _Gone()
    return Answer({}, reply.provenance) if reply.code in detail.none else reply.failure


def _ask(context: GatherContext, detail: Detail, arguments: Mapping[str, Any]) -> Answer:
    client = context.client(detail.service)
    method = xform_name(detail.operation.partition(":")[2])
    if detail.first_page or not client.can_paginate(method):
        answer = context.ask(detail.operation, getattr(client, method), **arguments)
        if detail.member and detail.member not in answer:
            raise LookupError(f"no {detail.member}")
        return Answer(_value(detail, answer), (provenance(detail.operation, answer),))
    paginator = client.get_paginator(method)
    merged: dict[str, Any] = {}
    calls = []
    for page in context.pages(detail.operation, paginator.paginate(**arguments)):
        calls.append(provenance(detail.operation, page))
        _merge(merged, _value(detail, page), {key.expression for key in paginator.result_keys})
    return Answer(merged, tuple(calls))


def _merge(merged: dict[str, Any], page: Mapping[str, Any], lists: set[str], inside: str = "") -> None:
    """Add a page to those before it; ``lists`` are paths, since some lie inside a structure (scan findings of ECR)."""
    for name, value in page.items():
        path, before = f"{inside}{name}", merged.get(name)
        if path in lists and isinstance(value, list) and isinstance(before, list):
            merged[name] = [*before, *value]
        elif isinstance(before, dict) and any(each.startswith(f"{path}.") for each in lists):
            merged[name] = {**before}
            _merge(merged[name], value, lists, f"{path}.")
        else:
            merged[name] = value


def _value(detail: Detail, answer: Mapping[str, Any]) -> dict[str, Any]:
    if detail.tells and detail.tells not in answer:
        told = f"the answer is not as documented: there is no {detail.tells} in it"
        raise AwsError(Failure(Reason.MALFORMED, detail.operation, told))
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _resources(wanted: Iterable[_Wanted], replies: Mapping[_Key, _Reply]) -> Iterator[Resource]:
    for resource, asked in wanted:
        details = {
            name: each if isinstance(each, Failure) else _meant(each[0], replies[each[1]])
            for name, each in asked.items()
        }
        if any(isinstance(each, _Gone) for each in details.values()):
            continue
        kept = {name: each for name, each in details.items() if not isinstance(each, _Gone)}
        yield replace(resource, details={**resource.details, **kept}) if kept else resource
