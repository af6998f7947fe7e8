"""The command line: ``ppbe-observe``."""

import sys

from ppbe_observe.cli.app import app
from ppbe_observe.cli.common import FAILED, explain
from ppbe_observe.errors import ObserveError


def main() -> None:
    """Run a command; an error of ours is explained without a traceback, and Ctrl-C is no error."""
    try:
        app()
    except ObserveError as error:
        sys.exit(explain(error))
    except BrokenPipeError:
        sys.exit(FAILED)
