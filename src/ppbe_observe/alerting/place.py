"""Where a definition stands. Reads the interpreter's stack, nothing else."""

import inspect
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


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
