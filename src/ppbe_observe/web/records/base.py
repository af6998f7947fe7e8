"""What every record has in common. Pure.

Invariants: a record never changes; every text in it can be encoded, holds no secret, and is not yet escaped for HTML;
every time is in UTC.
"""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """What a page shows and the API answers; the text below a field describes it in the OpenAPI document, too."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Part(Record):
    """A part of a list that may be long."""

    total: int
    """How many there are altogether that match."""
    limit: int
    """How many were asked for at most."""
    offset: int
    """How many were left out before the first one here."""

    @property
    def following(self) -> int | None:
        """The offset of the next part; None where this is the last."""
        return self.offset + self.limit if self.offset + self.limit < self.total else None

    @property
    def preceding(self) -> int | None:
        """The offset of the part before; None where this is the first."""
        return max(0, self.offset - self.limit) if self.offset else None


class Call(Record):
    """An AWS call that told something."""

    operation: str
    """`service:Operation`."""
    request_id: str | None
    """AWS's id of the request."""
    at: str
    """When it was answered (RFC 3339, with milliseconds)."""
