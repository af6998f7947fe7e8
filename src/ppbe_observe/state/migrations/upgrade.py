"""Runs Alembic without its command line. I/O. Importing it imports Alembic: do so only where there is work for it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection


def upgrade(connection: Connection) -> None:
    """Migrate to the newest revision, in the transaction of the connection."""
    command.upgrade(configured(connection), "head")


def configured(connection: Connection | None = None) -> Config:
    """Alembic's configuration, as ``alembic.ini`` would give it."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
