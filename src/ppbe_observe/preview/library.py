"""The charting library: plotly.js, as the Python package ships it. I/O: reads it out of the package.

It is an extra, and 5 MB: nothing else imports it, and each page has it once.
"""

from functools import cache
from importlib.util import find_spec

from ppbe_observe.errors import SettingsError


def check_installed() -> None:
    """Say how to get it.

    Raises:
        SettingsError: It is not installed.
    """
    if find_spec("plotly") is None:
        raise SettingsError('a preview needs the extra "preview": pip install "ppbe-observe[preview]"')


@cache
def library() -> str:
    """The script, without anything that would end a script element in a page."""
    check_installed()
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - the extra may be missing, and is heavy

    script: str = get_plotlyjs()
    return script.replace("</script", "<\\/script")
