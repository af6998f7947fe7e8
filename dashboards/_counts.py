"""How often something rare has happened. A counter that begins at its first event has nothing to rise from."""


def counted(counter: str, span: str) -> str:
    """How much a counter rose within a span, what it began with included.

    ``increase`` leaves out the first value of a series that was not there before: of what happens once a week, that is
    the one time that matters.
    """
    rose = f"increase({counter}[{span}])"
    before = f"last_over_time({counter}[1h] offset {span})"  # an hour: not whatever follows a gap is new
    began = f"(min_over_time({counter}[{span}]) unless {before})"
    return f"round({rose} + {began} or {rose} or {began})"
