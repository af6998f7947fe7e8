"""The browser of the tests sees what is wrong with a page; else the tests of pages would prove nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.accessibility import serious_faults, walk
from support.browser import Browser, chromium

HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'


@contextmanager
def page(body: str, policy: str = "") -> Iterator[str]:
    """A server that has this page, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((body if self.path == "/" else "nothing").encode())

        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at what Chromium says."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize(
    ("body", "policy", "complaint"),
    [
        ("<script>console.error('told')</script>", "", "console: told"),
        ("<script>throw new Error('a bug')</script>", "", "script: a bug"),
        ("<script>1</script>", "default-src 'none'", "violates the following Content Security Policy directive"),
        ("<p style='color:red'>x</p>", "default-src 'none'", "violates the following Content Security Policy"),
        (
            "<img alt=x src=/none.png>",
            "",
            "console: Failed to load resource: the server responded with a status of 404",
        ),
        ("<img alt=x src=https://example.org/a.png>", "", "asks another site: https://example.org/a.png"),
    ],
)
def test_it_tells_what_chromium_complains_of(browser: Browser, body: str, policy: str, complaint: str) -> None:
    with page(HEAD + body, policy) as url, browser.visit(url) as visit:
        visit.page.wait_for_load_state("networkidle")
        assert any(complaint in each for each in visit.complaints), visit.complaints


def test_the_status_of_the_page_itself_is_no_complaint(browser: Browser) -> None:
    with page(HEAD + "<p>x") as url, browser.visit(url + "none") as visit:
        assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_prefers_the_colours_that_it_is_told_to(browser: Browser, scheme: str) -> None:
    style = "<style>p{content:'light'}@media (prefers-color-scheme:dark){p{content:'dark'}}</style>"
    with page(HEAD + style + "<p>x") as url, browser.visit(url, "dark" if scheme == "dark" else "light") as visit:
        assert visit.page.evaluate("getComputedStyle(document.querySelector('p')).content") == f'"{scheme}"'


def test_it_knows_when_something_could_be_read(browser: Browser) -> None:
    slow = "<script>const until = performance.now() + 300; while (performance.now() < until);</script><p>read"
    with page(HEAD + slow) as url, browser.visit(url) as visit:
        assert 0.3 <= visit.first_paint() < 30


def test_serious_faults_are_told_under_the_strictest_policy(browser: Browser) -> None:
    body = "<!doctype html><html><head><title>A</title></head><body bgcolor=#888><img src=data:,><font color=#999>read"
    with page(body, "default-src 'none'") as url, browser.visit(url) as visit:
        assert {each.split(":")[0] for each in serious_faults(visit.page)} == {
            "color-contrast",
            "html-has-lang",
            "image-alt",
        }


def test_what_can_be_used_by_everybody_has_no_fault(browser: Browser) -> None:
    with page(HEAD + "</head><body><main><h1>A</h1></main>") as url, browser.visit(url) as visit:
        assert serious_faults(visit.page) == []


CONTROLS = """</head><body><main>
<a href="#a">one</a> <input type="radio" name="r" aria-label="r1"><input type="radio" name="r" aria-label="r2">
<details><summary>more</summary><a href="#b">folded</a></details>
<button disabled>off</button> <a href="#c" hidden>hidden</a> <span inert><a href="#d">inert</a></span>
<select aria-label="choice"><option>x</select><textarea aria-label="words"></textarea>
<div tabindex="-1">by script only</div>
"""


def test_a_walk_reaches_what_can_be_reached(browser: Browser) -> None:
    with page(HEAD + CONTROLS) as url, browser.visit(url) as visit:
        found = walk(visit.page)
    reached = ('a "one"', 'input "r1"', 'summary "more"', 'select "choice"', 'textarea "words"')
    assert (found.reached, found.missed, found.unseen) == (reached, (), ())


@pytest.mark.parametrize(
    ("body", "missed", "unseen"),
    [
        ('<a href="#a">a</a><span role="button">no key</span>', ('span "no key"',), ()),
        ('<a href="#a">a</a><div onclick="go()">mouse</div>', ('div "mouse"',), ()),
        ("<a href='#a' onkeydown='event.preventDefault()'>trap</a><a href='#b'>behind</a>", ('a "behind"',), ()),
        ('<style>a{outline:none}</style><a href="#a">a</a>', (), ('a "a"',)),
        ('<style>a{outline:none}a:focus{background:gold}</style><a href="#a">a</a>', (), ()),
        ('<style>a{position:absolute;left:-999px}</style><a href="#a">a</a>', (), ('a "a"',)),
        ('<style>a{position:absolute;left:-999px}a:focus{left:0}</style><a href="#a">a</a>', (), ()),
    ],
)
def test_a_walk_tells_who_is_shut_out(
    browser: Browser, body: str, missed: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    with page(f"{HEAD}</head><body>{body}") as url, browser.visit(url) as visit:
        found = walk(visit.page)
    assert (found.missed, found.unseen) == (missed, unseen)
