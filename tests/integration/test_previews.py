"""Previews drawn from a real Prometheus: as files, to a browser, and in a real Chromium with nothing else to ask."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.accessibility import serious_faults, walk
from support.browser import SCHEMES, Browser, Scheme, chromium
from support.commands import command
from support.daemon import command as program
from support.daemon import until
from support.previews import GREEN_THEN_RED, HOSTILE, dashboard, panel, steps, target
from support.processes import Peer, free_port, prometheus, serving

RULES: dict[str, Any] = {
    "groups": [
        {
            "name": "shop",
            "interval": "1s",
            "rules": [
                {"record": "load", "expr": "vector(40) + (time() % 10)", "labels": {"name": "db-1", "region": "west"}},
                {"record": "load", "expr": "vector(90)", "labels": {"name": HOSTILE, "region": 'a"b\\c'}},
                {"record": "alarm", "expr": "vector(1)", "labels": {"name": HOSTILE}},
                {"record": "seen_total", "expr": "vector(time())", "labels": {"name": "db-1"}},
            ],
        }
    ]
}
SECOND = {"interval": "1s"}
LOAD = 'load{region=~"$region"}'
STATES = [{"type": "value", "options": {"1": {"text": "in alarm", "color": "red"}}}]
TILES = {"colorMode": "background", "graphMode": "area", "textMode": "value_and_name"}
LINK = {"title": "Runbook", "url": 'http://127.0.0.1:9106/runbooks/${__data.fields["name"]}'}


def grid(x: int, y: int, w: int = 12, h: int = 8) -> dict[str, int]:
    return {"x": x, "y": y, "w": w, "h": h}


def variable(name: str, query: str) -> dict[str, Any]:
    everything = {"includeAll": True, "multi": True, "allValue": ".*", "current": {"value": ["$__all"]}}
    return {"name": name, "label": name.title(), "type": "query", "query": query, **everything}


def shop() -> dict[str, Any]:
    """A dashboard with a panel of every kind."""
    percent = {"unit": "percent", "min": 0, "max": 100, "thresholds": steps(*GREEN_THEN_RED)}
    lines = {**percent, "custom": {"fillOpacity": 8, "thresholdsStyle": {"mode": "dashed"}}}
    now, over_time = target(LOAD, instant=True), target(LOAD, **SECOND)
    calculated = {"legend": {"calcs": ["lastNotNull", "max"]}}
    hidden = panel("stat", now, id=7, title="Hidden", gridPos=grid(0, 40), options={"colorMode": "value"})
    rate = target("rate(seen_total[$__rate_interval])", **SECOND)
    alarm = target("alarm", **SECOND)
    return dashboard(
        panel("text", id=1, title="Words", gridPos=grid(0, 0, 24, 3), options={"content": "Read **this** $region."}),
        {"type": "row", "id": 20, "title": "Load", "gridPos": grid(0, 3, 24, 1)},
        panel("timeseries", over_time, id=2, title="Load", defaults=lines, gridPos=grid(0, 4), options=calculated),
        panel("timeseries", rate, id=3, title="Rate", gridPos=grid(12, 4)),
        panel("stat", over_time, id=4, title="Now", defaults=percent, gridPos=grid(0, 12), options=TILES),
        panel("state-timeline", alarm, id=5, title="Alarm", defaults={"mappings": STATES}, gridPos=grid(12, 12)),
        panel("table", now, id=6, title="All", defaults={**percent, "links": [LINK]}, gridPos=grid(0, 20, 24)),
        {
            "type": "row",
            "id": 21,
            "title": "More",
            "collapsed": True,
            "panels": [hidden],
            "gridPos": grid(0, 28, 24, 1),
        },
        title="The shop & its load",
        description="For whoever is *on call*.",
        time={"from": "now-5m", "to": "now"},
        templating={
            "list": [variable("region", "label_values(load, region)"), variable("name", f"label_values({LOAD}, name)")]
        },
        annotations={
            "list": [{"name": "Alarms", "enable": True, "iconColor": "red", "expr": "alarm", "titleFormat": "{{name}}"}]
        },
        links=[{"title": "Other", "url": "/d/ppbe-other"}],
    )


def other(*panels: dict[str, Any]) -> dict[str, Any]:
    return dashboard(*panels, title="Other", uid="ppbe-other", time={"from": "now-5m", "to": "now"})


@dataclass(frozen=True, slots=True)
class Shop:
    """A Prometheus that knows the shop, and the dashboards that generate would have written."""

    peer: Peer
    generated: Path

    def preview(self, *arguments: str) -> Any:
        """Run the command."""
        given = ("--generated", str(self.generated), "--prometheus", self.peer.url)
        return command("dashboards", "preview", *given, *arguments)


def write(directory: Path, **dashboards: dict[str, Any]) -> Path:
    """As ``ppbe-observe generate`` does."""
    place = directory / "grafana" / "dashboards"
    place.mkdir(parents=True)
    for name, each in dashboards.items():
        (place / f"{name}.json").write_text(json.dumps(each))
    return directory


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("shop")
    (home / "rules.yml").write_text(json.dumps(RULES))
    (home / "prometheus.yml").write_text("global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n")
    with prometheus(home / "prometheus.yml", home) as peer:
        until(lambda: len(peer.query("rate(seen_total[10s])")) == 1 and len(peer.query("load offset 3s")) == 2)
        yield Shop(peer, write(home / "generated", shop=shop(), other=other(panel(id=1))))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def drawn(known: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both dashboards as files."""
    out = tmp_path_factory.mktemp("drawn")
    done = known.preview("--out", str(out))
    assert (done.code, done.stderr) == (0, "")
    assert done.text == f"drawn {out}/index.html\n"
    return out


