"""The actions against personal data for a column, from the form and the proposal."""

from __future__ import annotations

from typing import Any

import pytest

from tablee.datasets.manifest import ColumnSummary
from tablee.datasets.privacy import (
    Action,
    Bands,
    Drop,
    Keep,
    Mask,
    Period,
    Prefix,
    Pseudonym,
)
from tablee_ui.pages.data.personal.action_form import action, applicable, band_width


def column(kind: str = "number", **facts: Any) -> ColumnSummary:
    return ColumnSummary.model_validate({"name": "c", "kind": kind, "missing": 0, "distinct": 90} | facts)


@pytest.mark.parametrize(("kind", "has", "has_not"), [("number", "bands", "period"), ("text", "period", "bands")])
def test_only_applicable_actions_are_offered(kind: str, has: str, has_not: str) -> None:
    assert has in applicable(column(kind))
    assert has_not not in applicable(column(kind))


@pytest.mark.parametrize(
    ("kind", "parameter", "proposal", "made"),
    [
        ("keep", None, Drop(column="c"), Keep(column="c")),
        ("drop", None, None, Drop(column="c")),
        ("mask", 3, None, Mask(column="c", keep_last=3)),
        ("bands", 10, None, Bands(column="c", width=10)),
        ("pseudonym", None, Pseudonym(column="c", scope="s"), Pseudonym(column="c", scope="s")),
        ("prefix", 3, Prefix(column="c", length=2, digits=5), Prefix(column="c", length=3, digits=5)),
        ("prefix", 3, Mask(column="c", keep_last=4), Prefix(column="c", length=3)),
        (
            "period",
            "month",
            Period(column="c", to="year", format="%d/%m/%Y"),
            Period(column="c", to="month", format="%d/%m/%Y"),
        ),
    ],
)
def test_other_parameters_are_those_of_the_proposal(
    kind: str, parameter: Any, proposal: Action | None, made: Action
) -> None:
    assert action("c", kind, parameter, proposal) == made


@pytest.mark.parametrize(
    ("low", "high", "integer", "width"),
    [
        (18, 92, True, 10),
        (0, 9, True, 1),
        (0.0, 1.0, False, 0.1),
        (1200, 64_000, True, 10_000),
        (5, 5, True, 1),
        (0, 0.0032, False, 0.0005),
        (0, 19, True, 2),
    ],
)
def test_bands_are_round(low: float, high: float, integer: bool, width: float) -> None:
    assert band_width(column(minimum=low, maximum=high, integer=integer)) == pytest.approx(width)
