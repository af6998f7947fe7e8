"""The pictures of the README are there, and small: nobody clones megabytes for them."""

import re

from support.project import PROJECT

LARGEST = 200_000
"""Bytes."""


def test_every_picture_is_there_is_small_and_says_what_it_shows() -> None:
    named = re.findall(r"!\[([^\]]*)\]\((docs/images/[^)]+)\)", (PROJECT / "README.md").read_text("utf-8"))
    assert named
    assert all(said for said, _ in named)
    assert {path: (PROJECT / path).stat().st_size < LARGEST for _, path in named} == {path: True for _, path in named}
    assert {path for _, path in named} == {f"docs/images/{each.name}" for each in (PROJECT / "docs/images").iterdir()}
