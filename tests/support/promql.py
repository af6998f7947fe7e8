"""What queries of dashboards answer on series that are known, judged by promtool."""

from pathlib import Path
from typing import Any

import yaml

from ppbe_observe.grafana.queries import filled
from support.processes import promtool


def answers(tmp_path: Path, expr: str, series: dict[str, str], **at: list[str]) -> str:
    """What promtool finds wrong: at each time (``m22``, minutes) the query has series with these labels."""
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": filled(expr, {}), "eval_time": f"{time[1:]}m", "exp_samples": [_sample(each) for each in found]}
            for time, found in at.items()
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump({"tests": [test]}))
    done = promtool("test", "rules", tmp_path / "test.yml")
    return done.stdout + done.stderr if done.returncode else ""


def _sample(text: str) -> dict[str, Any]:
    labels, _, value = text.rpartition(" ")
    return {"labels": labels, "value": float(value)}
