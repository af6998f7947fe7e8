"""Where results go: files that can be written or not, and a standard output that is full, closed or left."""

import os
import subprocess
from pathlib import Path

import pytest

from ppbe_observe.cli.output import check_output, write_output
from ppbe_observe.errors import SettingsError
from support.daemon import command
from support.histories import unprivileged

COMMANDS = [["controls", "list"], ["controls", "list", "--json"], ["controls", "show", "sc-28"], ["iam-policy"]]


@pytest.fixture
def everybodys(tmp_path: Path) -> Path:
    """A directory that everybody can enter, though pytest's own are private."""
    for each in (tmp_path, *tmp_path.parents):
        if each.stat().st_uid == os.geteuid() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o055)
    return tmp_path


def test_a_directory_that_cannot_be_written_is_told_before_the_work(everybodys: Path) -> None:
    everybodys.chmod(0o555)
    with unprivileged(), pytest.raises(SettingsError) as told:
        check_output(everybodys / "findings.json")
    assert str(told.value) == f"--output {everybodys / 'findings.json'}: {everybodys} is not writable for this user"


def test_a_device_that_can_be_written_is_in_a_directory_that_cannot(everybodys: Path) -> None:
    with unprivileged():
        check_output(Path("/dev/null"))


def test_a_link_into_a_directory_that_is_not_there_is_told_before_the_work(tmp_path: Path) -> None:
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "gone" / "findings.json")
    with pytest.raises(SettingsError) as told:
        check_output(link)
    assert str(told.value) == f"--output {link}: there is no directory {tmp_path / 'gone'}"


def test_links_that_lead_nowhere_are_replaced(tmp_path: Path) -> None:
    """Python's own Path.resolve raises for them."""
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    first.symlink_to(second)
    second.symlink_to(first)
    check_output(first)
    write_output(first, b"[]")
    assert first.read_bytes() == b"[]"


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_standard_output_is_told_by_every_command(arguments: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, timeout=60, check=False
        )
    last = done.stderr.splitlines()[-1]
    assert last == b"error: standard output: No space left on device; not all of the result was written"
    assert b"Traceback" not in done.stderr
    assert done.returncode == 3


def test_a_reader_that_is_gone_is_no_complaint_of_the_interpreter(tmp_path: Path) -> None:
    gone, writer = os.pipe()
    os.close(gone)
    done = subprocess.run(
        command("controls", "show", "sc-28"),
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_closed_standard_output_is_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command("controls", "show", "sc-28")],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
