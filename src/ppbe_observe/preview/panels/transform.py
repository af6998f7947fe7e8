"""Grafana's transformations of tables, those that our dashboards have. Pure.

Source: Grafana, ``packages/grafana-data/src/transformations`` (``merge.ts``, ``filterByName.ts``, ``organize.ts``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ppbe_observe.preview.questions.answers import Answer, Json, Question
from ppbe_observe.preview.values.series import Told, UndrawnError

Value = str | float
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of named fields; ``refs`` says out of which query the fields of values came."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    refs: Mapping[str, str]


def frames_of(said: Told) -> tuple[Frame, ...]:
    """The answers as Grafana makes tables of them: time, labels, value; one for each query."""
    several = len(said.answers) > 1
    return tuple(_frame(*each, several=several) for each in said.answers)


def transformed(frames: Sequence[Frame], transformations: Sequence[Json]) -> tuple[Frame, ...]:
    """The frames after all of them, in their order.

    Raises:
        UndrawnError: There is one that the preview does not know.
    """
    found = tuple(frames)
    for each in transformations:
        if not each.get("disabled"):
            found = _known(each["id"])(found, each.get("options") or {})
    return found


def _known(name: str) -> "Transformation":
    try:
        return _TRANSFORMATIONS[name]
    except KeyError:
        raise UndrawnError(f"the preview does not know the transformation {name}") from None


def _frame(target: Json, question: Question, answer: Answer, *, several: bool) -> Frame:
    ref = str(target.get("refId", ""))
    value = f"Value #{ref}" if several else "Value"
    labels = sorted({name for series in answer.series for name in series.labels})
    rows: list[Row] = [
        {"Time": moment * 1000, **series.labels, value: number}
        for series in answer.series
        for moment, number in (series.points[-1:] if question.instant else series.points)
    ]
    return Frame(("Time", *labels, value), tuple(rows), {value: ref})


def _merge(frames: Sequence[Frame], _options: Json) -> tuple[Frame, ...]:
    """Rows that say the same in all that the frames share become one, where neither contradicts the other."""
    frames = [each for each in frames if each.rows]
    if not frames:
        return ()
    names = tuple(dict.fromkeys(name for frame in frames for name in frame.names))
    shared = [name for name in names if all(name in frame.names for frame in frames)]
    merged: dict[tuple[Value | None, ...], list[dict[str, Value]]] = {}
    for frame in frames:
        for row in frame.rows:
            _put(merged.setdefault(tuple(row.get(name) for name in shared), []), row)
    rows = tuple(row for found in merged.values() for row in found)
    return (Frame(names, rows, {name: ref for frame in frames for name, ref in frame.refs.items()}),)


def _put(found: list[dict[str, Value]], row: Row) -> None:
    for each in found:
        if all(each.get(name, value) == value for name, value in row.items()):
            each.update(row)
            return
    found.append(dict(row))


def _filter_by_name(frames: Sequence[Frame], options: Json) -> tuple[Frame, ...]:
    include = options.get("include") or {}
    if "pattern" in include or options.get("exclude"):
        raise UndrawnError("the preview knows filterFieldsByName with the names to include only")
    wanted = include.get("names", ())
    return tuple(
        Frame(tuple(name for name in frame.names if name in wanted), frame.rows, frame.refs) for frame in frames
    )


def _organize(frames: Sequence[Frame], options: Json) -> tuple[Frame, ...]:
    places = options.get("indexByName") or {}
    gone = {name for name, hidden in (options.get("excludeByName") or {}).items() if hidden}
    called = {old: new for old, new in (options.get("renameByName") or {}).items() if new}
    return tuple(_organized(frame, places, gone, called) for frame in frames)


def _organized(frame: Frame, places: Mapping[str, int], gone: set[str], called: Mapping[str, str]) -> Frame:
    left = [name for name in frame.names if name not in gone]
    left.sort(key=lambda name: places.get(name, len(places)))
    rows = ({called.get(name, name): row[name] for name in left if name in row} for row in frame.rows)
    refs = {called.get(name, name): ref for name, ref in frame.refs.items()}
    return Frame(tuple(called.get(name, name) for name in left), tuple(rows), refs)


def _sort(frames: Sequence[Frame], options: Json) -> tuple[Frame, ...]:
    return tuple(sorted_by(frame, options.get("sort") or ()) for frame in frames)


def _limit(frames: Sequence[Frame], options: Json) -> tuple[Frame, ...]:
    most = int(options.get("limitField") or 10)
    return tuple(Frame(frame.names, frame.rows[:most], frame.refs) for frame in frames)


def sorted_by(frame: Frame, orders: Sequence[Json]) -> Frame:
    """By a field, or several; what lacks a value is last."""
    rows = list(frame.rows)
    for order in reversed(orders):
        name = str(order.get("displayName") or order.get("field") or "")
        rows = list(_ordered(rows, name, descending=bool(order.get("desc"))))
    return Frame(frame.names, tuple(rows), frame.refs)


def _ordered(rows: Sequence[Row], name: str, *, descending: bool) -> Iterator[Row]:
    yield from sorted((row for row in rows if name in row), key=lambda row: _rank(row[name]), reverse=descending)
    yield from (row for row in rows if name not in row)


def _rank(value: Value) -> tuple[bool, float, str]:
    return (True, 0.0, value) if isinstance(value, str) else (False, value, "")


Transformation = Callable[[Sequence[Frame], Json], tuple[Frame, ...]]
_TRANSFORMATIONS: Mapping[str, Transformation] = {
    "merge": _merge,
    "filterFieldsByName": _filter_by_name,
    "organize": _organize,
    "sortBy": _sort,
    "limit": _limit,
}
