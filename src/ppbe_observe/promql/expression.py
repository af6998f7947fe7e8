"""What a PromQL expression says: its selectors, its comparison, its ranges. Pure; parsed by promql-parser."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import promql_parser as parser

from ppbe_observe.errors import DefinitionError

COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})
ABSENT = frozenset({"absent", "absent_over_time"})
SETS = frozenset({"and", "or", "unless"})
_FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: the metric, its matchers as (label, operator, value), and its range; None where it is instant."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    range: timedelta | None = None

    @property
    def equal(self) -> dict[str, str]:
        """The labels that it wants to have one value."""
        return {label: value for label, operator, value in self.matchers if operator == "="}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``operator`` and ``number``: what is on its left is compared with."""

    operator: str
    number: float

    def holds(self, value: float) -> bool:
        """Whether a value would fire."""
        return {
            ">": value > self.number,
            "<": value < self.number,
            ">=": value >= self.number,
            "<=": value <= self.number,
            "==": value == self.number,
            "!=": value != self.number,
        }[self.operator]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression."""

    text: str
    root: Any

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Every selector in it."""
        return tuple(_selectors(self.root))

    @property
    def comparison(self) -> Comparison | None:
        """The first comparison with a number, from the left; None where there is none."""
        return next((found for node in _walk(self.root) if (found := _compared(node))), None)

    @property
    def compares(self) -> bool:
        """Whether it has any comparison that drops what does not hold."""
        return any(
            isinstance(node, parser.BinaryExpr)
            and str(node.op) in COMPARISONS
            and not (node.modifier and node.modifier.return_bool)
            for node in _walk(self.root)
        )

    @property
    def reach(self) -> timedelta:
        """How far back it looks at most: ranges, subqueries and offsets, within each other."""
        return _reach(self.root)

    @property
    def functions(self) -> frozenset[str]:
        """The functions that it calls."""
        return frozenset(str(node.func.name) for node in _walk(self.root) if isinstance(node, parser.Call))

    @property
    def labels(self) -> frozenset[str]:
        """The labels that it groups or joins by."""
        return frozenset(label for node in _walk(self.root) for label in _grouped(node))


def parsed(text: str) -> Expression:
    """The expression.

    Raises:
        DefinitionError: It is no PromQL.
    """
    try:
        return Expression(text, parser.parse(text))
    except ValueError as error:
        raise DefinitionError(f"not PromQL: {' '.join(str(error).split())}: {text}") from error


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, parser.BinaryExpr):
        yield from (node.lhs, node.rhs)
    elif isinstance(node, parser.Call):
        yield from node.args
    elif isinstance(node, parser.AggregateExpr):
        yield from (each for each in (node.param, node.expr) if each is not None)
    elif isinstance(node, parser.ParenExpr | parser.UnaryExpr | parser.SubqueryExpr):
        yield node.expr


def _walk(node: Any) -> Iterator[Any]:
    """The nodes from the outside in, from the left to the right."""
    yield node
    for child in _children(node):
        yield from _walk(child)


def _reach(node: Any) -> timedelta:
    if isinstance(node, parser.MatrixSelector):
        return node.range + _reach(node.vector_selector)
    within = max((_reach(each) for each in _children(node)), default=timedelta())
    own = node.range if isinstance(node, parser.SubqueryExpr) else None
    offset = getattr(node, "offset", None)
    return max(within + (own or timedelta()) + (offset or timedelta()), timedelta())


def _selectors(root: Any) -> Iterator[Selector]:
    for node in _walk(root):
        if isinstance(node, parser.MatrixSelector):
            yield _selector(node.vector_selector, node.range)
        elif isinstance(node, parser.VectorSelector):
            yield _selector(node, None)


def _selector(node: Any, within: timedelta | None) -> Selector:
    matchers = tuple((each.name, _operator(each.op), each.value) for each in node.matchers.matchers)
    named = next((value for label, operator, value in matchers if (label, operator) == ("__name__", "=")), "")
    return Selector(node.name or named, tuple(each for each in matchers if each[0] != "__name__"), within)


def _operator(match: Any) -> str:
    operators = (
        (parser.MatchOp.Equal, "="),
        (parser.MatchOp.NotEqual, "!="),
        (parser.MatchOp.Re, "=~"),
        (parser.MatchOp.NotRe, "!~"),
    )
    return next(text for each, text in operators if each == match)


def _compared(node: Any) -> Comparison | None:
    if not isinstance(node, parser.BinaryExpr) or (operator := str(node.op)) not in COMPARISONS:
        return None
    if (number := _number(node.rhs)) is not None:
        return Comparison(operator, number)
    if (number := _number(node.lhs)) is not None:
        return Comparison(_FLIPPED.get(operator, operator), number)
    return None


def _number(node: Any) -> float | None:
    """The value of a constant, such as 44 * 86400."""
    if isinstance(node, parser.NumberLiteral):
        return float(node.val)
    if isinstance(node, parser.ParenExpr):
        return _number(node.expr)
    if isinstance(node, parser.UnaryExpr):
        return None if (inner := _number(node.expr)) is None else -inner
    if isinstance(node, parser.BinaryExpr) and str(node.op) in {"+", "-", "*", "/"}:
        left, right = _number(node.lhs), _number(node.rhs)
        if left is None or right is None or (str(node.op) == "/" and not right):
            return None
        return {"+": left + right, "-": left - right, "*": left * right, "/": left / (right or 1.0)}[str(node.op)]
    return None


def _grouped(node: Any) -> Iterator[str]:
    if isinstance(node, parser.AggregateExpr) and node.modifier:
        yield from node.modifier.labels
    if isinstance(node, parser.BinaryExpr) and node.modifier:
        if node.modifier.matching:
            yield from node.modifier.matching.labels
        yield from node.modifier.group_labels or ()
