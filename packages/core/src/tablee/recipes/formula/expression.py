"""Expressions over columns, from a closed grammar: nothing is ever evaluated but what is listed here.

    price * (1 - discount)               + - * /, numbers, columns
    col("prix net, é") / max(n, 1)       columns whose names are no plain words; min and max of two and more
    log(x), exp(x), sqrt(x), abs(x)
    10 if age >= 18 and sex == "f" else 0      comparisons, and, or, not; a text column with a text only by == and !=
    len(comment)                         the number of a text's characters

All values are numbers, those of comparisons 1 and 0. Where an operand is missing, so is the result; so it is where the
result is no finite number (a division by 0, the logarithm of 0). The branch of an `if` not taken does not count.
`of_cells` compiles a tree for one row, `tablee.recipes.formula.frame` for many; both give the same bits, since every
operation is one of IEEE 754 or the same function of the C library.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal


class FormulaFault(ValueError):
    """What is wrong with an expression: a code and what its sentence names; the message is that sentence in English."""

    def __init__(self, code: FaultCode, message: str, **facts: str | int) -> None:
        super().__init__(message)
        self.code, self.facts = code, facts


FaultCode = Literal["unreadable", "too_deep", "not_allowed", "no_column", "wrong_kind"]

LONGEST = 2000
DEEPEST = 30

Cells = list[Any]
Compiled = Callable[[Cells], float | None]

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
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
}
_KNOWN = "+ - * / < <= > >= == != and or not if-else, abs exp len log max min sqrt, col"


@lru_cache(1000)
def parse(expression: str) -> ast.expr:
    """The tree of an expression.

    :raises FormulaFault: it is not of the grammar; says what and where.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        offset = (error.offset or 0) if isinstance(error, SyntaxError) else 0
        place = f" (character {offset})" if offset else ""
        message = f"«{expression}» cannot be read{place}: expected an expression of {_KNOWN}"
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
            name in _FUNCTIONS and len(arguments) == 1
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
            message = f"«{shown}» is not allowed in an expression: expected {_KNOWN}"
            raise FormulaFault("not_allowed", message, part=shown)
    for each in inner:
        _walk(each, expression, depth + 1)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def column_of(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="col"), args=[ast.Constant(value=str(name))], keywords=[]):
            return name
    return None


def text_compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[str, str] | None:
    """The column and the text that are compared, if they are."""
    if not isinstance(op, ast.Eq | ast.NotEq):
        return None
    for one, other in ((left, right), (right, left)):
        name = column_of(one)
        if name is not None and isinstance(other, ast.Constant) and type(other.value) is str:
            return name, other.value
    return None


def columns(tree: ast.expr) -> tuple[str, ...]:
    """The columns that it reads, in the order of their appearance."""
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
    """:raises FormulaFault: a column is not of the kind that the expression needs, or it reads none."""
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
        message = f"«{name}» is a {kinds[name]} here, the expression needs a {kind}{hint}"
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


def of_cells(node: ast.expr, places: Mapping[str, int]) -> Compiled:
    """The expression for one row, given as a list of cells with a column at each of these places."""

    def compiled(inner: ast.expr) -> Compiled:
        return of_cells(inner, places)

    name = column_of(node)
    if name is not None:
        return operator.itemgetter(places[name])
    match node:
        case ast.Constant(value=value):
            constant = float(value)  # type: ignore[arg-type]  # `parse` lets no other through
            return lambda cells: constant
        case ast.Call(func=ast.Name(id="len"), args=[argument]):
            return _length(places[str(column_of(argument))])
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return _applied(_FUNCTIONS[function], compiled(argument))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _extreme(operator.lt if function == "min" else operator.gt, [compiled(each) for each in arguments])
        case ast.BinOp(left=left, op=op, right=right):
            return _computed(OPERATORS[type(op)], compiled(left), compiled(right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _computed(operator.mul, compiled(operand), lambda cells: -1.0)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return compiled(operand)
        case ast.UnaryOp(operand=operand):
            return _compared(operator.eq, compiled(operand), lambda cells: 0.0)
        case ast.BoolOp(op=op, values=values):
            return _joined(isinstance(op, ast.And), [compiled(each) for each in values])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _chosen(compiled(test), compiled(body), compiled(orelse))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            found = text_compared(left, op, right)
            if found is not None:
                return _same(COMPARISONS[type(op)], places[found[0]], found[1])
            return _compared(COMPARISONS[type(op)], compiled(left), compiled(right))
    raise AssertionError(ast.dump(node))


def _length(place: int) -> Compiled:
    def length(cells: Cells) -> float | None:
        text = cells[place]
        return None if text is None else float(len(text))

    return length


def _same(compare: Callable[[Any, Any], bool], place: int, wanted: str) -> Compiled:
    def same(cells: Cells) -> float | None:
        text = cells[place]
        return None if text is None else float(compare(text, wanted))

    return same


def _applied(function: Callable[[float], float], argument: Compiled) -> Compiled:
    def applied(cells: Cells) -> float | None:
        value = argument(cells)
        if value is None:
            return None
        try:
            return function(value)
        except (ValueError, OverflowError):
            return None

    return applied


def _computed(compute: Callable[[Any, Any], float], left: Compiled, right: Compiled) -> Compiled:
    isfinite = math.isfinite

    def computed(cells: Cells) -> float | None:
        one, other = left(cells), right(cells)
        if one is None or other is None:
            return None
        try:
            value = compute(one, other)
        except ZeroDivisionError:
            return None
        return value if isfinite(value) else None

    return computed


def _compared(compare: Callable[[Any, Any], bool], left: Compiled, right: Compiled) -> Compiled:
    def compared(cells: Cells) -> float | None:
        one, other = left(cells), right(cells)
        return None if one is None or other is None else float(compare(one, other))

    return compared


def _extreme(before: Callable[[Any, Any], bool], arguments: list[Compiled]) -> Compiled:
    def extreme(cells: Cells) -> float | None:
        best = arguments[0](cells)
        for argument in arguments[1:]:
            value = argument(cells)
            if best is None or value is None:
                return None
            if before(value, best):
                best = value
        return best

    return extreme


def _joined(every: bool, values: list[Compiled]) -> Compiled:
    def joined(cells: Cells) -> float | None:
        found = [value(cells) for value in values]
        if None in found:
            return None
        return float(all(found) if every else any(found))

    return joined


def _chosen(test: Compiled, body: Compiled, orelse: Compiled) -> Compiled:
    def chosen(cells: Cells) -> float | None:
        value = test(cells)
        if value is None:
            return None
        return body(cells) if value else orelse(cells)

    return chosen
