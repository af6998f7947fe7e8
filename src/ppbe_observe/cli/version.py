"""``ppbe-observe version``."""

import platform
import sys
from importlib.metadata import version as installed
from typing import Annotated

import orjson
import typer

from ppbe_observe import __version__

_LIBRARIES = ("boto3", "botocore", "prometheus-client", "opentelemetry-sdk", "structlog", "apscheduler")


def version(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print the version, and those of what it is built on."""
    facts = {"ppbe-observe": __version__, "python": platform.python_version()}
    facts |= {name: installed(name) for name in _LIBRARIES}
    if json:
        sys.stdout.buffer.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        typer.echo("\n".join(f"{name} {value}" for name, value in facts.items()))
