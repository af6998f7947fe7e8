"""What a benchmark returns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        measured: What was measured, in ``unit``.
        unit: ``ms``, ``s``, ``MB``, ``calls`` ...
        limit: The most that it may be; None where it is only told, to compare with.
        note: How it was measured, in a few words.
    """

    measured: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the promise is kept; where there is none, it is."""
        return self.limit is None or self.measured <= self.limit

    @property
    def ratio(self) -> float | None:
        """The measured part of the limit."""
        return self.measured / self.limit if self.limit else None
