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

COUNTER = "aws_applicationelb_target_response_time_samples_total"
TOKEN = "0123456789abcdef0123456789abcdef"
TELLS = """\
route: {{receiver: daemon, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s}}
receivers:
  - name: daemon
    webhook_configs:
      - url: {url}/api/v1/alertmanager
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""
_OWN_INTERVAL = re.compile(r"(?m)^  interval: \S+\n")
_WAITS = re.compile(r"(?m)^( +(?:for|keep_firing_for)): \S+$")


@contextmanager
def watched(definitions: Estate, home: Path) -> Iterator[Peer]:
    """A Prometheus that begins to see everything, and judges it by all rules; soon, not at once."""
    (home / "token").write_text(TOKEN)
    port = free_port()
    with ExitStack() as stack:
        clock = _Clock()
        estate = stack.enter_context(simulated_estate(late=False, clock=clock))
        seen = stack.enter_context(daemon(home, _everything(port), estate.environ))
        (home / "alertmanager.yml").write_text(TELLS.format(url=seen.url, token=home / "token"))
        stack.enter_context(alertmanager(home / "alertmanager.yml", home, f"--web.listen-address=127.0.0.1:{port}"))
        config = home / "generated" / PROMETHEUS
        config.parent.mkdir(parents=True)
        config.write_text("global: {}\n")
        peer = stack.enter_context(prometheus(config, home))
        peers = Peers(f"127.0.0.1:{seen.port}", peer.url.removeprefix("http://"), (f"127.0.0.1:{port}",))
        files = definitions.files(Options(peers=peers))
        write(home / "generated", {name: _hurried(text) for name, text in files.items()})
        peer.post("/-/reload")
        until(lambda: peer.query(f"count_over_time({COUNTER}[1m]) > 1"), 60.0, seen.explain)
        clock.behind = 0.0
        yield peer


class _Clock:
    """Now, or two minutes ago: counters move when those minutes come, which nobody wants to wait for."""

    behind = 120.0  # seconds

    def __call__(self) -> float:
        return time() - self.behind


def _everything(alertmanager_port: int) -> dict[str, Any]:
    """Settings with which the daemon shows all that it can show."""
    return settings(
        targets=[{**MAIN_TARGET, "regions": ["us-gov-west-1", "us-gov-east-1"]}],
        exporters={each: {"interval": "5s" if each == "alb" else "20s"} for each in EXPORTERS},
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
