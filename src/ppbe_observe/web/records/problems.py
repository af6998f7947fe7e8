"""What is wrong with a request, or with us, for machines (RFC 9457). Pure."""

from ppbe_observe.web.records.base import Record


class Problem(Record):
    """Problem details: what happened, to what, and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked for."""
