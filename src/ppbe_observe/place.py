"""Where a definition stands, and what is wrong there. Reads the interpreter's stack, nothing else."""

import inspect
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def place() -> str:
    """``file:line`` of the definition that is being made: the nearest caller outside the machinery's own files.

    The copy of the estate root that travels in the package (``estate/``) is a definition, too.
    """
    frame = inspect.currentframe()
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        inside = file.is_relative_to(_PACKAGE) and not file.is_relative_to(_PACKAGE / "estate")
        if not inside and file.is_absolute():  # a generated __init__ is in "<string>"
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return "?:0"
