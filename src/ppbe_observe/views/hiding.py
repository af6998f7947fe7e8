"""What AWS said of a resource, as plain data without what may be a secret. Pure.

Invariant: the value of an environment variable is never shown, whatever it looks like: any of them may be a secret.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ppbe_observe.controls.formats.common import rfc3339
from ppbe_observe.controls.reading.plaintext import secret_in
from ppbe_observe.model import Failure, Provenance, Resource
from ppbe_observe.telemetry.plain import plain, text_of
from ppbe_observe.telemetry.redaction import HIDDEN, is_secret_key
from ppbe_observe.web.records.base import Call
from ppbe_observe.web.records.findings import Seen

_ENVIRONMENTS = frozenset({"environment", "environmentvariables", "variables"})
_NAMES = ("name", "Name", "key", "Key", "ParameterKey")
_VALUES = ("value", "Value", "ParameterValue")
NO_SECRETS = frozenset(
    {
        "AccountPasswordPresent",
        "HttpTokens",
        "MasterUserSecret",
        "MinimumPasswordLength",
        "PasswordPolicy",
        "PasswordReusePrevention",
        "password_enabled",
        "password_last_changed",
        "password_last_used",
        "password_next_rotation",
        "secrets",
    }
)
"""Facts that are about secrets and hold none: checks judge by them, and whoever reads a finding has to see why.

``secrets`` of a container are the names of variables and the ARNs where their values are kept.
"""
MOST_VALUES = 20_000
"""Of one answer of AWS: a resource with more is cut, and says so where."""


def seen(resource: Resource) -> Seen:
    """What is known of a resource, and the calls that told it."""
    details = {
        text_of(operation): text_of(str(told)) if isinstance(told, Failure) else shown(told.value)
        for operation, told in sorted(resource.details.items())
    }
    tags = {text_of(name): tag(name, text) for name, text in resource.tags}
    return Seen(facts=shown(resource.facts), details=details, tags=tags, provenance=calls(resource.provenance))


def calls(provenance: Sequence[Provenance]) -> tuple[Call, ...]:
    """The calls that told something, in their order."""
    return tuple(Call(operation=each.operation, request_id=each.request_id, at=rfc3339(each.at)) for each in provenance)


def shown(value: Any) -> Any:
    """Any answer of AWS as JSON data: secrets are `***`, what is too long or too deep is cut and says so."""
    return plain(_without_variables(value, within=False), most=MOST_VALUES, known=NO_SECRETS)


def tag(name: str, text: str) -> str:
    """The value of a tag, without what may be a secret."""
    return HIDDEN if secret_in(name, text) else text_of(text)


def _without_variables(value: Any, *, within: bool) -> Any:
    """``within`` tells whether what stands here are environment variables."""
    if isinstance(value, Mapping):
        pair = _pair(value)
        if pair and (within or secret_in(*pair)):
            return {name: HIDDEN if name in _VALUES else each for name, each in value.items()}
        return {name: _held(str(name), each, within=within) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return list(_items(value, within=within))
    return HIDDEN if within and isinstance(value, str) else value


def _items(values: Sequence[Any], *, within: bool) -> Iterator[Any]:
    """Those of a list; what follows ``--password`` in the arguments of a command is hidden."""
    follows = False
    for each in values:
        yield HIDDEN if follows and isinstance(each, str) else _without_variables(each, within=within)
        follows = isinstance(each, str) and each.startswith("-") and is_secret_key(each.lstrip("-"))


def _held(name: str, value: Any, *, within: bool) -> Any:
    return _without_variables(value, within=within or name.lower() in _ENVIRONMENTS)


def _pair(value: Mapping[Any, Any]) -> tuple[str, str] | None:
    """The name and value of one variable; None where it is no such pair."""
    name = next((value[each] for each in _NAMES if isinstance(value.get(each), str)), None)
    text = next((value[each] for each in _VALUES if isinstance(value.get(each), str)), None)
    return None if name is None or text is None else (name, text)
