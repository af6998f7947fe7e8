"""All that dashboards ask of: estate, daemon, Prometheus with every rule, Alertmanager, only faster.

What is scraped and recorded every half minute or four is so every second, and what fires, fires at once.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import time
from typing import Any

from ppbe_observe.generate.directory import write
from ppbe_observe.generate.estate import Estate, Options
from ppbe_observe.generate.output import PROMETHEUS, Peers
from support.daemon import EXPORTERS, MAIN_TARGET, daemon, settings, until
from support.processes import Peer, alertmanager, free_port, prometheus
from support.simulated import simulated_estate

RESENDS = "--rules.alert.resend-delay=2s"
"""What fired before Alertmanager was found comes again after a minute, unless it is told otherwise."""
COUNTER = "aws_applicationelb_target_response_time_samples_total"
TOKEN = "0123456789abcdef0123456789abcdef"
TELLS = """\
route: {{receiver: daemon, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s}}
receivers:
  - name: daemon
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/alertmanager
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""
_OWN_INTERVAL = re.compile(r"(?m)^  interval: \S+\n")
_WAITS = re.compile(r"(?m)^( +(?:for|keep_firing_for)): \S+$")


@contextmanager
def watched(definitions: Estate, home: Path) -> Iterator[Peer]:
    """A Prometheus that begins to see everything, and judges it by all rules; soon, not at once."""
    (home / "token").write_text(TOKEN)
    clock = _Clock()
    port, alertmanager_port = free_port(), free_port()
    given = _everything(alertmanager_port)
    with ExitStack() as stack:
        estate = stack.enter_context(simulated_estate(late=False, clock=clock))
        (home / "alertmanager.yml").write_text(TELLS.format(port=port, token=home / "token"))
        flag = f"--web.listen-address=127.0.0.1:{alertmanager_port}"
        stack.enter_context(alertmanager(home / "alertmanager.yml", home, flag))
        peer = stack.enter_context(_prometheus(definitions, home, port, alertmanager_port))
        with daemon(home, given, estate.environ, port=port) as before:
            until(lambda: peer.query(f"count_over_time({COUNTER}[1m]) > 1"), 60.0, before.explain)
        clock.behind = 0.0
        stack.enter_context(daemon(home, given, estate.environ, port=port))
        yield peer


@contextmanager
def _prometheus(definitions: Estate, home: Path, daemon_port: int, alertmanager_port: int) -> Iterator[Peer]:
    """With what is generated, which names its own port, too."""
    config = home / "generated" / PROMETHEUS
    config.parent.mkdir(parents=True)
    config.write_text("global: {}\n")
    with prometheus(config, home, RESENDS) as peer:
        own = peer.url.removeprefix("http://")
        files = definitions.files(
            Options(peers=Peers(f"127.0.0.1:{daemon_port}", own, (f"127.0.0.1:{alertmanager_port}",)))
        )
        write(home / "generated", {name: _hurried(text) for name, text in files.items()})
        peer.post("/-/reload")
        yield peer


class _Clock:
    """Now, or two minutes ago.

    Counters move when minutes come, which nobody wants to wait for: one daemon sees what there was two minutes ago, and
    the next one what has come since.
    """

    behind = 120.0  # seconds

    def __call__(self) -> float:
        return time() - self.behind


def _everything(alertmanager_port: int) -> dict[str, Any]:
    """Settings with which the daemon shows all that it can show."""
    return settings(
        targets=[{**MAIN_TARGET, "regions": ["us-gov-west-1", "us-gov-east-1"]}],
        exporters={each: {"interval": "20s"} for each in EXPORTERS},
        alarms={"enabled": True, "interval": "20s"},
        controls={"enabled": True},
        budget={"monthly_dollars": 1e6},
        incidents={
            "token_file": "token",
            "interval": "1s",
            "alertmanager_url": f"http://127.0.0.1:{alertmanager_port}",
            "heartbeat": True,
        },
    )


def _hurried(text: str) -> str:
    """A file of rules or of Prometheus' settings, hurried."""
    return _WAITS.sub(r"\1: 0s", _OWN_INTERVAL.sub("", text)).replace("_interval: 30s", "_interval: 2s")
