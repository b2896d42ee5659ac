"""The grammar of expressions over columns: parse an expression, and check it against the kinds of the columns.

The grammar is closed: an expression can contain only what is listed here.

    price * (1 - discount)               + - * /, numbers, columns
    col("prix net, é") / max(n, 1)       columns whose names are no plain words; min and max of two and more
    log(x), exp(x), sqrt(x), abs(x)
    10 if age >= 18 and sex == "f" else 0      comparisons, and, or, not; a text column with a text only by == and !=
    len(comment)                         the number of a text's characters

All values are numbers; a comparison gives 1 or 0. The result is missing where an operand is missing, and where the
result is not a finite number (a division by 0, the logarithm of 0). The branch of an `if` that is not taken has no
influence. `tablee.recipes.formula.row` computes an expression for one row, `tablee.recipes.formula.frame` for many.
Both give the same bits, because every operation is one of IEEE 754 or the same function of the C library.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal


class FormulaFault(ValueError):
    """An error in an expression: its code, its facts by name, and its sentence in English."""

    def __init__(self, code: FaultCode, message: str, **facts: str | int) -> None:
        super().__init__(message)
        self.code, self.facts = code, facts


FaultCode = Literal["unreadable", "too_deep", "not_allowed", "no_column", "wrong_kind"]

LONGEST = 2000
"""Characters of an expression at most."""
DEEPEST = 30
"""Levels of nesting at most."""

OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
_KNOWN = "+ - * / < <= > >= == != and or not if-else, abs exp len log max min sqrt, col"


@lru_cache(1000)
def parse(expression: str) -> ast.expr:
    """The syntax tree of an expression.

    :raises FormulaFault: the expression is not of the grammar; the error says which part, and where.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        offset = (error.offset or 0) if isinstance(error, SyntaxError) else 0
        place = f" (character {offset})" if offset else ""
        message = f"“{expression}” cannot be read{place}: expected an expression of {_KNOWN}"
        raise FormulaFault("unreadable", message, expression=expression, place=offset) from None
    _walk(tree, expression, 0)
    return tree


def _walk(node: ast.expr, expression: str, depth: int) -> None:
    if depth > DEEPEST:
        raise FormulaFault("too_deep", f"the expression is nested deeper than {DEEPEST} levels", levels=DEEPEST)
    match node:
        case ast.Constant(value=int() | float() as value) if type(value) is not bool and _finite(value):
            return
        case ast.Name():
            return
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str())], keywords=[]):
            return
        case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]) if column_of(argument) is not None:
            return
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if (
            name in FUNCTIONS and len(arguments) == 1
        ) or (name in ("min", "max") and len(arguments) > 1):
            inner = arguments
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            inner = [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
            inner = [operand]
        case ast.BoolOp(values=values):
            inner = values
        case ast.IfExp(test=test, body=body, orelse=orelse):
            inner = [test, body, orelse]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            if text_compared(left, op, right) is not None:
                return
            inner = [left, right]
        case _:
            shown = ast.get_source_segment(expression.strip(), node) or expression
            message = f"“{shown}” is not allowed in an expression: expected {_KNOWN}"
            raise FormulaFault("not_allowed", message, part=shown)
    for each in inner:
        _walk(each, expression, depth + 1)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def column_of(node: ast.expr) -> str | None:
    """The column that a node stands for; None if the node is something else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))], keywords=[]):
            return name
    return None


def text_compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[str, str] | None:
    """The column and the text of a comparison with a text; None if it is a comparison of numbers."""
    if not isinstance(op, ast.Eq | ast.NotEq):
        return None
    for one, other in ((left, right), (right, left)):
        name = column_of(one)
        if name is not None and isinstance(other, ast.Constant) and type(other.value) is str:
            return name, other.value
    return None


def columns(tree: ast.expr) -> tuple[str, ...]:
    """The columns that an expression reads, in the order of their appearance."""
    found: dict[str, None] = {}

    def visit(node: ast.expr) -> None:
        name = column_of(node)
        if name is not None:
            found[name] = None
        for child in _operands(node) if name is None else ():
            visit(child)

    visit(tree)
    return tuple(found)


def check(tree: ast.expr, kinds: Mapping[str, str]) -> None:
    """Check an expression against the columns that it finds.

    :param kinds: of the columns, by name.
    :raises FormulaFault: a column is not of the kind that the expression needs, or the expression reads no column.
    """
    if not columns(tree):
        raise FormulaFault("no_column", "the expression reads no column")

    def visit(node: ast.expr) -> None:
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[argument]):
                _expect(kinds, str(column_of(argument)), "text")
                return
            case ast.Compare(left=left, ops=[op], comparators=[right]) if found := text_compared(left, op, right):
                _expect(kinds, found[0], "text")
                return
        name = column_of(node)
        if name is not None:
            _expect(kinds, name, "number")
            return
        for child in _operands(node):
            visit(child)

    visit(tree)


def _expect(kinds: Mapping[str, str], name: str, kind: str) -> None:
    if kinds[name] != kind:
        hint = "; use date_parts or elapsed" if kinds[name] == "date" else ""
        message = f"“{name}” is a {kinds[name]} here, the expression needs a {kind}{hint}"
        raise FormulaFault("wrong_kind", message, column=name, kind=kinds[name], needed=kind)


def _operands(node: ast.expr) -> Sequence[ast.expr]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BoolOp(values=values):
            return values
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return [body, test, orelse]
        case ast.Compare(left=left, comparators=[right]):
            return [left, right]
        case ast.Call(args=arguments):
            return arguments
    return []
