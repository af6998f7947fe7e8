"""Every rule file of the estate root, and the unit tests that come with it, in the real promtool."""

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ppbe_observe.generate.directory import write
from ppbe_observe.generate.estate import Estate, Options, read_estate
from support.project import PROJECT

AT_ONCE = 2  # the cores of CI and of small machines


@pytest.fixture(scope="module")
def estate() -> Estate:
    return read_estate(PROJECT)


@pytest.fixture(scope="module")
def generated(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("generated")
    write(out, estate.files(Options()))
    return out / "prometheus"


@pytest.fixture(scope="module")
def promtool() -> Callable[..., str]:
    program = shutil.which("promtool")
    assert program, "promtool is missing: python3 tools/debian.py need prometheus"

    def run(*arguments: str) -> str:
        """What it says where it fails; nothing where it does not."""
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        return f"{arguments[-1]}: {done.stdout}{done.stderr}" if done.returncode else ""

    return run


def test_the_definitions_have_no_fault(estate: Estate) -> None:
    assert [str(each) for each in estate.problems] == []


def test_promtool_takes_every_rule(generated: Path, promtool: Callable[..., str]) -> None:
    assert promtool("check", "rules", *map(str, sorted(generated.glob("rules/*.yml")))) == ""


@pytest.mark.timeout(600)  # a minute on two cores that do nothing else
def test_every_unit_test_of_every_rule_passes(generated: Path, promtool: Callable[..., str]) -> None:
    files = sorted(generated.glob("tests/*.yml"), key=lambda each: -each.stat().st_size)
    assert files
    with ThreadPoolExecutor(AT_ONCE) as workers:
        failed = [said for said in workers.map(lambda each: promtool("test", "rules", str(each)), files) if said]
    assert failed == []
