"""The error tree: complete, drawn, documented, and the same shape for everybody."""

from __future__ import annotations

import re

import orjson
import pytest
from repository import ROOT

from tablee import errors
from tablee.errors import InvalidRows, TableeError, tree
from tablee.errors.cells import Cell
from tablee.http import middleware
from tablee.i18n.message import english

TREE = tree(TableeError)


def test_codes_are_unique_and_statuses_are_http() -> None:
    assert len({cls.code for cls in TREE}) == len(TREE)
    assert all(400 <= cls.status < 600 and cls.usual_hint(english()) for cls in TREE)


def test_the_drawing_is_the_tree() -> None:
    drawn = re.findall(r"(\w+)\s+(\d{3}) (\w+)", errors.__doc__ or "")
    assert drawn == [(cls.__name__, str(cls.status), cls.code) for cls in TREE]


@pytest.mark.parametrize("cls", TREE, ids=lambda cls: cls.code)
def test_every_error_has_one_shape_and_comes_back_as_itself(cls: type[TableeError]) -> None:
    error = cls([Cell(1, "a", "x", "a number")]) if cls is InvalidRows else cls("it broke")
    status, headers, body = middleware.render_problem(error, "r-1")
    problem = orjson.loads(body)
    assert status == problem["status"] == cls.status
    assert {"type", "title", "status", "detail", "code", "hint", "request_id"} <= problem.keys()
    assert dict(headers)[b"content-type"] == b"application/problem+json"
    again = TableeError.from_problem(problem)
    assert (type(again), again.detail, again.hint) == (cls, error.detail, error.hint)
    assert again.problem("r-1") == problem


def test_an_unknown_problem_is_still_an_error() -> None:
    assert TableeError.from_problem({}).detail == "the service gave no reason"


@pytest.mark.parametrize("value", [10**400, float("nan"), "é" * 5000, {"a": object()}, b"\xff", None, True])
def test_any_value_can_be_named(value: object) -> None:
    _, _, body = middleware.render_problem(InvalidRows([Cell(1, "a", value, "a number")]))
    assert len(body) < 2000


def test_every_code_is_documented() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    assert [code for code in (cls.code for cls in TREE) if f"`{code}`" not in page] == []
