"""The pages of controls, findings and resources, over real sockets: what AWS says is text on them, never markup."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import bcrypt
import httpx
import pytest

from ppbe_observe.model import Outcome, Provenance, Resource, Verdict
from ppbe_observe.web.queries import FindingQuery
from support.findings import NOW, WEST, finding
from support.incidents import sighting
from support.views import Watched, fired
from support.webserver import serving

EVIL = "<script>alert('1')</script>\"&\u202e"
ODD = "arn:aws-us-gov:s3:us-gov-west-1:123456789012:bucket/../a b/?c=d#e%2F" + EVIL


def hostile() -> Watched:
    """One finding on a resource whose every text is an attack."""
    call = Provenance("things:Describe", "request-1", NOW)
    facts = {"Name": EVIL, "environment": [{"name": "GREETING", "value": "hello"}], EVIL: [EVIL]}
    one = Resource(ODD, "things:thing", WEST, tags=(("Owner", EVIL), (EVIL, "x")), facts=facts, source=call)
    given = finding("one")
    verdict = Verdict(Outcome.FAIL, f"it is called {EVIL}")
    return Watched().judge([type(given)(given.check, given.severity, one, verdict, NOW, {"least": 30})])


@pytest.fixture(scope="module")
def watched() -> Watched:
    return hostile()


@pytest.fixture(scope="module")
def url(watched: Watched) -> Iterator[str]:
    with serving(views=watched.views) as server:
        yield server.url


@pytest.fixture(scope="module")
def identifier(watched: Watched) -> str:
    return watched.views.findings(FindingQuery()).items[0].id


def page(url: str) -> str:
    answer = httpx.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def test_pages_say_where_no_deadline_is_known_and_of_how_many() -> None:
    unread = Watched().judge([finding("one")], tracked=None)
    identifier = unread.views.findings(FindingQuery()).items[0].id
    with serving(views=unread.views) as server:
        assert "<dt>Deadline</dt><dd>not known: " in page(f"{server.url}/findings/{identifier}")
        assert "Since when 1 finding is open is not known." in page(server.url)


def test_a_resource_leads_to_all_its_incidents() -> None:
    watched = Watched().judge([finding("one")])
    arn = finding("one").resource.arn
    fired(watched, *(sighting(0, name=arn, instance=str(each)) for each in range(30)))
    with serving(views=watched.views) as server:
        shown = page(f"{server.url}/resources/{arn}")
        (path,) = re.findall(r'href="(/incidents\?q=[^"]*)"', shown)
        assert (shown.count('href="/incidents/'), page(server.url + unescape(path)).count('href="/incidents/')) == (
            20,
            30,
        )


def test_a_finding_shows_what_it_rests_on(url: str, identifier: str) -> None:
    shown = page(f"{url}/findings/{identifier}")
    assert "Make it good." in shown
    assert "<dt>least</dt><dd>30</dd>" in shown
    assert "<code>request-1</code>" in shown
    assert "&#34;value&#34;: &#34;***&#34;" in shown
    assert "hello" not in shown
    assert "(Rev5: high within 30 days)" in shown


@pytest.mark.parametrize(
    "path", ["/", "/findings", "/findings/{}", "/resources/" + quote(ODD, safe=":"), "/controls/ac-2"]
)
def test_no_text_of_aws_becomes_markup(url: str, identifier: str, path: str) -> None:
    shown = page(url + path.format(identifier))
    assert "<script" not in shown
    assert "alert('1')" not in shown


def test_an_arn_with_any_character_has_a_page(url: str) -> None:
    path = f"/resources/{quote(ODD, safe=':')}"
    assert "things:thing" in page(url + path)
    told = httpx.get(f"{url}/api/v1{path}").json()
    assert (told["arn"], told["seen"]["tags"]["Owner"]) == (ODD, EVIL)


def test_slashes_of_an_arn_may_be_typed(url: str) -> None:
    answer = httpx.get(f"{url}/resources/arn:aws-us-gov:s3:::bucket/a/b")
    assert answer.status_code == 404
    assert "no resource “arn:aws-us-gov:s3:::bucket/a/b”" in answer.text


def test_every_link_on_a_page_leads_somewhere(url: str, identifier: str) -> None:
    for path in ("/", "/controls", "/controls?by=ksi", "/controls/ac-2", "/findings", f"/findings/{identifier}"):
        links = {unescape(each) for each in re.findall(r'href="([^"]+)"', page(url + path))}
        for link in sorted(each for each in links if each.startswith("/")):
            assert httpx.get(url + link).status_code in {200, 503}, f"{path} -> {link}"


@pytest.mark.parametrize(
    ("path", "said", "back"),
    [
        ("/findings/nothing", "no finding “nothing”", "/findings"),
        ("/controls/zz-9", "no control or indicator “zz-9”", "/controls"),
        ("/controls/<b>", "no control or indicator “&lt;b&gt;”", "/controls"),
        ("/resources/arn:none", "no resource “arn:none” that a check has looked at", "/findings"),
        ("/resources/..%2F..%2Fetc%2Fpasswd", "no resource “../../etc/passwd”", "/findings"),
        ("/incidents/nothing", "no incident “nothing”", "/incidents"),
        ("/incidents/%00", "no incident", "/incidents"),
        ("/runbooks/nothing", "no runbook called “nothing”", "/runbooks"),
        ("/static/other.css", "nothing at “/static/other.css”", "/"),
        ("/static/..%2Fapp.py", "nothing at “/static/../app.py”", "/"),
    ],
)
def test_what_is_not_there_shows_the_way_back(url: str, path: str, said: str, back: str) -> None:
    answer = httpx.get(url + path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert said in answer.text
    assert f'<p><a href="{back}">' in answer.text


@pytest.mark.parametrize("path", ["/", "/controls/ac-2", "/slos", "/freshness", "/runbooks", "/incidents/x"])
def test_a_page_without_a_choice_takes_no_parameter(url: str, path: str) -> None:
    answer = httpx.get(f"{url}{path}?day=1")
    assert (answer.status_code, "day: Extra inputs are not permitted" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("outcome=bad", "outcome.0: Input should be"),
        ("limit=501", "limit: Input should be less than or equal to 500"),
        ("offset=-1", "offset: Input should be greater than or equal to 0"),
        ("nonsense=1", "nonsense: Extra inputs are not permitted"),
        ("q=" + "x" * 2049, "q: String should have at most 2048 characters"),
    ],
)
def test_a_filter_that_asks_for_what_there_is_not_says_so(url: str, query: str, why: str) -> None:
    answer = httpx.get(f"{url}/findings?{query}")
    assert answer.status_code == 400
    assert why in answer.text
    assert '<a href="/findings">Without the filter</a>' in answer.text


def test_a_form_without_a_choice_filters_nothing(url: str) -> None:
    assert "1 finding: " in page(f"{url}/findings?outcome=&severity=&control=&q=").replace("\n", "")


def test_long_lists_are_paged_and_keep_their_filter() -> None:
    many = Watched().judge([finding(f"{number:03}") for number in range(250)])
    with serving(views=many.views) as server:
        first = page(f"{server.url}/findings?outcome=fail")
        assert "1 to 100 of 250" in first
        assert 'href="?outcome=fail&amp;offset=100">Next</a>' in first
        last = page(f"{server.url}/findings?outcome=fail&offset=200")
        assert "201 to 250 of 250" in last
        assert "Next</a>" not in last


@pytest.mark.parametrize("path", ["/", "/findings", "/controls", "/incidents", "/slos", "/freshness", "/runbooks"])
def test_head_and_other_methods(url: str, path: str) -> None:
    answer = httpx.head(url + path)
    assert (answer.status_code, answer.content) == (200, b"")
    refused = httpx.post(url + path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "said"), [("/findings?q=" + "x" * 8192, "the query"), ("/resources/" + "x" * 8192, "the path")]
)
def test_an_address_that_is_too_long_is_refused(url: str, path: str, said: str) -> None:
    answer = httpx.get(url + path)
    assert answer.status_code == 414
    assert answer.text.startswith(f"Refused: {said} of the address has ")


def test_the_stylesheet_is_kept_and_pages_are_not(url: str) -> None:
    link = page(url).partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    answer = httpx.get(url + link)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert httpx.get(url).headers["cache-control"] == "no-store"


def test_pages_have_nothing_inline_and_nothing_from_elsewhere(url: str, identifier: str) -> None:
    for path in ("/", "/controls/ac-2", f"/findings/{identifier}", "/slos"):
        shown = page(url + path)
        assert not any(each in shown for each in ("<script", "<style", " style=", " onclick=", "http://", "https://"))
    policy = httpx.get(url).headers["content-security-policy"]
    assert "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';" in policy


def test_pages_stand_behind_the_same_login_as_the_metrics(tmp_path: Path, watched: Watched) -> None:
    file = tmp_path / "web.yaml"
    file.write_text(f"basic_auth_users:\n  reader: {bcrypt.hashpw(b'right', bcrypt.gensalt(4)).decode()}\n")
    with serving(views=watched.views, web_config=file) as server:
        for path in ("/", "/findings", "/api/v1/findings", "/api/v1/openapi.json", "/static/x.css"):
            assert httpx.get(server.url + path).status_code == 401
            assert httpx.get(server.url + path, auth=("reader", "right")).status_code in {200, 404}
