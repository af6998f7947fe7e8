"""Findings as they are remembered, and processes that write them at the same time."""

import fcntl
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from time import sleep

from sqlalchemy import event, select
from sqlalchemy.engine import Connection as SqlConnection
from sqlalchemy.engine import Engine

from ppbe_observe.errors import StateError
from ppbe_observe.model import FindingKey, Outcome, Severity, Target, Tracked
from ppbe_observe.state.database import Database
from ppbe_observe.state.findings import Findings
from ppbe_observe.state.history import FindingHistory
from ppbe_observe.state.spending import SpendingState
from ppbe_observe.state.tables import finding_version

SPAWN = multiprocessing.get_context("spawn")
"""Processes that start from nothing, as daemons do."""

NOBODY = 65534
SQLITE_RESERVED_BYTE = 0x40000001  # https://sqlite.org/src/file/src/os.h

NOW = datetime(2026, 11, 23, 12, 0, 30, 123456, tzinfo=UTC)
TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
ELSEWHERE = Target("210987654321", "us-gov-east-1", "aws-us-gov")


@dataclass(frozen=True, slots=True)
class Changed:
    """What a decision gives: a finding as it is from now on."""

    tracked: Tracked


def tracked(name: str = "a", target: Target = TARGET, check: str = "rds_instance_backup", **changed: object) -> Tracked:
    """A finding that was opened now."""
    arn = f"arn:aws-us-gov:rds:{target.region}:{target.account_id}:db:{name}"
    opened = Tracked(
        key=FindingKey(check, arn, target.account_id, target.region),
        severity=Severity.HIGH,
        outcome=Outcome.FAIL,
        open=True,
        first_seen=NOW,
        opened_at=NOW,
        last_seen=NOW,
        resolved_at=None,
        opened=1,
        flaps=0,
        reason="backups are kept 7 days, 30 are required",
    )
    return replace(opened, **changed)  # type: ignore[arg-type]  # the names and types are the caller's


def remember(history: FindingHistory, *findings: Tracked, target: Target = TARGET) -> None:
    """Write them, whatever was there."""
    history.update(target, lambda _: [Changed(each) for each in findings], {})


def reopen_all(current: Findings) -> Sequence[Changed]:
    """Count one more opening of each finding."""
    return [Changed(replace(each, opened=each.opened + 1)) for each in current.values()]


def process(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A new process that does the work; started."""
    child = SPAWN.Process(target=work, args=arguments, daemon=True)
    child.start()
    return child


def finish(processes: Iterable[BaseProcess]) -> None:
    """Wait for them; each has to succeed."""
    for each in processes:
        each.join(60)
        assert each.exitcode == 0


def open_database(url: str, gate: Barrier) -> None:
    """A process that opens the database at the same moment as others."""
    database = Database(url)
    gate.wait(60)
    assert database.read(lambda connection: connection.execute(select(finding_version)).all()) == []
    database.close()


def reopen_often(url: str, times: int, gate: Barrier) -> None:
    """A daemon that counts one more opening of each finding, again and again, while others do."""
    database = Database(url)
    history = FindingHistory(database)
    gate.wait(60)
    for _ in range(times):
        history.update(TARGET, reopen_all, {})
    database.close()


def spend(url: str, opened: Barrier, gate: Barrier) -> None:
    """A daemon that has the database open, and spends a dollar at the same moment as others."""
    database = Database(url)
    SpendingState(database).spent(NOW)
    opened.wait(60)
    gate.wait(60)
    SpendingState(database).add(1.0, NOW)
    database.close()


def spend_unprivileged(url: str, told: Connection) -> None:
    """A daemon that may not write where the database is; tells the error."""
    database = Database(url)
    with unprivileged():
        try:
            SpendingState(database).spent(NOW)
            SpendingState(database).add(1.0, NOW)
        except StateError as error:
            told.send(str(error))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root, who may write everything, is nobody for as long as the block."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def hold_lock(path: str, holding: Event, release: Event) -> None:
    """A process that is in a transaction on a file, as far as SQLite's locks tell."""
    with Path(path).open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX, 1, SQLITE_RESERVED_BYTE)
        holding.set()
        release.wait(60)


def write_and_hang(url: str, findings: Sequence[Tracked], written: Event) -> None:
    """A daemon that has written findings, and hangs before it has committed them."""

    def hang(_: SqlConnection) -> None:
        written.set()
        sleep(60)

    database = Database(url)
    history = FindingHistory(database)
    if url.startswith("sqlite"):  # with hardly a cache, SQLite writes to the file before the commit
        database.read(lambda connection: connection.exec_driver_sql("PRAGMA cache_size = 10"))
    history.evaluations(TARGET)
    event.listen(Engine, "commit", hang)
    remember(history, *findings)
