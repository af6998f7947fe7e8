"""Keeps the tallies of the accumulated counters over restarts: one row per exporter and target. I/O.

The row is written before the counters are shown, so that what a restart reads is never less than what was scraped.
"""

import zlib
from array import array
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.engine import Connection

from ppbe_observe.cloudwatch.counters import Tally
from ppbe_observe.cloudwatch.query import MetricStat
from ppbe_observe.errors import StateError
from ppbe_observe.model import Target
from ppbe_observe.state.database import Database
from ppbe_observe.state.tables import counter_state
from ppbe_observe.state.upsert import insert

FAST = 1  # zlib level: the rows are written every minute

Tallies = Mapping[MetricStat, Tally]


class CounterState:
    """Loads and saves the tallies of one exporter on one target."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, exporter: str, target: Target) -> dict[MetricStat, Tally]:
        """What was saved last; nothing where nothing was.

        Raises:
            StateError: The database cannot be read, or the row is not what ``save`` writes.
        """
        query = select(counter_state.c.payload).where(_key(exporter, target))
        payload = self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())
        try:
            return decode(payload) if payload is not None else {}
        except (ValueError, TypeError, IndexError, zlib.error) as error:
            raise StateError(
                f"counters of {exporter} on {target.name}: the saved row cannot be read ({error}); "
                "delete it from table counter_state to start them anew"
            ) from error

    def save(self, exporter: str, target: Target, tallies: Tallies) -> None:
        """Replace what was saved.

        Raises:
            StateError: The database cannot be written.
        """
        key = {"account_id": target.account_id, "region": target.region, "exporter": exporter}
        row = {**key, "payload": encode(tallies)}

        def save(connection: Connection) -> None:
            statement = insert(connection, counter_state)
            replaced = {"payload": statement.excluded.payload}
            connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=replaced), row)

        self._database.write(save)


def encode(tallies: Tallies) -> bytes:
    """The tallies as compressed lines of JSON, one at a time: all of them at once would take much memory."""
    packer = zlib.compressobj(FAST)
    packed = [packer.compress(_line(stat, tally)) for stat, tally in tallies.items()]
    return b"".join([*packed, packer.flush()])


def decode(payload: bytes) -> dict[MetricStat, Tally]:
    """What ``encode`` was given."""
    return dict(_entry(*orjson.loads(line)) for line in zlib.decompress(payload).splitlines())


def _line(stat: MetricStat, tally: Tally) -> bytes:
    key = (stat.namespace, stat.metric, stat.dimensions, stat.statistic, stat.period)
    state = (tally.settled, tally.horizon, tally.covered, tally.recent.tolist(), tally.shown)
    return orjson.dumps((key, state), option=orjson.OPT_APPEND_NEWLINE)


def _entry(key: list[Any], state: list[Any]) -> tuple[MetricStat, Tally]:
    namespace, metric, dimensions, statistic, period = key
    settled, horizon, covered, recent, shown = state
    stat = MetricStat(namespace, metric, tuple((name, value) for name, value in dimensions), statistic, period)
    return stat, Tally(settled, horizon, covered, array("d", recent), shown)


def _key(exporter: str, target: Target) -> ColumnElement[bool]:
    table = counter_state.c
    return and_(table.account_id == target.account_id, table.region == target.region, table.exporter == exporter)
