"""The wheel works where the checkout is not: installed into an environment of its own, away from it.

The environment borrows the dependencies of the one that runs the tests, so that no network is needed.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from ppbe_observe import __version__
from ppbe_observe.definitions import load_exporters
from ppbe_observe.state.tables import metadata
from support.project import PROJECT

pytestmark = pytest.mark.xdist_group("wheel")

DECLARATIONS = ("exporters", "alerts", "dashboards")


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that holds the built wheel, seen from a directory where nothing else is."""

    wheel: Path
    bin: Path
    away: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, with nothing of the checkout on any path."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [str(self.bin / command), *arguments],
            cwd=self.away,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    directory = tmp_path_factory.mktemp("elsewhere")
    wheel = _built(directory / "dist")
    environment = directory / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    _borrow_dependencies(environment, directory / "dependencies")
    pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "--isolated"]
    install = ["install", "--no-deps", "--no-index", "--quiet", "--disable-pip-version-check", str(wheel)]
    subprocess.run([*pip, *install], check=True, timeout=120)
    away = directory / "away"
    away.mkdir()
    return Installed(wheel, environment / "bin", away)


def _built(into: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(into)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True, timeout=120)
    return next(into.glob("*.whl"))


def _borrow_dependencies(environment: Path, links: Path) -> None:
    """Put everything that is installed here on the new environment's path, but for ppbe-observe itself.

    A link farm rather than the directory: its .pth file would bring the checkout in.
    """
    links.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "ppbe_observe" not in entry.name and entry.suffix != ".pth":
            (links / entry.name).symlink_to(entry)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (environment / "lib" / version / "site-packages" / "borrowed.pth").write_text(f"{links}\n")


def test_the_command_tells_the_version(installed: Installed) -> None:
    told = installed.run("ppbe-observe", "version")
    assert told.returncode == 0, told.stderr
    assert __version__ in told.stdout


def test_the_package_is_the_installed_one(installed: Installed) -> None:
    told = installed.run("python", "-c", "import ppbe_observe; print(ppbe_observe.__file__)")
    assert Path(told.stdout.strip()).is_relative_to(installed.bin.parent), told.stderr


def test_the_declarations_travel_inside_the_package_and_nowhere_else(installed: Installed) -> None:
    with ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    expected = {
        f"ppbe_observe/estate/{path.relative_to(PROJECT)}"
        for folder in DECLARATIONS
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected |= {f"ppbe_observe/estate/runbooks/{path.name}" for path in (PROJECT / "docs" / "runbooks").iterdir()}
    assert len(expected) >= len(DECLARATIONS)
    assert {name for name in names if name.startswith("ppbe_observe/estate/")} == expected
    assert {name.split("/")[0] for name in names} == {"ppbe_observe", f"ppbe_observe-{__version__}.dist-info"}


def test_the_estate_of_the_package_loads_where_no_checkout_is(installed: Installed) -> None:
    program = (
        "from ppbe_observe.definitions import estate_root, load_exporters\n"
        "print(estate_root(None))\n"
        "print(*sorted(each.name for each in load_exporters(None)))\n"
    )
    told = installed.run("python", "-c", program)
    assert told.returncode == 0, told.stderr
    root, names = told.stdout.splitlines()
    assert Path(root).is_relative_to(installed.bin.parent)
    assert names.split() == sorted(each.name for each in load_exporters(PROJECT))


def test_the_migrations_of_the_package_run_where_no_checkout_is(installed: Installed) -> None:
    program = (
        "from ppbe_observe.state.database import Database\n"
        "from sqlalchemy import inspect\n"
        "database = Database('sqlite:///migrated.db')\n"
        "print(*database.read(lambda connection: inspect(connection).get_table_names()))\n"
    )
    told = installed.run("python", "-c", program)
    assert told.returncode == 0, told.stderr
    assert {"alembic_version", *metadata.tables} == set(told.stdout.splitlines()[-1].split())


def test_the_licence_and_the_typing_marker_are_in_the_wheel(installed: Installed) -> None:
    with ZipFile(installed.wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"ppbe_observe-{__version__}.dist-info/METADATA").decode()
    assert f"ppbe_observe-{__version__}.dist-info/licenses/LICENSE" in names
    assert "ppbe_observe/py.typed" in names
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