@contextmanager
def files(directory: Path) -> Iterator[str]:
    """A directory as pages, with nothing but what is in it."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=directory)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def finished(visit: Any) -> None:
    """Wait until every chart in sight is drawn."""
    visit.page.wait_for_selector("html[data-drawing=no]", timeout=60_000)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_page_is_whole_sound_and_open_to_everybody(browser: Browser, drawn: Path, scheme: Scheme) -> None:
    with files(drawn) as url, browser.visit(f"{url}/shop.html", scheme) as visit:
        finished(visit)
        assert visit.page.evaluate("performance.getEntriesByType('resource').map(each => each.name)") == []
        assert visit.complaints == []
        assert serious_faults(visit.page) == []
        faults = visit.page.locator(".panel .fault").all_inner_texts()
        assert faults == []
        assert visit.page.locator("#panel-2 .scatterlayer .trace").count() == 2
        assert visit.page.locator("#panel-4 .course .scatterlayer .trace").count() == 2
        assert visit.page.locator("#panel-5 .barlayer .trace").count() == 1
        assert visit.page.locator("#panel-1 .words strong").inner_text() == "this"


def test_a_name_that_looks_like_markup_is_shown_as_it_is(browser: Browser, drawn: Path) -> None:
    with files(drawn) as url, browser.visit(f"{url}/shop.html") as visit:
        finished(visit)
        assert HOSTILE in visit.page.locator("#panel-2 table[data-legend]").inner_text()
        assert HOSTILE in visit.page.locator("#panel-6 table").inner_text()
        assert visit.page.locator("#panel-5 .yaxislayer-above text").all_text_contents() == [HOSTILE]
        assert visit.page.locator("#panel-6 tbody a").nth(0).get_attribute("href") in {
            "http://127.0.0.1:9106/runbooks/db-1",
            "http://127.0.0.1:9106/runbooks/%3Cscript%3Ealert%281%29%3C%2Fscript%3E",
        }
        assert visit.complaints == []


def test_a_keyboard_is_enough_also_to_open_a_row_and_to_switch_a_series_off(browser: Browser, drawn: Path) -> None:
    with files(drawn) as url, browser.visit(f"{url}/shop.html") as visit:
        finished(visit)
        found = walk(visit.page)
        assert (found.missed, found.unseen) == ((), ())
        visit.page.locator("details.row summary").first.press("Enter")
        assert visit.page.locator("#panel-7 .tile").count() == 2
        switch = visit.page.locator("#panel-2 [data-trace='0'] button")
        switch.press("Enter")
        assert switch.get_attribute("aria-pressed") == "false"
        until(lambda: visit.page.locator("#panel-2 .scatterlayer .trace").count() == 1)


def test_on_a_narrow_screen_panels_stand_below_each_other(browser: Browser, drawn: Path) -> None:
    with files(drawn) as url, browser.visit(f"{url}/shop.html") as visit:
        visit.page.set_viewport_size({"width": 400, "height": 800})
        finished(visit)
        first, second = (visit.page.locator(f"#panel-{each}").bounding_box() for each in (2, 3))
        assert first is not None
        assert second is not None
        assert second["y"] >= first["y"] + first["height"]
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_list_of_a_directory_leads_to_each(browser: Browser, drawn: Path) -> None:
    with files(drawn) as url, browser.visit(f"{url}/index.html") as visit:
        assert serious_faults(visit.page) == []
        visit.page.get_by_role("link", name="The shop & its load").click()
        visit.page.locator("ul.links").get_by_role("link", name="Other").click()
        assert visit.page.url == f"{url}/other.html"
        assert visit.page.locator("h1").inner_text() == "Other"


def test_what_is_chosen_is_all_that_is_asked(known: Shop, tmp_path: Path) -> None:
    """A region with a quote and a backslash in its name, too."""
    out = tmp_path / "shop.html"
    assert known.preview("shop", "--var", 'region=a"b\\c', "--out", str(out)).code == 0
    found = out.read_text()
    assert "Region: <b>a&#34;b\\c</b>" in found
    assert "db-1</" not in found.partition('id="panel-6"')[2].partition("</section>")[0]
    assert known.preview("shop", "--var", "region=west", "--out", str(out)).code == 0
    assert "&lt;script&gt;" not in out.read_text().partition('id="panel-6"')[2].partition("</section>")[0]


def test_a_refused_query_is_told_in_its_panel_and_by_the_exit_code(known: Shop, tmp_path: Path) -> None:
    wrong, right = (panel("stat", target(expr, **SECOND), id=at) for at, expr in ((1, "sum("), (2, "load")))
    broken = write(tmp_path / "generated", broken=other(wrong, right))
    out = tmp_path / "broken.html"
    arguments = ("--generated", str(broken), "--prometheus", known.peer.url, "--out", str(out))
    done = command("dashboards", "preview", *arguments)
    assert done.code == 2
    assert "refuses the question (bad_data:" in done.stderr
    first, _, second = out.read_text().partition('id="panel-2"')
    assert "refuses the question (bad_data:" in first
    assert '<div class="tile"' in second


def test_where_prometheus_is_down_nothing_is_written(known: Shop, tmp_path: Path) -> None:
    out = tmp_path / "shop.html"
    nowhere = f"http://127.0.0.1:{free_port()}"
    given = ("--generated", str(known.generated), "--prometheus", nowhere)
    done = command("dashboards", "preview", "shop", *given, "--out", str(out))
    assert (done.code, done.stdout) == (2, b"")
    assert "Connection refused" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("shoop",), "there is no dashboard shoop; did you mean shop?"),
        (("zzz",), "there is no dashboard zzz; there are other, shop"),
        (("shop", "--from", "yesterday"), "--from yesterday: that is no time; write 6h (ago)"),
        (("shop", "--from", "1h", "--to", "2h"), "--from 1h is not before --to 2h"),
        (("shop", "--var", "region"), "--var region: write NAME=VALUE"),
        (("shop", "--var", "zone=a"), "--var zone: the dashboard has no such variable; it has region, name"),
        (("shop", "--var", "region=east"), "Prometheus has no such value; there are"),
        (("shop", "--out", "/nowhere/shop.html"), "there is no directory /nowhere"),
        (("--out", "/nowhere/pages"), "--out /nowhere/pages: No such file or directory"),
        (("--listen", "nonsense"), "--listen 'nonsense' is not an address to listen on"),
        (("--generated", "/nowhere"), "there are no dashboards"),
        (("--prometheus", "nowhere"), "give an address such as"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_written(
    known: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = known.preview(*arguments)
    assert (done.code, done.stdout) == (3, b"")
    assert told in " ".join(done.stderr.split())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.fixture(scope="module")
def server(known: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    given = ("dashboards", "preview", "--generated", str(known.generated), "--prometheus", known.peer.url)
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(lambda port: program(*given, "--listen", f"127.0.0.1:{port}"), log, ready="/") as peer:
        yield peer


def test_a_server_draws_for_a_browser_what_it_asks_for(browser: Browser, server: Peer) -> None:
    with browser.visit(server.url) as visit:
        visit.page.get_by_role("link", name="The shop & its load").click()
        finished(visit)
        visit.page.get_by_label("Region").select_option("west")
        visit.page.get_by_label("From").fill("2m")
        visit.page.get_by_role("button", name="Draw").click()
        finished(visit)
        assert visit.page.url == f"{server.url}/d/ppbe-rds?from=2m&to=now&var-region=west&var-name=%24__all"
        assert visit.page.locator("#panel-2 .scatterlayer .trace").count() == 1
        assert visit.complaints == []
        assert serious_faults(visit.page) == []
        visit.page.locator("ul.links").get_by_role("link", name="Other").click()
        assert visit.page.locator("h1").inner_text() == "Other"


def test_a_variable_offers_what_those_before_it_leave(server: Peer) -> None:
    every = httpx.get(f"{server.url}/d/ppbe-rds").text
    west = httpx.get(f"{server.url}/d/ppbe-rds?var-region=west").text
    assert [each.count('<option value="db-1">') for each in (every, west)] == [1, 1]
    assert [each.count('<option value="&lt;script&gt;') for each in (every, west)] == [1, 0]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/d/unknown", 404, "There is no such dashboard."),
        ("/d/../../etc/passwd", 404, "There is nothing here."),
        ("/nothing", 404, "There is nothing here."),
        ("/d/ppbe-rds?from=yesterday", 400, "that is no time"),
        ("/d/ppbe-rds?var-zone=a", 400, "the dashboard has no such variable"),
        (
            f"/d/ppbe-rds?var-region={HOSTILE}",
            400,
            "&lt;script&gt;alert(1)&lt;/script&gt;: Prometheus has no such value",
        ),
        ("/d/ppbe-rds?from=%ff%00", 400, "that is no time"),
    ],
)
def test_bad_addresses_are_answered_with_a_way_back(server: Peer, path: str, status: int, told: str) -> None:
    answer = httpx.get(server.url + path)
    assert answer.status_code == status
    assert told in answer.text
    assert '<a href="/">All dashboards</a>' in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


def test_a_page_is_only_looked_at_and_under_no_other_name(server: Peer) -> None:
    assert httpx.head(server.url).status_code == 200
    assert httpx.post(server.url).status_code == 405
    assert set(httpx.post(server.url).headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert httpx.get(server.url, headers={"Host": "rebound.example"}).status_code == 400
    assert httpx.get(f"{server.url}/plotly.js").headers["Cache-Control"] == "max-age=3600"


def test_loopback_may_be_that_of_ipv6(known: Shop, tmp_path: Path) -> None:
    given = ("dashboards", "preview", "--generated", str(known.generated), "--prometheus", known.peer.url)
    log = tmp_path / "log"
    with serving(lambda port: program(*given, "--listen", f"[::1]:{port}"), log, ready="/", host="[::1]") as peer:
        assert httpx.get(peer.url, headers={"Host": "rebound.example"}).status_code == 400
    assert "warning" not in log.read_text()


def test_a_server_says_that_prometheus_is_down(known: Shop, tmp_path: Path) -> None:
    given = (
        "dashboards",
        "preview",
        "--generated",
        str(known.generated),
        "--prometheus",
        f"http://127.0.0.1:{free_port()}",
    )
    with serving(lambda port: program(*given, "--listen", f"127.0.0.1:{port}"), tmp_path / "log", ready="/") as peer:
        answer = httpx.get(f"{peer.url}/d/ppbe-rds")
        assert answer.status_code == 503
        assert "does not answer" in answer.text
        taken = command("dashboards", "preview", *given[2:4], "--listen", peer.url.removeprefix("http://"))
        assert taken.code == 1
        assert "cannot listen on" in taken.stderr


def test_without_the_charting_library_it_says_how_to_get_it(known: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly", None)
    done = known.preview("shop")
    assert done.code == 3
    assert 'pip install "ppbe-observe[preview]"' in done.stderr


def test_the_list_names_what_is_there(known: Shop) -> None:
    done = command("dashboards", "list", "--generated", str(known.generated))
    assert done.code == 0
    lines = [line for line in done.text.splitlines() if "shop" in line]
    assert "The shop & its load" in lines[0]
    assert " 7 " in lines[0]


def test_what_is_shipped_is_listed() -> None:
    done = command("dashboards", "list")
    assert done.code == 0
    assert "overview" in done.text


def test_a_page_is_drawn_soon(known: Shop, tmp_path: Path) -> None:
    """Prometheus apart: nobody waits for a preview of a small dashboard."""
    begin = time.monotonic()
    assert known.preview("shop", "--out", str(tmp_path / "shop.html")).code == 0
    assert time.monotonic() - begin < 10
