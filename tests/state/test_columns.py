"""What is stored is what was given."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Dialect, make_url

from ppbe_observe.state.columns import AnyText, UtcDateTime

DIALECTS: list[Dialect] = [make_url(url).get_dialect()() for url in ("sqlite://", "postgresql://")]
ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_comes_back_and_is_stored_without_what_databases_refuse(value: str) -> None:
    stored = AnyText().process_bind_param(value, DIALECTS[0])
    assert stored is not None
    assert b"\0" not in stored.encode()
    assert AnyText().process_result_value(stored, DIALECTS[0]) == value


@pytest.mark.parametrize("value", ["\0", "\ud800", "\\", "\\u0000", "größe-✓", ""])
def test_odd_text_comes_back(value: str) -> None:
    stored = AnyText().process_bind_param(value, DIALECTS[0])
    assert AnyText().process_result_value(stored, DIALECTS[0]) == value


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(value=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001 - bounds
def test_a_time_comes_back_in_utc(dialect: Dialect, value: datetime) -> None:
    stored = UtcDateTime().process_bind_param(value, dialect)
    read = UtcDateTime().process_result_value(stored, dialect)
    assert read == value
    assert read is not None
    assert read.tzinfo is UTC


@given(st.lists(st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)), min_size=2, max_size=2))  # noqa: DTZ001 - a bound
def test_times_that_are_text_sort_as_times_do(times: list[datetime]) -> None:
    stored = [UtcDateTime().process_bind_param(each, DIALECTS[0]) for each in times]
    assert (stored[0] < stored[1]) == (times[0] < times[1])


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 23), DIALECTS[0])  # noqa: DTZ001 - what it is about
