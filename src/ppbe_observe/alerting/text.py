"""Descriptions of alerts: text with ``{fields}``, as Prometheus expands it and as a person would read it. Pure.

``{value}`` is the value in the alert's unit, ``{threshold}`` what it is compared with, any other name a label.
"""

from collections.abc import Iterator, Mapping
from string import Formatter

from ppbe_observe.alerting.units import Unit
from ppbe_observe.errors import DefinitionError

VALUE, THRESHOLD = "value", "threshold"


def fields(text: str) -> frozenset[str]:
    """The fields that a text names.

    Raises:
        DefinitionError: A brace is not closed, or a field says more than a name.
    """
    return frozenset(name for _, name in _parts(text) if name)


def template(text: str, unit: Unit, threshold: float | None) -> str:
    """The text as Prometheus expands it for each alert."""
    shown = {VALUE: unit.template}
    if threshold is not None:
        shown[THRESHOLD] = unit.show(threshold)
    return "".join(
        literal + ("" if name is None else shown.get(name, "{{ $labels.%s }}" % name))  # noqa: UP031 - braces
        for literal, name in _parts(text)
    )


def expanded(text: str, unit: Unit, threshold: float | None, labels: Mapping[str, str], value: float) -> str:
    """The text as a person reads it; a label that is not there is empty."""
    shown = {VALUE: unit.show(value)}
    if threshold is not None:
        shown[THRESHOLD] = unit.show(threshold)
    return "".join(
        literal + ("" if name is None else shown.get(name, labels.get(name, ""))) for literal, name in _parts(text)
    )


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        for literal, name, form, conversion in Formatter().parse(text):
            if name is not None and (form or conversion or not name.isidentifier()):
                raise DefinitionError(f"{{{name}}} in {text!r}: write {{value}}, {{threshold}} or the name of a label")
            yield literal, name
    except ValueError as error:
        raise DefinitionError(f"{text!r}: {error}; write {{{{ for a brace") from error
