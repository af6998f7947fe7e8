"""What a person sees of a report: on terminals of any width, in pipes, and whatever names hold."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.cells import cell_len
from rich.console import Console

from ppbe_observe.cli.common import UNFOLDED
from ppbe_observe.cli.findings import print_report
from ppbe_observe.controls.deadlines import Due
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Outcome, Resource, Severity
from support.findings import NOW, WEST
from support.reports import database, every_outcome, exemption, line, report

WIDTHS = (40, 80, 120, 200, 400)


def on_terminal(shown: Report, width: int = 80, *, every: bool = False) -> str:
    out = StringIO()
    print_report(Console(file=out, width=width, force_terminal=True, no_color=True), shown, every=every)
    return out.getvalue().replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "").replace("\x1b[1;2m", "")


def in_pipe(shown: Report, *, every: bool = False, encoding: str = "utf-8") -> str:
    out = BytesIO()
    file = TextIOWrapper(out, encoding=encoding, errors="backslashreplace", newline="\n")
    print_report(Console(file=file, width=UNFOLDED, soft_wrap=True), shown, every=every)
    file.flush()
    return out.getvalue().decode(encoding)


def rows(text: str) -> list[str]:
    """The lines of the findings of a pipe."""
    return [each for each in text.splitlines() if each.split()[0] in {outcome.value for outcome in Outcome}]


def words(text: str) -> str:
    """All words, whatever lines they stand on."""
    return " ".join(text.split())


def due_in(days: float) -> Line:
    return replace(line(), due=Due(NOW + timedelta(days=days), "rule", NOW))


def test_what_needs_nobody_is_left_out_unless_it_is_asked_for() -> None:
    assert [each.split()[0] for each in rows(in_pipe(every_outcome()))] == ["fail", "fail", "unknown", "exempt"]
    assert len(rows(in_pipe(every_outcome(), every=True))) == 6
    assert "ppbe-good" not in on_terminal(every_outcome())
    assert "ppbe-good" in on_terminal(every_outcome(), every=True)


def test_the_worst_comes_first() -> None:
    text = on_terminal(every_outcome())
    places = [text.index(word) for word in ("fail critical", "fail medium", "unknown high", "exempt low")]
    assert places == sorted(places)


def test_a_line_of_a_pipe_holds_everything() -> None:
    (row,) = rows(in_pipe(report(line(known=True))))
    assert row.split()[:6] == [
        "fail",
        "medium",
        str((NOW + timedelta(days=80)).date()),
        "rds_backup_retention",
        "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production",
        "123456789012/us-gov-west-1",
    ]
    assert row.endswith("  backups are kept 7 days, 30 are required → Raise the backup retention period.")


def test_lines_of_a_pipe_are_aligned_below_their_headings_and_nothing_is_cut() -> None:
    long = "x" * 3000
    shown = report(line(resource=database("ü" * 100)), line(reason=long), line(resource=database("データ"), reason="r"))
    heading, *found = in_pipe(shown).splitlines()[:4]
    at = cell_len(heading[: heading.index("TARGET")])
    assert {cell_len(each[: each.index("123456789012/us-gov-west-1")]) for each in found} == {at}
    assert any(long in each for each in found)
    assert all(each == each.rstrip() for each in found)


def test_on_a_terminal_each_check_tells_what_to_do_once() -> None:
    shown = report(*(line(resource=database(f"db-{number}")) for number in range(5)))
    text = words(on_terminal(shown))
    assert text.count("→ Raise the backup retention period.") == 1
    assert text.count("Automated backups are kept long enough") == 1
    assert [f"db:db-{number}" in text for number in range(5)] == [True] * 5
    assert "rds_backup_retention cp-9 sc-28.1 KSI-RPL-ABO" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(width: int) -> None:
    reason = "the quick brown fox jumps over the lazy dog " * 5
    text = on_terminal(report(line(reason=reason, resource=database("n" * 120))), width)
    assert max(map(cell_len, text.splitlines())) <= min(width, 140)
    assert text.count("n") - in_pipe(report()).count("n") > 120
    assert "…" not in text
    assert text.count("fox") == 5


def test_the_name_of_a_target_is_not_broken_at_80_columns() -> None:
    assert "123456789012/us-gov-west-1" in on_terminal(every_outcome(), 80)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (30.0, "in 30 days"),
        (1.0, "in 1 day"),
        (0.01, "today"),
        (-0.01, "overdue"),
        (-1.0, "1 day ago"),
        (-12.2, "12 days ago"),
    ],
)
def test_the_due_date_is_told_in_days(days: float, told: str) -> None:
    text = words(on_terminal(report(due_in(days)), 120))
    assert told in text
    assert f"due {(NOW + timedelta(days=days)).date()}" in text


def test_a_date_of_cisa_is_the_last_day_that_counts() -> None:
    shown = report(line(kev=date(2026, 12, 1)))
    assert "due 2026-12-01" in on_terminal(shown)
    assert " 2026-12-01 " in rows(in_pipe(shown))[0]


def test_since_when_a_failure_is_known_is_told() -> None:
    text = on_terminal(report(line(known=True)))
    assert f"since {(NOW - timedelta(days=10)).date()}" in text
    assert "since" not in on_terminal(report(line()))


def test_who_accepts_a_failure_is_told_and_not_what_to_do() -> None:
    shown = report(line(exemption=exemption()))
    assert "; accepted by isso@ppbe.gov until 2026-12-31: restored from the replica\n" in in_pipe(shown)
    assert "accepted by isso@ppbe.gov" in on_terminal(shown, 120)
    assert "→" not in on_terminal(shown, 120)


HOSTILE = [
    "[bold]x[/]",
    "[/]",
    "[link=http://evil]click[/link]",
    ":smile:",
    "{0} %s \\n",
    "a\nb\tc\rd",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\u202eevil\u202c",
    "\udcff",
    "",
    "﷽",
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_names_and_reasons_are_text_whatever_they_hold(name: str) -> None:
    """No markup, no terminal control, no line of its own; and what cannot be encoded is escaped."""
    shown = report(
        line(resource=database(name), reason=f"<{name}>"), line(exemption=exemption(reason=name, owner=name))
    )
    expected = "".join(each if each.isprintable() else repr(each)[1:-1] for each in name)
    piped = in_pipe(shown)
    assert len(rows(piped)) == 2
    assert f"<{expected}>" in piped
    assert f":db:{expected}" in piped
    for text in (piped, on_terminal(shown, 400)):
        assert "\x1b]" not in text
        assert "\x1b[31m" not in text
        assert f"<{expected}>" in text
        assert all(each.isprintable() for each in text.replace("\n", ""))


def test_an_encoding_that_knows_little_is_no_end() -> None:
    text = in_pipe(report(line(resource=database("überwachung"))), encoding="ascii")
    assert "db:\\xfcberwachung" in text
    assert "-> Raise the backup" in text


def test_what_stands_for_all_of_a_kind_is_named_so() -> None:
    def whole(kind: str, tail: str) -> Line:
        return line(Outcome.UNKNOWN, "denied", resource=Resource(f"arn:aws:rds:us-gov-west-1:1:{tail}", kind, WEST))

    text = on_terminal(report(whole("rds:db", "*"), whole("guardduty:*", "*"), whole("aws:account", "root")))
    assert "all of rds:db" in text
    assert "all of guardduty\n" in text or "all of guardduty " in text
    assert "the account" in text


def test_the_end_counts_and_names_its_whole() -> None:
    *_, counts, baseline = in_pipe(every_outcome()).splitlines()
    assert counts == "6 findings: 2 fail, 1 unknown, 1 exempt, 1 pass, 1 not applicable"
    assert baseline.startswith("class-c: 2 of 322 controls have a check; of 322: 2 fail, ")
    numbers = [int(word) for word in baseline.partition("of 322: ")[2].replace(",", "").split() if word.isdigit()]
    assert sum(numbers) == 322


def test_one_finding_is_not_several() -> None:
    assert "\n1 finding: 1 fail, " in in_pipe(report(line()))


def test_a_report_on_a_part_says_nothing_of_the_baseline() -> None:
    assert "class-c" not in in_pipe(replace(every_outcome(), complete=False))


@pytest.mark.parametrize(
    ("lines", "told"), [((line(Outcome.PASS),), "Nothing fails, nothing is unknown."), ((), "Nothing was judged.")]
)
def test_nothing_to_do_is_said_in_words(lines: tuple[Line, ...], told: str) -> None:
    shown = report(*lines)
    for text in (in_pipe(shown), on_terminal(shown)):
        assert text.splitlines()[0] == told


def test_a_check_with_two_severities_is_two_groups() -> None:
    other = line(resource=database("staging"), severity=Severity.LOW)
    text = on_terminal(report(line(), other))
    assert text.count("Automated backups are kept long enough") == 2
