"""Until every target was judged since the start nobody can say that something is not there: 503, and ask again."""

from collections.abc import Collection

import httpx
import pytest

from ppbe_observe.model import Target
from support.findings import WEST, finding
from support.views import Watched
from support.webserver import serving

EAST = Target("999999999999", "us-gov-east-1")
ARN = "arn:aws-us-gov:rds:us-gov-east-1:999999999999:db:x"
OF_TARGETS = ["/findings/0123", f"/resources/{ARN}"]
JUDGED = [finding("bad")]


def told(watched: Watched, path: str) -> tuple[int, str, str]:
    """The status of the page and of the API, which are the same, what a machine is told, and when to ask again."""
    with serving(views=watched.views) as server:
        shown, answer = httpx.get(server.url + path), httpx.get(f"{server.url}/api/v1{path}")
    assert shown.status_code == answer.status_code
    assert shown.headers.get("retry-after") == answer.headers.get("retry-after")
    detail = answer.json().get("detail", "")
    assert answer.status_code != 503 or detail in shown.text
    return answer.status_code, detail, answer.headers.get("retry-after", "")


@pytest.mark.parametrize("path", [*OF_TARGETS, "/controls/ac-2", "/controls/KSI-SVC-SIN"])
@pytest.mark.parametrize(
    ("awaited", "who"), [((), "the targets"), ((WEST,), "1 of 1 targets"), ((WEST, EAST), "2 of 2 targets")]
)
def test_right_after_the_start(path: str, awaited: Collection[Target], who: str) -> None:
    why = f"Nobody can tell yet: {who} have not been judged since the start."
    assert told(Watched(awaited=awaited), path) == (503, why, "5")


@pytest.mark.parametrize("path", OF_TARGETS)
def test_it_may_be_of_the_target_that_was_not_judged(path: str) -> None:
    why = "Nobody can tell yet: 1 of 2 targets have not been judged since the start."
    assert told(Watched(awaited=(WEST, EAST)).judge(JUDGED), path) == (503, why, "5")


@pytest.mark.parametrize("path", OF_TARGETS)
def test_nothing_is_awaited_any_more(path: str) -> None:
    assert told(Watched(awaited=(WEST,)).judge(JUDGED), path)[::2] == (404, "")


@pytest.mark.parametrize("path", [*OF_TARGETS, "/controls/ac-2"])
def test_nothing_is_awaited_where_the_checks_are_switched_off(path: str) -> None:
    assert told(Watched(awaited=(), enabled=False), path)[0] == 404


def test_a_control_that_fedramp_does_not_know_is_never_there() -> None:
    assert told(Watched(awaited=()), "/controls/zz-99")[0] == 404


def test_what_was_found_is_shown_while_others_are_awaited() -> None:
    watched = Watched(awaited=(WEST, EAST)).judge(JUDGED)
    assert told(watched, "/controls/ac-2")[0] == 200
