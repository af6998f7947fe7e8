"""docs/reference/checks is what the checks say."""

import subprocess
import sys
from pathlib import Path

from ppbe_observe.controls.checks import CHECKS
from support.project import PROJECT

PAGES = PROJECT / "docs/reference/checks"


def test_the_pages_are_fresh(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(PROJECT / "tools/checks_reference.py"), str(tmp_path)], check=True)
    written = {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()}
    assert written == {each.name: each.read_text(encoding="utf-8") for each in PAGES.iterdir()}, "run: make docs"


def test_every_check_has_a_section_that_says_everything() -> None:
    for check in CHECKS:
        page = (PAGES / f"{check.service}.md").read_text(encoding="utf-8")
        section = page.partition(f"## {check.id}\n")[2].partition("\n## ")[0]
        for told in (check.title, check.description, check.remediation, check.severity.value):
            assert told, check.id
            assert told in section, check.id
        for name in check.parameters:
            assert f"`{name}`: `" in section, check.id
