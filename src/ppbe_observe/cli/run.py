"""``ppbe-observe run``: the daemon."""

import typer

from ppbe_observe.cli.common import ConfigOption, DefinitionsOption
from ppbe_observe.daemon.lifecycle import Daemon


def run(config: ConfigOption = None, definitions: DefinitionsOption = None) -> None:
    """Collect on schedule and serve /metrics, /healthz and /readyz until SIGTERM or Ctrl-C.

    SIGHUP, or POST /-/reload, applies a changed settings file; a bad one is refused and the old one kept.
    """
    raise typer.Exit(Daemon(config, definitions).run())
