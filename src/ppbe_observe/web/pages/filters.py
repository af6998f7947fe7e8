"""The filter of a page, from its query string. Pure."""

from typing import TypeVar

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from ppbe_observe.web.queries import Query

Q = TypeVar("Q", bound=Query)


class FilterError(Exception):
    """A filter asks for what there is not; says which parameter, and why."""


def asked_for(kind: type[Q], given: QueryParams) -> Q:
    """The filter; what a form sends without a choice is as good as not there.

    Raises:
        FilterError: A parameter is unknown, or has a value that it cannot have.
    """
    several = {name for name, field in kind.model_fields.items() if field.default == ()}
    values: dict[str, object] = {}
    for name in given:
        texts = [text for text in given.getlist(name) if text.strip()]
        if texts:
            values[name] = texts if name in several else texts[-1]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        told = (f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise FilterError("; ".join(told)) from None
