"""docs/reference/exporters.md is what the definitions say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_fresh() -> None:
    script = ROOT / "tools/exporters_reference.py"
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    page = (ROOT / "docs/reference/exporters.md").read_text(encoding="utf-8")
    assert page == run.stdout, "run: make docs"


def test_the_page_tells_metrics_calls_and_labels() -> None:
    page = (ROOT / "docs/reference/exporters.md").read_text(encoding="utf-8")
    rds = page.partition("## rds:")[2].partition("\n## ")[0]
    assert "`rds:DescribeDBInstances`" in rds
    assert "| `CPUUtilization` | `aws_rds_cpuutilization_average`<br>`aws_rds_cpuutilization_maximum` |" in rds
    assert "`engine_version` (`EngineVersion`)" in rds
    assert "tag:GetResources" not in rds
