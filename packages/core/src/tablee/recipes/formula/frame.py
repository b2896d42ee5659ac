"""An expression (`tablee.recipes.formula.expression`) over all rows of a frame.

Every part of the expression is one array of float64. NaN, which no column contains, stands for a missing value.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tablee.recipes.formula.expression import COMPARISONS, OPERATORS, column_of, text_compared

Values = NDArray[np.float64]


def evaluate(tree: ast.expr, frame: pl.DataFrame) -> pl.Series:
    """The expression's value for each row."""
    with np.errstate(all="ignore"):
        return pl.Series(_values(tree, frame), nan_to_null=True)


def divided(numerator: pl.Series, denominator: pl.Series | float) -> pl.Series:
    """The quotient of each row, null where it is not finite.

    numpy divides here, because polars multiplies by the inverse of a constant, which can differ in the last bit.
    """
    other = denominator if isinstance(denominator, float) else _array(denominator)
    with np.errstate(all="ignore"):
        return pl.Series(_finite(np.divide(_array(numerator), other)), nan_to_null=True)


def _values(node: ast.expr, frame: pl.DataFrame) -> Values:
    def of(inner: ast.expr) -> Values:
        return _values(inner, frame)

    name = column_of(node)
    if name is not None:
        return _array(frame[name])
    match node:
        case ast.Constant(value=value):
            return np.full(frame.height, float(value))  # type: ignore[arg-type]  # `parse` accepts numbers only
        case ast.Call(func=ast.Name(id="len"), args=[argument]):
            return _array(frame[str(column_of(argument))].str.len_chars().cast(pl.Float64))
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return np.abs(of(argument))
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            return np.sqrt(of(argument))
        case ast.Call(func=ast.Name(id="log"), args=[argument]):  # numpy has its own log and exp, not the C library's
            return _finite(pl.Series(of(argument)).log().to_numpy())
        case ast.Call(func=ast.Name(id="exp"), args=[argument]):
            return _finite(pl.Series(of(argument)).exp().to_numpy())
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _extreme(function == "min", [of(each) for each in arguments])
        case ast.BinOp(left=left, op=op, right=right):
            return _finite(OPERATORS[type(op)](of(left), of(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return of(operand) * -1.0
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return of(operand)
        case ast.UnaryOp(operand=operand):
            given = of(operand)
            return np.where(np.isnan(given), given, given == 0.0)
        case ast.BoolOp(op=op, values=values):
            return _joined(isinstance(op, ast.And), [of(each) for each in values])
        case ast.IfExp(test=test, body=body, orelse=orelse):
            truth = of(test)
            return np.where(np.isnan(truth), truth, np.where(truth != 0.0, of(body), of(orelse)))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            compare, found = COMPARISONS[type(op)], text_compared(left, op, right)
            if found is not None:
                return _array(compare(frame[found[0]], found[1]).cast(pl.Float64))
            one, other = of(left), of(right)
            return np.where(np.isnan(one) | np.isnan(other), np.nan, compare(one, other))
    raise AssertionError(ast.dump(node))


def _array(numbers: pl.Series) -> Values:
    return np.asarray(numbers.to_numpy(), dtype=np.float64)  # polars itself makes NaN of null


def _finite(values: Values) -> Values:
    return np.where(np.isfinite(values), values, np.nan)


def _extreme(least: bool, values: Sequence[Values]) -> Values:
    best = values[0]
    for value in values[1:]:
        closer = np.where(value < best if least else value > best, value, best)
        best = np.where(np.isnan(best) | np.isnan(value), np.nan, closer)
    return best


def _joined(every: bool, values: Sequence[Values]) -> Values:
    truths = [value != 0.0 for value in values]
    joined = np.logical_and.reduce(truths) if every else np.logical_or.reduce(truths)
    return np.where(np.logical_or.reduce([np.isnan(value) for value in values]), np.nan, joined)
