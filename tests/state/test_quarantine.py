"""A corrupt SQLite file is set aside and begun anew, once, and said; nothing else ever is."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest

from ppbe_observe.errors import StateError
from ppbe_observe.state.database import Database
from ppbe_observe.state.quarantine import DatabaseFile
from ppbe_observe.state.spending import SpendingState
from support.histories import NOW, SPAWN, finish, hold_lock, process, spend, spend_unprivileged
from support.loglines import log_lines

AT = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
ASIDE = "observe.db.corrupt-20261123T120030Z"
GARBAGE = b"not a database at all" * 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "observe.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{file}", lambda: AT)
    yield opened
    opened.close()


def spent(database: Database) -> float:
    return SpendingState(database).spent(NOW)


def names(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())


def test_a_file_that_is_no_database_is_set_aside_whole_and_it_is_said(file: Path, database: Database) -> None:
    file.write_bytes(GARBAGE)
    with log_lines() as lines:
        SpendingState(database).add(1.0, NOW)
    assert spent(database) == 1.0
    assert database.quarantined == (file.with_name(ASIDE),)
    assert file.with_name(ASIDE).read_bytes() == GARBAGE
    (line,) = lines.of("state.quarantined")
    told = {name: line[name] for name in ("level", "path", "moved_to", "error")}
    assert told == {
        "level": "error",
        "path": str(file),
        "moved_to": str(file.with_name(ASIDE)),
        "error": "file is not a database",
    }


def test_a_file_that_becomes_corrupt_under_us_is_set_aside(file: Path, database: Database) -> None:
    SpendingState(database).add(1.0, NOW)
    file.write_bytes(GARBAGE)
    assert spent(database) == 0.0
    assert names(file.parent) == ["observe.db", ASIDE]


@pytest.mark.parametrize("damage", ["cut off", "pages overwritten", "zeroes"])
def test_a_database_that_is_damaged_in_part_is_set_aside(file: Path, database: Database, damage: str) -> None:
    SpendingState(database).add(1.0, NOW)
    database.close()
    whole = file.read_bytes()
    kept, rest = whole[:4096], whole[4096:]
    damaged = {
        "cut off": whole[: len(whole) // 2],
        "pages overwritten": kept + os.urandom(len(rest)),
        "zeroes": bytes(len(whole)),
    }
    file.write_bytes(damaged[damage])
    assert spent(database) == 0.0
    assert file.with_name(ASIDE).read_bytes() == damaged[damage]


def test_the_journal_goes_along(file: Path, database: Database) -> None:
    """Left behind, it would be taken for that of the new file. SQLite deletes only one that it could play back."""
    file.write_bytes(GARBAGE)
    file.with_name("observe.db-journal").write_bytes(b"\0left over")
    assert spent(database) == 0.0
    assert names(file.parent) == ["observe.db", ASIDE, f"{ASIDE}-journal"]
    assert database.quarantined == (file.with_name(ASIDE),)


def test_a_second_one_within_a_second_does_not_replace_the_first(file: Path, database: Database) -> None:
    for content in (b"first" * 1000, b"second" * 1000):
        file.write_bytes(content)
        assert spent(database) == 0.0
    assert [each.read_bytes()[:6] for each in database.quarantined] == [b"firstf", b"second"]


def test_the_file_that_a_link_leads_to_is_set_aside_not_the_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    real = tmp_path / "volume" / "real.db"
    real.write_bytes(GARBAGE)
    file.symlink_to(real)
    database = Database(f"sqlite:///{file}", lambda: AT)
    assert spent(database) == 0.0
    assert file.is_symlink()
    assert names(real.parent) == ["real.db", "real.db.corrupt-20261123T120030Z"]
    database.close()


def test_a_sound_file_is_not_set_aside_whoever_asks(file: Path, database: Database) -> None:
    SpendingState(database).add(1.0, NOW)
    assert DatabaseFile(file, lambda: AT).move_aside() is None
    assert spent(database) == 1.0


def test_a_file_that_is_not_there_is_not_set_aside(file: Path) -> None:
    """Somebody was quicker."""
    assert DatabaseFile(file, lambda: AT).move_aside() is None


def test_what_fails_on_the_new_file_too_is_an_error(file: Path, database: Database) -> None:
    file.write_bytes(GARBAGE)
    with pytest.raises(StateError, match="no such table: nowhere"):
        database.read(lambda connection: connection.exec_driver_sql("SELECT * FROM nowhere"))
    assert spent(database) == 0.0
    assert len(database.quarantined) == 1


def test_a_locked_file_is_not_set_aside(file: Path, database: Database) -> None:
    SpendingState(database).add(1.0, NOW)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StateError, match="database is locked"):
        spent(database)
    holder.execute("ROLLBACK")
    holder.close()
    assert spent(database) == 1.0
    assert names(file.parent) == ["observe.db"]


@contextmanager
def held_up(database: Database, file: Path) -> Iterator[None]:
    """The database is read, which waits for another process that is in a transaction on the corrupt file."""
    file.write_bytes(GARBAGE)
    holding, release = SPAWN.Event(), SPAWN.Event()
    holder = process(hold_lock, str(file), holding, release)
    assert holding.wait(60)
    reading = Thread(target=spent, args=[database])
    reading.start()
    sleep(0.5)
    assert reading.is_alive()
    yield
    release.set()
    reading.join()
    finish([holder])


def test_it_is_not_set_aside_while_somebody_is_in_a_transaction_on_it(file: Path, database: Database) -> None:
    with held_up(database, file):
        assert names(file.parent) == ["observe.db"]
    assert names(file.parent) == ["observe.db", ASIDE]


def test_the_new_file_of_somebody_who_was_quicker_is_not_set_aside(
    file: Path, database: Database, tmp_path: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path / 'new'}")
    SpendingState(other).add(1.0, NOW)
    other.close()
    with held_up(database, file):
        (tmp_path / "new").rename(file)
    assert names(file.parent) == ["observe.db"]
    assert spent(database) == 1.0


class Contested(type(Path())):  # type: ignore[misc]  # the class of paths is this system's
    """A file that another process moves aside as soon as it is open here."""

    def open(self, *how: Any, **options: Any) -> Any:
        """Open, and gone."""
        handle = super().open(*how, **options)
        self.rename(self.with_name("taken"))
        return handle


def test_a_file_that_is_gone_when_it_is_looked_at_was_moved_by_somebody_who_was_quicker(file: Path) -> None:
    file.write_bytes(GARBAGE)
    assert DatabaseFile(Contested(file), lambda: AT).move_aside() is None
    assert names(file.parent) == ["taken"]


@pytest.mark.parametrize("becomes_corrupt", ["at first", "under them"])
def test_of_several_daemons_that_notice_at_once_one_sets_it_aside(file: Path, becomes_corrupt: str) -> None:
    """And none goes on with the old file, nor loses what another one wrote to the new file."""
    daemons = 3
    url = f"sqlite:///{file}"
    opened, gate = SPAWN.Barrier(daemons + 1), SPAWN.Barrier(daemons + 1)
    if becomes_corrupt == "at first":
        file.write_bytes(GARBAGE)
    running = [process(spend, url, opened, gate) for _ in range(daemons)]
    opened.wait(60)
    if becomes_corrupt == "under them":
        file.write_bytes(GARBAGE)
    gate.wait(60)
    finish(running)
    database = Database(url)
    assert spent(database) == daemons
    assert len(database.quarantined) == 1
    database.close()


def test_a_file_that_another_one_took_the_place_of_is_opened_anew(
    file: Path, database: Database, tmp_path: Path
) -> None:
    """As when a backup is put back, or another daemon has set the file aside."""
    SpendingState(database).add(1.0, NOW)
    shutil.copy(file, tmp_path / "backup")
    SpendingState(database).add(1.0, NOW)
    with log_lines() as lines:
        (tmp_path / "backup").rename(file)
        assert spent(database) == 1.0
        SpendingState(database).add(1.0, NOW)
    assert spent(database) == 2.0
    assert [line["path"] for line in lines.of("state.reopened")] == [str(file)]


def test_a_file_that_was_deleted_is_made_again(file: Path, database: Database) -> None:
    SpendingState(database).add(1.0, NOW)
    file.unlink()
    assert spent(database) == 0.0
    assert file.exists()


def test_a_database_in_memory_has_nothing_to_set_aside() -> None:
    database = Database("sqlite://")
    assert database.quarantined == ()
    database.close()


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A directory that others may enter: pytest's own they may not."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def add_unprivileged(file: Path) -> str:
    """The error of a process that may not write the directory, and the file as its mode allows."""
    answer, question = SPAWN.Pipe(duplex=False)
    child = process(spend_unprivileged, f"sqlite:///{file}", question)
    assert answer.poll(60)
    told: str = answer.recv()
    finish([child])
    return told


@pytest.mark.parametrize(
    ("mode", "told"),
    [(0o444, "cannot be moved aside"), (0o666, "cannot be moved aside"), (0o600, "unable to open database file")],
)
def test_a_corrupt_file_that_may_not_be_moved_stays_and_the_error_says_why(
    elsewhere: Path, mode: int, told: str
) -> None:
    file = elsewhere / "observe.db"
    file.write_bytes(GARBAGE)
    file.chmod(mode)
    assert told in add_unprivileged(file)
    assert names(elsewhere) == ["observe.db"]
    assert file.read_bytes() == GARBAGE


def test_a_file_that_may_only_be_read_is_read_and_stays(elsewhere: Path) -> None:
    file = elsewhere / "observe.db"
    database = Database(f"sqlite:///{file}")
    SpendingState(database).add(1.0, NOW)
    file.chmod(0o444)
    assert "readonly database" in add_unprivileged(file)
    assert spent(database) == 1.0
    assert names(elsewhere) == ["observe.db"]
    database.close()
