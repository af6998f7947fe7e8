"""``ppbe-observe run``: the daemon."""

import typer

from ppbe_observe.cli.common import ConfigOption, DefinitionsOption


def run(config: ConfigOption = None, definitions: DefinitionsOption = None) -> None:
    """Collect on schedule and serve /metrics, /healthz and /readyz until SIGTERM or Ctrl-C.

    SIGHUP, or POST /-/reload, applies a changed settings file; a bad one is refused and the old one kept.
    """
    from ppbe_observe.daemon.lifecycle import Daemon  # noqa: PLC0415 - the web server is no part of other commands

    raise typer.Exit(Daemon(config, definitions).run())
