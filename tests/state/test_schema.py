"""A database of any earlier version becomes one of this version, once, whoever opens it first."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect, select, text
from sqlalchemy.engine import Connection

from ppbe_observe.errors import StateError
from ppbe_observe.state.database import Database
from ppbe_observe.state.history import FindingHistory
from ppbe_observe.state.migrations.upgrade import configured
from ppbe_observe.state.schema import HEAD, REVISIONS
from ppbe_observe.state.tables import counter_state, daily_state, finding, metadata, spending
from support.histories import SPAWN, finish, open_database, process, remember, tracked
from support.loglines import log_lines
from support.postgres import Postgres

ROW = {"account_id": "123456789012", "region": "us-gov-west-1", "exporter": "rds", "payload": b"kept"}


def revision(database: Database) -> object:
    return database.read(lambda connection: connection.execute(text("SELECT version_num FROM alembic_version")).all())


def test_the_revisions_that_are_known_are_those_of_alembic() -> None:
    script = ScriptDirectory.from_config(configured())
    assert tuple(each.revision for each in reversed(list(script.walk_revisions()))) == REVISIONS
    assert script.get_heads() == [HEAD]


def test_a_migrated_database_has_the_tables_of_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert database.read(differences) == []
    assert revision(database) == [(HEAD,)]


def test_a_database_in_memory_has_the_tables_of_the_models_at_once() -> None:
    database = Database("sqlite://")
    assert set(database.read(lambda connection: inspect(connection).get_table_names())) == set(metadata.tables)
    database.close()


def test_a_database_that_was_made_without_migrations_is_adopted_with_what_it_holds(url: str, tmp_path: Path) -> None:
    """Version 0.1.0 made its two tables itself and kept no revision."""
    (tmp_path / "state").mkdir()
    old = MetaData()
    for table in (counter_state, spending):
        table.to_metadata(old)
    engine = create_engine(url)
    with engine.begin() as connection:
        old.create_all(connection)
        connection.execute(counter_state.insert(), ROW)
    engine.dispose()
    database = Database(url)
    with log_lines() as lines:
        assert database.read(lambda connection: connection.execute(select(counter_state)).all()) == [
            tuple(ROW.values())
        ]
    assert revision(database) == [(HEAD,)]
    remember(FindingHistory(database), tracked())
    database.close()
    assert [(line["before"], line["after"]) for line in lines.of("state.migrated")] == [(None, HEAD)]
    assert [line["event"] for line in lines.all] == ["state.migrated"]


def test_a_migration_that_fails_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    engine = create_engine(url)
    with engine.begin() as connection:
        daily_state.create(connection)
    database = Database(url)
    with pytest.raises(StateError, match="daily_state"):
        database.read(lambda _: None)
    assert inspect(engine).get_table_names() == ["daily_state"]
    with engine.begin() as connection:
        daily_state.drop(connection)
    engine.dispose()
    assert revision(database) == [(HEAD,)]
    database.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str, database: Database) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.write(lambda connection: connection.execute(newer))
    other = Database(url)
    for _ in range(2):
        with pytest.raises(StateError, match="newer version") as refused:
            FindingHistory(other).tracked()
    assert "revision 9999, this version knows 000" in str(refused.value)
    assert "hunter" not in str(refused.value)
    assert "observe-test" not in str(refused.value)
    other.close()


def test_alembic_is_not_imported_where_there_is_nothing_to_migrate(sqlite_url: str) -> None:
    program = (
        "import sys\n"
        "from ppbe_observe.state.database import Database\n"
        f"Database({sqlite_url!r}).read(lambda connection: None)\n"
        "print('alembic' in sys.modules)\n"
    )
    told = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "12"]
    assert [each.stdout.splitlines()[-1] for each in told] == ["True", "False"]


def test_of_several_daemons_that_start_at_once_one_migrates(url: str, database: Database) -> None:
    gate = SPAWN.Barrier(3)
    finish([process(open_database, url, gate) for _ in range(3)])
    assert revision(database) == [(HEAD,)]


def test_a_database_that_was_emptied_meanwhile_is_made_again(url: str, database: Database) -> None:
    """One failure, and everything is there again: nobody has to restart the daemon."""
    history = FindingHistory(database)
    remember(history, tracked())

    def empty(connection: Connection) -> None:
        for table in (*metadata.tables, "alembic_version"):
            connection.execute(text(f"DROP TABLE {table}"))

    database.write(empty)
    with pytest.raises(StateError, match=finding.name):
        history.tracked()
    assert history.tracked() == []


def test_without_the_driver_the_error_says_how_to_install_it(server: Postgres) -> None:
    with pytest.raises(StateError, match=r"pip install 'ppbe-observe\[postgres\]'"):
        Database("postgresql+psycopg2://observe@127.0.0.1/observe")
