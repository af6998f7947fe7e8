"""Pages: both formats, plain and gzip, read back by others' parsers."""

import gzip
import zlib
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as text_families

from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.formats import Format
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.page import CHUNK, Page, assemble
from ppbe_observe.exposition.rendered import render
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Family, Kind, Sample, Snapshot
from support.series import NOON, WEST, counter, gauge, snapshot

OPENMETRICS = "application/openmetrics-text"


def body(page: Page) -> bytes:
    return b"".join(page.chunks)


def exposed(*families: Family) -> Exposition:
    store = SeriesStore()
    store.publish(snapshot(*families))
    return Exposition(store, OwnMetrics(CollectorRegistry()))


def own_free(text: str) -> str:
    """The part of a page that is not the daemon's own."""
    return text.partition("# HELP ppbe_observe")[0].partition("# HELP process")[0]


def test_text_format() -> None:
    page = exposed(gauge("aws_rds_cpu", {"db": 1.5}, 'CPU, "percent".'), counter("aws_x_total", {"x": 2})).page(
        None, None
    )
    assert page.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert own_free(body(page).decode()) == (
        '# HELP aws_rds_cpu CPU, "percent".\n# TYPE aws_rds_cpu gauge\naws_rds_cpu{name="db"} 1.5\n'
        '# HELP aws_x_total Help.\n# TYPE aws_x_total counter\naws_x_total{name="x"} 2\n'
    )


def test_openmetrics_names_counters_without_total_and_ends() -> None:
    exposition = exposed(gauge("aws_rds_cpu", {"db": 1.5}, 'CPU, "percent".'), counter("aws_x_total", {"x": 2}))
    page = exposition.page(OPENMETRICS, None)
    assert page.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    text = body(page).decode()
    assert own_free(text) == (
        '# HELP aws_rds_cpu CPU, \\"percent\\".\n# TYPE aws_rds_cpu gauge\naws_rds_cpu{name="db"} 1.5\n'
        '# HELP aws_x Help.\n# TYPE aws_x counter\naws_x_total{name="x"} 2\n'
    )
    assert text.endswith("\n# EOF\n")


def test_counter_without_total_is_unknown_to_openmetrics() -> None:
    exposition = exposed(counter("aws_count", {"x": 2}))
    assert "# TYPE aws_count unknown\n" in body(exposition.page(OPENMETRICS, None)).decode()
    assert "# TYPE aws_count counter\n" in body(exposition.page(None, None)).decode()


@pytest.mark.parametrize("accept", [None, OPENMETRICS])
def test_gzip_is_one_member_with_the_same_bytes(accept: str | None) -> None:
    """Some clients stop after the first member, so that there must be only one."""
    exposition = exposed(gauge("a", {str(each): each for each in range(5000)}), counter("b_total", {"x": 1}))
    plain, packed = exposition.page(accept, None), exposition.page(accept, "gzip")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    assert unpacker.decompress(body(packed)) == body(plain)
    assert unpacker.eof
    assert unpacker.unused_data == b""
    assert (packed.content_encoding, plain.content_encoding) == ("gzip", None)
    assert packed.length == len(body(packed))
    assert plain.length == len(body(plain))


def test_large_parts_are_cut_without_a_copy_and_small_ones_joined() -> None:
    large = b"x 1\n" * CHUNK
    pages = assemble(
        [
            render("large", "gauge", "", (large,)),
            *(render(f"small{each}", "gauge", "", (b"small 1\n",)) for each in range(2000)),
        ]
    )
    chunks = pages.page(Format.TEXT, gzip=False).chunks
    views = [chunk for chunk in chunks if isinstance(chunk, memoryview)]
    assert all(view.obj is large for view in views)
    assert sum(len(view) for view in views) == len(large)
    assert len(chunks) < 10
    assert max(map(len, chunks)) <= CHUNK


families_of_values = st.dictionaries(
    st.text(min_size=1, max_size=20), st.floats(allow_nan=False), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("accept", "parse"), [(None, text_families), (OPENMETRICS, openmetrics_families)], ids=["text", "openmetrics"]
)
@given(gauges=families_of_values, counts=families_of_values, text=st.text(max_size=50))
def test_others_read_what_was_published(
    accept: str | None,
    parse: Callable[[str], Iterable[Metric]],
    gauges: dict[str, float],
    counts: dict[str, float],
    text: str,
) -> None:
    clean = {name.replace("\x00", "\ufffd"): value for name, value in gauges.items()}
    exposition = exposed(gauge("a", gauges, text), counter("b_total", {k: abs(v) for k, v in counts.items()}, text))
    read = {family.name: family for family in parse(body(exposition.page(accept, None)).decode())}
    assert {each.labels["name"]: each.value for each in read["a"].samples}.keys() == clean.keys()
    assert sorted(each.value for each in read["b"].samples) == sorted(abs(each) for each in counts.values())
    assert (read["a"].type, read["b"].type) == ("gauge", "counter")


def test_no_lone_surrogate_fails_the_page() -> None:
    """prometheus_client fails the whole scrape on one."""
    family = Family("a", Kind.GAUGE, "Help \ud800.", (Sample((("tag_x", "\ud800"),), 1),))
    text = body(exposed(family).page(None, None)).decode("utf-8")
    assert 'a{tag_x="\ufffd"} 1\n' in text
    assert "# HELP a Help \ufffd.\n" in text


def test_snapshot_without_series_shows_nothing() -> None:
    store = SeriesStore()
    store.publish(Snapshot("rds", WEST, NOON, (Family("a", Kind.GAUGE, "Help.", ()),)))
    assert own_free(body(Exposition(store, OwnMetrics(CollectorRegistry())).page(None, None)).decode()) == ""


def test_gzip_page_is_read_by_gzip() -> None:
    page = exposed(gauge("a", {"x": 1})).page(None, "gzip")
    assert own_free(gzip.decompress(body(page)).decode()).endswith('a{name="x"} 1\n')
