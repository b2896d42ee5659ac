"""An expression (`tablee.recipes.formula.expression`) compiled for one row: closures over a list of cells.

A missing value is None.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from tablee.recipes.formula.expression import COMPARISONS, FUNCTIONS, OPERATORS, column_of, text_compared

Cells = list[Any]
Compiled = Callable[[Cells], float | None]


def compile_expression(node: ast.expr, positions: Mapping[str, int]) -> Compiled:
    """The function from the cells of a row to the value of the expression; None where it is missing.

    :param node: a syntax tree of `expression.parse`.
    :param positions: of the columns in the list of cells, by name.
    """

    def compiled(inner: ast.expr) -> Compiled:
        return compile_expression(inner, positions)

    name = column_of(node)
    if name is not None:
        return operator.itemgetter(positions[name])
    match node:
        case ast.Constant(value=value):
            constant = float(value)  # type: ignore[arg-type]  # `parse` accepts numbers only
            return lambda cells: constant
        case ast.Call(func=ast.Name(id="len"), args=[argument]):
            return _length(positions[str(column_of(argument))])
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return _applied(FUNCTIONS[function], compiled(argument))
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
                return _same(COMPARISONS[type(op)], positions[found[0]], found[1])
            return _compared(COMPARISONS[type(op)], compiled(left), compiled(right))
    raise AssertionError(ast.dump(node))


def _length(position: int) -> Compiled:
    def length(cells: Cells) -> float | None:
        text = cells[position]
        return None if text is None else float(len(text))

    return length


def _same(compare: Callable[[Any, Any], bool], position: int, wanted: str) -> Compiled:
    def same(cells: Cells) -> float | None:
        text = cells[position]
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
