"""The settings file as plain data, with the line of every key. Pure.

YAML is read through its node tree, never into objects, by the rules of YAML 1.2: ``no`` and ``012345678901``
stay text. A key that is there twice, an alias that contains itself, and a file of absurd size are errors.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The way to a value: ``("targets", 0, "regions")``."""

_MOST_NODES = 100_000  # aliases multiply: ten lines can stand for a billion values
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,3})?\Z")
_TEXT = "tag:yaml.org,2002:str"
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
}
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_LONGEST_INT = 18  # digits; longer ones stay text, so that no number is rounded or takes long to read


class DocumentError(Exception):
    """The text is not YAML, or not of the kind that settings are written in; ``line`` is 1 for the first."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document that can still be read."""

    line: int
    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """What the file says: its data, the line of every key and item, and what is wrong with it."""

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Document:
    """Read one YAML document whose top is a mapping; an empty text is an empty mapping.

    Raises:
        DocumentError: It cannot be read.
    """
    root = _compose(text)
    if root is None:
        return Document()
    if not isinstance(root, yaml.MappingNode):
        raise DocumentError(_line(root), "the file is not a mapping; fix: write `key: value` lines, targets first")
    reader = _Reader()
    data = reader.value(root, ())
    return Document(data, reader.lines, tuple(reader.problems))


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, yaml.SafeLoader)  # nodes only: nothing is constructed
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = "; ".join(filter(None, (error.context, error.problem)))
        raise DocumentError(
            mark.line + 1 if mark else 1,
            f"not YAML: {what}; fix: check the indentation, quotes and brackets here",
        ) from None
    except yaml.YAMLError as error:
        message = " ".join(str(error).split())
        raise DocumentError(1, f"not YAML: {message}; fix: save the file as plain UTF-8 text") from None
    except RecursionError:
        raise DocumentError(1, "nested too deeply; fix: write the settings as documented") from None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


class _Reader:
    """Walks the nodes of one document once."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()
        self._nodes = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise DocumentError(_line(node), f"more than {_MOST_NODES} values; fix: remove the nested aliases")
        if node.tag not in _PLAIN_TAGS:
            raise DocumentError(_line(node), f"tag {node.tag} is not allowed; fix: write a plain value")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._open:
            raise DocumentError(_line(node), "an alias contains itself; fix: write the value out")
        self._open.add(id(node))
        try:
            return self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._list(node, path)
        finally:
            self._open.discard(id(node))

    def _list(self, node: yaml.Node, path: Path) -> list[Any]:
        items = []
        for index, item in enumerate(node.value):
            where = (*path, index)
            self.lines[where] = _line(item)
            items.append(self.value(item, where))
        return items

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        own = list(self._entries(node, path))
        for key_node, value_node in own:
            if key_node.value == "<<":  # the merge key of YAML 1.1, usual in files with anchors
                found.update(self._merged(value_node, path))
        self._own(own, path, found)
        return found

    def _own(self, own: list[tuple[yaml.ScalarNode, yaml.Node]], path: Path, found: dict[str, Any]) -> None:
        first: dict[str, int] = {}
        for key_node, value_node in own:
            key, line = str(key_node.value), _line(key_node)
            if key in first:
                message = f"is there twice, first on line {first[key]}; fix: keep one of them"
                self.problems.append(Problem(line, (*path, key), message))
            first.setdefault(key, line)
            if key != "<<":
                self.lines[(*path, key)] = line
                found[key] = self.value(value_node, (*path, key))

    def _merged(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Any] = {}
        for source in reversed(sources):  # the first one named wins
            if not isinstance(source, yaml.MappingNode):
                raise DocumentError(_line(source), "<< takes a mapping; fix: name the anchor of one")
            merged.update(self.value(source, path))
        return merged

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value
            else:
                message = "holds a key that is not plain text; fix: write a word before the colon"
                self.problems.append(Problem(_line(key), path, message))


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style is not None or node.tag == _TEXT:
        return text
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _INT.match(text) and len(text) <= _LONGEST_INT:
        return int(text)
    return float(text) if _FLOAT.match(text) else text
