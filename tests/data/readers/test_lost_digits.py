"""Numbers of typed files of which float64 would lose digits: texts with a remark, or numbers with a remark."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workbooks import xlsx

from tablee.datasets.reading import Corrections, Decision, Reason
from tablee_data.readers.table import read


def stored(folder: Path, body: bytes, ending: str, **asked: Any) -> tuple[list[Any], list[Decision]]:
    """The cells of the column `a`, and the decisions about it."""
    file, target = folder / f"file.{ending}", folder / "target.parquet"
    file.write_bytes(body)
    table = read(file, target, filename=file.name, asked=Corrections.model_validate(asked))
    return pl.read_parquet(target)["a"].to_list(), [each for each in table.decisions if each.column == "a"]


def parquet(array: pa.Array, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": array}), out, **options)
    return out.getvalue()


def decimals(texts: list[str], precision: int, scale: int) -> pa.Array:
    return pa.array([Decimal(text) for text in texts], pa.decimal128(precision, scale))


@pytest.mark.parametrize("options", [{}, {"write_statistics": False}])
@pytest.mark.parametrize(
    ("texts", "precision", "scale"),
    [
        (["1234567890123456.78", "1234567890123456.79"], 18, 2),
        (["0.10", "-1234567890123456.78"], 18, 2),
        (["99999999999999.9999"], 18, 4),
        (["0.0100", "72345678901234.5678"], 38, 4),
        (["9007199254740993"], 38, 0),
        (["9007199254740993.00"], 38, 2),
    ],
)
def test_an_amount_that_float64_would_change_is_a_text(
    tmp_path: Path, texts: list[str], precision: int, scale: int, options: dict[str, Any]
) -> None:
    cells, (decision,) = stored(tmp_path, parquet(decimals(texts, precision, scale), **options), "parquet")
    assert cells == texts
    assert (decision.field, decision.chosen, decision.reason) == ("type", "text", Reason.CODES)
    assert decision.alternatives == ("number",)
    cells, decisions = stored(tmp_path, parquet(decimals(texts, precision, scale), **options), "parquet", numbers=["a"])
    assert (cells, decisions) == ([float(text) for text in texts], [])


@pytest.mark.parametrize(
    ("texts", "precision", "scale"),
    [
        (["123456789012.34", "0.10"], 18, 2),
        (["1234567890123456.50"], 18, 2),
        (["0.1000000000000000"], 38, 16),
        (["1234567.8901234560000"], 38, 13),
        (["123456789012345.6"], 16, 1),
    ],
)
def test_a_decimal_with_the_digits_of_its_float64_is_a_number(
    tmp_path: Path, texts: list[str], precision: int, scale: int
) -> None:
    cells, decisions = stored(tmp_path, parquet(decimals(texts, precision, scale)), "parquet")
    assert (cells, decisions) == ([float(text) for text in texts], [])


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["1234567890123456.78", "1234567890123456.79"], ["1234567890123456.78", "1234567890123456.79"]),
        (["5", "-99999999999999.9999"], ["5", "-99999999999999.9999"]),
        (["72345678901234.567", "1"], ["72345678901234.567", "1"]),
        (["1234567890123456.5", "1e300"], [1234567890123456.5, 1e300]),
        (["0.1234567890123456789", "62345678901234.56"], [0.12345678901234568, 62345678901234.56]),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_the_same_rule_holds_in_json_and_csv(tmp_path: Path, form: str, texts: list[str], found: list[Any]) -> None:
    rows = [f'{{"a": {text}, "b": 1}}' for text in texts]
    bodies = {
        "jsonl": "\n".join(rows),
        "json": f"[{', '.join(rows)}]",
        "csv": "\n".join(["a,b", *(f"{text},1" for text in texts)]),
    }
    assert stored(tmp_path, bodies[form].encode(), form)[0] == found


@pytest.mark.parametrize(("text", "scale"), [("0.3333333333333333333", 19), ("1234567.333333333333", 12)])
def test_the_last_digits_of_a_computed_decimal_are_lost_with_a_remark(tmp_path: Path, text: str, scale: int) -> None:
    body = parquet(decimals(["0.5", text], 38, scale))
    cells, (decision,) = stored(tmp_path, body, "parquet")
    assert cells == [0.5, float(text)]
    assert (decision.chosen, decision.reason, decision.facts) == ("number", Reason.ROUNDED, {"example": text})
    assert decision.sure
    cells, _ = stored(tmp_path, body, "parquet", texts=["a"])
    assert cells[1] == text


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Paris"])
def test_nanoseconds_tell_moments_apart(tmp_path: Path, zone: str | None) -> None:
    at = 1_710_237_600_000_000_000
    moments = pa.array([at, at + 1, at + 999, at + 1_000, at + 123_456_789, None], pa.timestamp("ns", zone))
    cells, _ = stored(tmp_path, parquet(moments), "parquet")
    assert cells == [
        "2024-03-12T10:00:00",
        "2024-03-12T10:00:00.000000001",
        "2024-03-12T10:00:00.000000999",
        "2024-03-12T10:00:00.000001",
        "2024-03-12T10:00:00.123456789",
        None,
    ]


def test_nanoseconds_of_texts_tell_moments_apart(tmp_path: Path) -> None:
    texts = ["2024-03-12T10:00:00.123456789", "2024-03-12T10:00:00.123456790", "1650-01-01T00:00:00.5"]
    cells, _ = stored(tmp_path, "\n".join(["a,b", *(f"{text},1" for text in texts)]).encode(), "csv")
    assert cells == ["2024-03-12T10:00:00.123456789", "2024-03-12T10:00:00.123456790", "1650-01-01T00:00:00.500"]


BIG = "1234567890123456789"


def with_cell(body: bytes, before: str, after: str) -> bytes:
    """A workbook with another number in a cell: the library that writes workbooks keeps 16 or 17 digits."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/"):
                data = data.replace(f"<v>{before}</v>".encode(), f"<v>{after}</v>".encode())
            new.writestr(name, data)
    return out.getvalue()


def test_a_workbook_keeps_all_digits_of_large_whole_numbers(tmp_path: Path) -> None:
    body = with_cell(xlsx([["a", "b"], [111, 1], [222, 2], [7, 3]], at=(2, 1)), "111", BIG)
    body = with_cell(body, "222", "9007199254740993")
    cells, (decision,) = stored(tmp_path, body, "xlsx")
    assert cells == [BIG, "9007199254740993", "7"]
    assert (decision.field, decision.chosen, decision.reason) == ("type", "text", Reason.CODES)
    cells, _ = stored(tmp_path, body, "xlsx", numbers=["a"])
    assert cells == [float(BIG), 9007199254740992.0, 7.0]


@pytest.mark.parametrize("values", [[6.02e23, 1.0], [1.5, 2e17], [2.0**53 - 1, 1.0]])
def test_measurements_of_a_workbook_are_numbers(tmp_path: Path, values: list[float]) -> None:
    cells, decisions = stored(tmp_path, xlsx([["a", "b"], *[[value, 1] for value in values]]), "xlsx")
    assert (cells, decisions) == (values, [])
