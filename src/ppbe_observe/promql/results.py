"""Which labels the result of an expression may have. Pure.

Source: Prometheus documentation, "Operators" (vector matching, aggregation) and "Functions" (absent, label_replace).
"""

from typing import Any

import promql_parser as parser

from ppbe_observe.promql.expression import ABSENT, SETS

_CHOOSING = frozenset({"topk", "bottomk"})
_CARD = parser.VectorMatchCardinality
_RELABELLING = frozenset({"label_replace", "label_join"})


def may_have(node: Any, label: str) -> bool:
    """Whether the result of a parsed expression may have a label; a selector is taken to have any."""
    if isinstance(node, parser.AggregateExpr):
        return _aggregated(node, label)
    if isinstance(node, parser.BinaryExpr):
        return _joined(node, label)
    if isinstance(node, parser.Call):
        return _called(node, label)
    if isinstance(node, parser.ParenExpr | parser.UnaryExpr | parser.SubqueryExpr):
        return may_have(node.expr, label)
    return isinstance(node, parser.VectorSelector | parser.MatrixSelector)


def _aggregated(node: Any, label: str) -> bool:
    if str(node.op) in _CHOOSING:
        return may_have(node.expr, label)
    if node.modifier is None:
        return False
    by = node.modifier.type == parser.AggModifierType.By
    return (label in node.modifier.labels) == by and may_have(node.expr, label)


def _joined(node: Any, label: str) -> bool:
    left, right = may_have(node.lhs, label), may_have(node.rhs, label)
    if str(node.op) in SETS:
        return left or (right and str(node.op) == "or")
    if node.modifier is None or node.modifier.matching is None:
        return left or right
    matching, card = node.modifier.matching, node.modifier.card
    for many, side in ((_CARD.ManyToOne, left), (_CARD.OneToMany, right)):
        if card == many:
            return side or label in (node.modifier.group_labels or ())
    on = matching.type == parser.LabelModifierType.Include
    return (label in matching.labels) == on and left


def _called(node: Any, label: str) -> bool:
    name = str(node.func.name)
    if name in _RELABELLING and node.args[1].val == label:
        return True
    if name in ABSENT:
        return _wanted(node.args[0], label)
    return any(may_have(each, label) for each in node.args)


def _wanted(selector: Any, label: str) -> bool:
    """absent() has the labels that its selector wants to be equal to something."""
    inner = selector.vector_selector if isinstance(selector, parser.MatrixSelector) else selector
    return isinstance(inner, parser.VectorSelector) and any(
        each.name == label and each.op == parser.MatchOp.Equal for each in inner.matchers.matchers
    )
