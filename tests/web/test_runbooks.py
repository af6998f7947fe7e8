"""The runbooks as pages: what is there is shown, nothing else is ever read."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ppbe_observe.web.book import Book
from support.webserver import serving

TEXT = """# RdsStorageLow

## Meaning
Little is left, `df` says; see [another](Other.md) <script>alert(1)</script>

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("estate")
    book = home / "runbooks"
    book.mkdir()
    (book / "RdsStorageLow.md").write_text(TEXT)
    (book / "Other.md").write_text("# Other\n\nAlerts: `OneOfThem` (page), `AnotherOne`.\n\nSee `NotThis`.\n")
    (book / "rollback.sh").write_text("exit 1\n")
    (home / "secret.md").write_text("secret\n")
    with serving(runbooks=book) as server:
        yield server.url


def test_the_list_links_each_of_them(url: str) -> None:
    answer = httpx.get(f"{url}/runbooks")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<li><a href="/runbooks/Other">Other</a> <span class="dim">OneOfThem, AnotherOne</span></li>' in answer.text
    assert '<li><a href="/runbooks/RdsStorageLow">RdsStorageLow</a></li>' in answer.text
    assert "rollback" not in answer.text


def test_a_runbook_is_a_page_and_its_markup_is_text(url: str) -> None:
    answer = httpx.get(f"{url}/runbooks/RdsStorageLow")
    assert answer.status_code == 200
    assert "<h2>Meaning</h2>" in answer.text
    assert "<td>1</td>" in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(("alert", "status"), [("OneOfThem", 200), ("AnotherOne", 200), ("NotThis", 404)])
def test_an_alert_finds_the_page_that_is_about_it(url: str, alert: str, status: int) -> None:
    answer = httpx.get(f"{url}/runbooks/{alert}")
    assert answer.status_code == status
    assert ("<h1>Other</h1>" in answer.text) == (status == 200)


def test_they_link_to_each_other(url: str) -> None:
    assert 'href="Other.md"' in httpx.get(f"{url}/runbooks/RdsStorageLow").text
    assert "<h1>Other</h1>" in httpx.get(f"{url}/runbooks/Other.md").text


@pytest.mark.parametrize(
    "name", ["Nothing", "rollback.sh", "..%2Fsecret", "..%2Fsecret.md", "%2e%2e%2fsecret", "<b>", "%00", "a" * 5000]
)
def test_there_is_no_other_file(url: str, name: str) -> None:
    answer = httpx.get(f"{url}/runbooks/{name}")
    assert answer.status_code == 404
    assert "secret\n" not in answer.text
    assert "<b>" not in answer.text


def test_one_that_is_not_there_shows_the_way_back(url: str) -> None:
    answer = httpx.get(f"{url}/runbooks/Nothing")
    assert "There is no runbook called “Nothing”." in answer.text
    assert '<p><a href="/runbooks">Runbooks</a>' in answer.text


def test_the_api_tells_the_same(url: str) -> None:
    listed = httpx.get(f"{url}/api/v1/runbooks").json()["items"]
    assert listed[0] == {"name": "Other", "title": "Other", "alerts": ["OneOfThem", "AnotherOne"]}
    answer = httpx.get(f"{url}/api/v1/runbooks/AnotherOne").json()
    assert (answer["name"], answer["markdown"][:7]) == ("Other", "# Other")


def test_without_a_directory_the_list_is_empty() -> None:
    with serving(runbooks=Path("/nowhere")) as server:
        assert "There is none: the estate root has no" in httpx.get(f"{server.url}/runbooks").text
        assert httpx.get(f"{server.url}/runbooks/RdsStorageLow").status_code == 404


def test_another_directory_is_looked_into_from_then_on(tmp_path: Path) -> None:
    """As after a reload of settings that name other definitions."""
    first, second = tmp_path / "first", tmp_path / "second"
    for directory, name in ((first, "Old"), (second, "New")):
        directory.mkdir()
        (directory / f"{name}.md").write_text(f"# {name}\n")
    now = first
    book = Book(lambda: now)
    assert ([each.name for each in book.all().items], book.one("New")) == (["Old"], None)
    now = second
    assert ([each.name for each in book.all().items], book.one("Old")) == (["New"], None)
