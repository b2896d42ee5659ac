"""A contract whose columns have formats of every kind, and rows for it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tablee.models.columns import CategoryColumn, NumberColumn, TextColumn
from tablee.models.contract import Contract, Target
from tablee.models.problem import ProblemType
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat

Row = dict[str, Any]
MISSING = ("NA", "-")
CONTRACT = Contract(
    model="formatted",
    columns=(
        NumberColumn(
            name="amount",
            minimum=0,
            maximum=2000,
            cell_format=CellFormat(missing=MISSING, number=NumberFormat(decimal=",", thousands=" ")),
        ),
        CategoryColumn(name="padded", levels=("a", "b c"), cell_format=CellFormat(missing=("NA",), trimmed=True)),
        CategoryColumn(name="flag", levels=("non", "oui"), cell_format=CellFormat(booleans=("oui", "non"))),
        CategoryColumn(
            name="level",
            levels=("2024-03-12", "2024-12-03"),
            cell_format=CellFormat(missing=MISSING, date=DateFormat(pattern="%Y-%d-%m")),
        ),
        TextColumn(
            name="day",
            reads="date",
            earliest="1950-01-01",
            latest="2024-12-31",
            cell_format=CellFormat(missing=MISSING, date=DateFormat(pattern="%m/%d/%y", first_year=1940)),
        ),
        TextColumn(name="note", cell_format=CellFormat(missing=("NA",), trimmed=True)),
        TextColumn(name="free", cell_format=CellFormat(missing=("NA",))),
    ),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
    ignored=("y",),
)
_TEXTS = st.none() | st.sampled_from(["a", " a", "b c\u00a0", "", "  ", "NA", " NA ", "-", "\u2003a", "\x1ca", "d"])
_DATES = st.none() | st.sampled_from(
    [
        *("2024-03-12", "2024-12-03", " 2024-03-12 ", "11/02/23", "02/11/39", "02/11/40", "13/02/23", "1949-12-31"),
        *("2024-12-31T10:00:00", "2024-12-31T10:00:00Z", "2025-01-01", "hier", "", " ", "NA", "2024-31-12"),
    ]
)
ROWS: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {
        "amount": st.none() | st.integers(-5, 2100) | st.floats(-5, 2100),
        "padded": _TEXTS,
        "flag": st.none() | st.sampled_from(["oui", "non", "OUI", "true", ""]) | st.booleans(),
        "level": _DATES,
        "day": _DATES,
        "note": _TEXTS,
        "free": _TEXTS,
    }
)
"""Rows of JSON that fit the contract."""
