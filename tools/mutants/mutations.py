"""The changes of a module, made on its syntax tree and written back as text, so that one small span differs."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
FIXED_ORDER = {"isinstance", "issubclass", "getattr", "setattr", "hasattr", "cast", "TypeVar", "min", "max", "range"}
"""Calls whose arguments are not swapped: nobody confuses them, or it changes nothing."""
LOGS = {"log", "logger", "LOG", "_log", "warnings"}
NOT_RUN = {"annotation", "returns", "decorator_list"}
"""Parts of the syntax tree that do nothing when the code runs."""


@dataclass(frozen=True)
class Mutation:
    """One change: the bytes from `start` to `end` become `new`."""

    kind: str
    line: int
    start: int
    end: int
    old: str
    new: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{old} → {new}"


def mutations(source: bytes) -> list[Mutation]:
    """All changes of a module, in the order of the text."""
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    found = []
    for node, kind, new in _changes(ast.parse(source)):
        start = offsets[node.lineno - 1] + node.col_offset
        end = offsets[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        old = source[start:end].decode()
        found.append(Mutation(kind, node.lineno, start, end, old, new))
    return sorted(found, key=lambda each: (each.start, each.end, each.new))


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    """Node to be replaced, the kind of change, the new text."""
    if isinstance(node, ast.JoinedStr) or _logs(node):  # Python 3.11 knows no places within f-strings
        return
    if isinstance(node, ast.expr):
        for kind, changed in _changed_expressions(node):
            yield node, kind, f"({ast.unparse(changed)})"
    elif isinstance(node, ast.stmt) and _removable(node):
        yield node, "statement", "pass"
    for name, value in ast.iter_fields(node):
        if name not in NOT_RUN:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _changes(child)


def _changed_expressions(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield "comparison", _with(node, ops=[COMPARISONS[type(op)]()])
        case ast.BoolOp(op=op):
            yield "and/or", _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not", operand
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield "operator", _with(node, op=OPERATORS[type(op)]())
        case ast.IfExp(body=body, orelse=orelse):
            yield "branches", _with(node, body=orelse, orelse=body)
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "constant", ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield "constant", ast.Constant(value * 2 if value else 1.0)
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield "min/max, any/all", _with(node, func=ast.Name(NAMES[name]))
        case ast.Call(args=[first, second, *more]) if _swappable(node):
            yield "order of arguments", _with(node, args=[second, first, *more])


def _swappable(node: ast.Call) -> bool:
    first, second = node.args[:2]
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    starred = any(isinstance(each, ast.Starred) for each in (first, second))
    return not starred and name not in FIXED_ORDER and ast.dump(first) != ast.dump(second)


def _removable(node: ast.stmt) -> bool:
    """Whether a statement changes a state or leaves early, and can be missing without an error of names."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.If(body=[ast.Raise() | ast.Return() | ast.Continue() | ast.Break()], orelse=[]):
            return True
    return False


def _logs(node: ast.AST) -> bool:
    """Whether it is a call of a logger, such as `log.info(…)`."""
    while isinstance(node, ast.Expr | ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id in LOGS


def _with(node: ast.expr, **changes: object) -> ast.expr:
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed
