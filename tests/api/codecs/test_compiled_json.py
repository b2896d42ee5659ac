"""The compiled decoder gives the same blocks as the general reader, and the same bytes of predictions."""

from __future__ import annotations

import json
from typing import Any

import formatted_rows
import numpy as np
import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.errors import InvalidRows, TableeError
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block, WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.tables.cells.cell_format import CellFormat, DateFormat
from tablee_api.codecs import json_rows
from tablee_api.codecs.compiled_json import FEW_ROWS as CELL_BY_CELL
from tablee_api.codecs.compiled_json import CompiledDecoder
from tablee_api.codecs.predictions import FEW, to_json, to_objects
from tablee_api.inference.request import ScoredBlock
from tablee_scoring import Predictions

CONTRACT = Contract(
    model="plain",
    columns=(
        NumberColumn(name="size", minimum=1.0, maximum=99.5),
        CategoryColumn(name="place", levels=("a", "b: c", "ü")),
        CategoryColumn(name="told", levels=("", "no")),
        CategoryColumn(name="flag", levels=("FALSE", "TRUE")),
        NumberColumn(name="count: all", integer=True, minimum=0.0, maximum=10.0),
    ),
    target=Target(name="y", problem_type=ProblemType.REGRESSION),
    ignored=("y",),
)
PLAIN, VALIDATOR = CompiledDecoder(CONTRACT), FrameValidator(CONTRACT)
NUMBERS = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-20, 120),
    st.sampled_from([0, -0.0, 10**400, 2**63, 2**64, 10**30, 5e-324]),
)
TEXTS = st.one_of(
    st.none(), st.sampled_from(["a", "b: c", "ü", "", "no", "TRUE", "FALSE", "d", '"', "\\", "\x00"]), st.text()
)
ROWS = st.fixed_dictionaries({"size": NUMBERS, "place": TEXTS, "told": TEXTS, "flag": TEXTS, "count: all": NUMBERS})
ANY = st.one_of(NUMBERS, TEXTS, st.booleans(), st.lists(st.none(), max_size=1))
ODD = st.dictionaries(st.sampled_from([*CONTRACT.names, "y", "other"]), ANY)
MOST = 100


def ordinary(body: bytes, first_row: int = 1) -> Block | str:
    """The block, or the name of the error."""
    try:
        table = json_rows.parse(body, MOST)
        return table.check(VALIDATOR, 0, table.rows, first_row)
    except TableeError as error:
        return type(error).__name__


def same(plain: Block, other: Block) -> None:
    assert {name: list(values) for name, values in plain.columns.items()} == {
        name: list(values) for name, values in other.columns.items()
    }
    assert (plain.rows, plain.warning_count, plain.warned) == (other.rows, other.warning_count, other.warned)
    assert repr(plain.warnings) == repr(other.warnings)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=40), repeated=st.sampled_from([1, 2, 40]), escaped=st.booleans())
def test_valid_rows_give_the_same_block(rows: list[dict[str, Any]], repeated: int, escaped: bool) -> None:
    rows = (rows * repeated)[:MOST]
    body = json.dumps({"rows": rows}, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    table, other = PLAIN.read(body, MOST), ordinary(body, 7)
    if table is None:  # names or texts with a colon do not count as plain, nor what is no JSON
        assert isinstance(other, str) or b":" in body.replace(b'": ', b"")
    else:
        assert isinstance(other, Block)
        same(table.check(VALIDATOR, 0, table.rows, 7), other)


FORMATTED, FORMATTED_VALIDATOR = CompiledDecoder(formatted_rows.CONTRACT), FrameValidator(formatted_rows.CONTRACT)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(formatted_rows.ROWS, min_size=1, max_size=12), repeated=st.sampled_from([1, 8]))
def test_cells_in_formats_give_the_same_block(rows: list[dict[str, Any]], repeated: int) -> None:
    """Dates, dates as levels, texts without the blanks around them, booleans."""
    rows *= repeated
    body = orjson.dumps({"rows": rows})
    table = json_rows.parse(body, MOST)
    expected = table.check(FORMATTED_VALIDATOR, 0, table.rows, 7)
    found = FORMATTED.read(body, MOST)
    if found is None:  # a boolean, or a text with a colon
        assert any(isinstance(row["flag"], bool) or ":" in str(row) for row in rows)
    else:
        same(found.check(FORMATTED_VALIDATOR, 0, len(rows), 7), expected)
    single = orjson.dumps({"row": rows[0]})
    cells = FORMATTED.cells(single)
    block = json_rows.parse(single, 1).check(FORMATTED_VALIDATOR, 0, 1, 1)
    if cells is not None:  # only missing values are worth a warning
        assert dict(zip(formatted_rows.CONTRACT.names, cells, strict=True)) == {
            name: values[0] for name, values in block.columns.items()
        }
        assert set(block.warned) <= {WarningCode.MISSING}


FRENCH = CellFormat(date=DateFormat(pattern="%d/%m/%Y"))


@pytest.mark.parametrize(
    ("day", "kept"),
    [("12/03/2023", "2023-03-12"), ("2023-03-12", "2023-03-12"), (" 12/03/2023 ", "2023-03-12"), (None, None)],
)
def test_a_single_row_with_a_date_in_the_columns_format_is_decoded(day: str | None, kept: str | None) -> None:
    for column in (
        TextColumn(name="day", reads="date", earliest="2023-01-01", latest="2023-12-31", cell_format=FRENCH),
        CategoryColumn(name="day", levels=("2023-03-12",), cell_format=FRENCH),
    ):
        decoder = CompiledDecoder(CONTRACT.model_copy(update={"columns": (column,)}))
        assert decoder.cells(orjson.dumps({"row": {"day": day}})) == (kept,)
        for odd in ("13/03/2024", "no date"):
            assert decoder.cells(orjson.dumps({"row": {"day": odd}})) is None


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.one_of(ROWS, ODD), max_size=5), many=st.booleans())
def test_bodies_that_are_refused_are_not_decoded(rows: list[dict[str, Any]], many: bool) -> None:
    body = json.dumps({"rows": rows * (20 if many else 1)}).encode()
    if isinstance(ordinary(body), str):
        assert PLAIN.read(body, MOST) is None


SOUND = {"size": 3, "place": "a", "told": "no", "flag": "TRUE", "other": 1.5}
SMALL = Contract(
    model="small",
    columns=(*CONTRACT.columns[:4], NumberColumn(name="other", minimum=0, maximum=9)),
    target=CONTRACT.target,
)


@pytest.mark.parametrize("count", [1, CELL_BY_CELL, CELL_BY_CELL + 1, MOST])
def test_many_rows_are_read_at_once(count: int) -> None:
    plain, validator = CompiledDecoder(SMALL), FrameValidator(SMALL)
    changes = [{}, {"size": None}, {"size": 100}, {"place": "z", "other": -1}, {"place": None, "told": "", "flag": ""}]
    rows = [SOUND | changes[at % len(changes)] for at in range(count)]
    body = orjson.dumps({"rows": rows})
    table = plain.read(body, MOST)
    assert table is not None
    assert table.rows == count
    same(table.check(validator, 0, count, 1), json_rows.parse(body, MOST).check(validator, 0, count, 1))
    half = count // 2 + 1
    same(
        table.check(validator, half - 1, 1, half),
        validator.columns({k: [v] for k, v in rows[half - 1].items()}, 1, first_row=half),
    )
    added = pl.DataFrame({"prediction": [0.5] * count})
    assert table.as_csv(SMALL, added) == json_rows.parse(body, MOST).as_csv(SMALL, added)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"rows": []}',
        b'{"row": {}}',
        orjson.dumps({"rows": [SOUND], "row": SOUND}),
        orjson.dumps({"rows": [SOUND] * (MOST + 1)}),
        orjson.dumps({"rows": [SOUND | {"size": "3"}]}),
        orjson.dumps({"rows": [SOUND | {"size": True}]}),
        orjson.dumps({"rows": [SOUND | {"flag": True}]}),
        orjson.dumps({"rows": [SOUND | {"y": 1}]}),
        orjson.dumps({"rows": [SOUND]}).replace(b'"size":', b'"size":2,"size":'),
        orjson.dumps({"rows": [SOUND]}).replace(b'"a"', b'"\\ud800"'),
        orjson.dumps({"rows": [SOUND]}).replace(b'"a"', b'"\xff"'),
        orjson.dumps({"rows": [SOUND]}).replace(b"1.5", b"1e400"),
        orjson.dumps({"rows": [SOUND]}).replace(b"1.5", b"NaN"),
    ],
)
def test_unusual_bodies_are_left_to_the_slower_reader(body: bytes) -> None:
    assert CompiledDecoder(SMALL).read(body, MOST) is None
    assert CompiledDecoder(SMALL).cells(body) is None


def scored(scores: Any, classes: tuple[str, ...], picked: Any) -> ScoredBlock:
    return ScoredBlock(Block({}, len(scores)), Predictions(scores, classes, picked), None)


@settings(max_examples=200, deadline=None)
@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60),
    classes=st.lists(st.text(st.characters(codec="utf-8"), max_size=4), min_size=2, max_size=4, unique=True),
    seed=st.integers(0, 99),
)
def test_predictions_are_written_alike(numbers: list[float], classes: list[str], seed: int) -> None:
    regression = scored(np.array(numbers)[:, None], (), None)
    assert to_json(regression) == orjson.dumps(to_objects(regression))[1:-1]
    draw = np.random.default_rng(seed)
    scores = np.resize(np.array(numbers), (len(numbers), len(classes)))
    labelled = scored(scores, tuple(classes), draw.integers(0, len(classes), len(numbers)))
    assert to_json(labelled) == orjson.dumps(to_objects(labelled))[1:-1]


def test_labels_with_per_cent_signs() -> None:
    scores = np.tile([[0.25, 0.75]], (FEW, 1))
    labelled = scored(scores, ("100%", '%b "x"'), np.ones(FEW, dtype=np.int64))
    assert orjson.loads(b"[%b]" % to_json(labelled)) == to_objects(labelled)


def test_wrong_cells_keep_their_row() -> None:
    body = orjson.dumps({"rows": [SOUND] * 50 + [SOUND | {"size": "x"}]})
    assert CompiledDecoder(SMALL).read(body, MOST) is None
    with pytest.raises(InvalidRows) as raised:
        json_rows.parse(body, MOST).check(FrameValidator(SMALL), 0, 51, 1)
    assert raised.value.cells[0].row == 51
