"""Every alert has a page that helps at night: whole, linked, and with commands that can be run."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from ppbe_observe.alerting.rules import Alert, Record
from ppbe_observe.cli.app import app
from ppbe_observe.definitions import load_exporters
from ppbe_observe.generate.estate import read_estate
from ppbe_observe.generate.known import known_metrics
from ppbe_observe.promql.expression import parsed
from ppbe_observe.web.book import Book
from support.project import PROJECT

RUNBOOKS = PROJECT / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*.md"))
GROUPS = [group for subject in read_estate(PROJECT).subjects for group in subject.groups]
ALERTS = {alert.name: alert for group in GROUPS for alert in group.alerts}
RECORDED = {rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Record)}
GUIDES = {"orientation"}
"""Pages that are about no alert."""
HEADINGS = ["Meaning", "Impact", "How to check", "How to mend", "When to escalate"]

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#]+)")


def blocks(page: Path) -> Iterator[str]:
    """The shell blocks of a page, without their indentation."""
    for language, text in _FENCE.findall(page.read_text("utf-8")):
        if language == "sh":
            yield "\n".join(line.strip() for line in text.splitlines())


def commands(page: Path, program: str) -> Iterator[list[str]]:
    """The commands of a page that begin with a program, in words; in its text, too."""
    inline = re.findall(r"`([^`\n]+)`", _FENCE.sub("", page.read_text("utf-8")))
    for text in (*blocks(page), *inline):
        for line in text.splitlines():
            if line.startswith(f"{program} "):
                words = shlex.split(line, comments=True)
                yield words[: next((place for place, word in enumerate(words) if word in {"|", ">"}), len(words))]


def queries(page: Path) -> Iterator[str]:
    for words in commands(page, "promtool"):
        if words[1] == "query":
            assert words[2] in {"instant", "range"}, f"{page.name}: {words}"
            yield words[words.index("$PROM") + 1]


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS)
def test_the_daemon_finds_the_page_of_each_alert(alert: Alert) -> None:
    found = Book(lambda: RUNBOOKS).one(alert.name)
    assert found is not None
    assert found.name == alert.page


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {*known_metrics(load_exporters(PROJECT)), *RECORDED}


@pytest.mark.parametrize("alert", ALERTS.values(), ids=lambda each: each.name)
def test_every_alert_has_its_page(alert: Alert) -> None:
    page = RUNBOOKS / f"{alert.page}.md"
    text = page.read_text("utf-8")
    assert alert.name in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    wanted = {alert.page for alert in ALERTS.values()} | GUIDES | {"rollback"}
    assert sorted(page.stem for page in PAGES if page.stem not in wanted) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_no_part_of_a_page_is_empty(page: Path) -> None:
    parts = re.split(r"^##? .+$", page.read_text("utf-8"), flags=re.MULTILINE)[2:]
    assert all(part.strip() for part in parts)


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (RUNBOOKS / link).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_variables_of_a_page_are_explained(page: Path) -> None:
    text = page.read_text("utf-8")
    told = re.findall(r"^(?:export )?(?:.* )?([A-Z]+)=", (RUNBOOKS / "orientation.md").read_text("utf-8"), re.MULTILINE)
    used = set(re.findall(r"\$([A-Z]+)\b", text)) - {"NF", *re.findall(r"\b([A-Z]+)=", text)}  # awk's, and its own
    assert used <= {*told, "PROM", "AM"}
    assert page.stem in GUIDES or not used or "(orientation.md)" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_shell_blocks_can_be_read_by_a_shell(page: Path) -> None:
    for block in blocks(page):
        done = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), block


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_queries_are_promql_of_metrics_that_somebody_exports(page: Path, known: set[str]) -> None:
    named = [selector.metric for query in queries(page) for selector in parsed(query).selectors]
    assert [metric for metric in named if metric and metric not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_commands_of_ours_exist_with_these_options(page: Path) -> None:
    for words in commands(page, "ppbe-observe"):
        _parse(words[1:])


@pytest.mark.parametrize("words", [["chek"], ["check", "--no-such-option"], ["simulate", "begin"], ["collect", "-e"]])
def test_a_command_that_does_not_exist_is_seen(words: list[str]) -> None:
    with pytest.raises(Exception, match=r"[Nn]o such|requires an argument"):
        _parse(words)


def _parse(words: list[str]) -> None:
    """As the command line does, without running anything."""
    command = typer.main.get_command(app)
    while isinstance(command, TyperGroup):
        context = command.make_context(command.name, words)
        _, inner, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner
        command = inner
    command.make_context(command.name, words)
