"""One row, many rows and a frame are encoded alike, in the model's own column order."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablee.errors import BundleCorrupt
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block
from tablee_scoring.encoder import Encoder

TARGET = Target(name="y", problem_type=ProblemType.REGRESSION)
CONTRACT = Contract(
    model="m",
    columns=(
        NumberColumn(name="size", minimum=0, maximum=1),
        CategoryColumn(name="colour", levels=("blue", "green", "red")),
        CategoryColumn(name="shape", levels=("o", "x")),
        NumberColumn(name="weight", minimum=0, maximum=1),
    ),
    target=TARGET,
)
# The model has its categories first, orders levels in its own way, lacks one and knows one more, leaves out a column.
FEATURES = ("colour", "weight", "size")
DOMAINS = (("red", "blue", "violet"), None, None)
ENCODER = Encoder(CONTRACT, FEATURES, DOMAINS)

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
rows = st.lists(
    st.tuples(numbers, st.sampled_from(["blue", "green", "red", None]), st.sampled_from(["o", "x", None]), numbers),
    min_size=1,
    max_size=20,
)


def block(values: list[tuple]) -> Block:
    names = ("size", "colour", "shape", "weight")
    return Block({name: [row[i] for row in values] for i, name in enumerate(names)}, len(values))


@given(rows)
def test_row_matrix_and_frame_agree(values):
    many = block(values)
    matrix = ENCODER.matrix(many)
    schema = {"size": pl.Float64, "colour": pl.String, "shape": pl.String, "weight": pl.Float64}
    np.testing.assert_array_equal(ENCODER.frame(pl.DataFrame(many.columns, schema=schema)), matrix)
    colours, shapes = pl.Enum(["blue", "green", "red"]), pl.Enum(["o", "x"])
    typed = pl.DataFrame(many.columns, schema=schema | {"colour": colours, "shape": shapes})
    for columns in (typed, typed.cast({"colour": pl.String})):  # blocks of whole columns
        found = ENCODER.matrix(Block({series.name: series for series in columns}, len(values)))
        np.testing.assert_array_equal(found, matrix)
    for i, value in enumerate(values):
        np.testing.assert_array_equal(ENCODER.row(block([value])), matrix[i])


def test_levels_are_found_by_text_and_unknown_ones_are_missing():
    matrix = ENCODER.matrix(block([(1, "red", "o", 2), (1, "blue", "o", 2), (1, "green", "o", 2), (1, None, "o", 2)]))
    np.testing.assert_array_equal(matrix[:, 0], [0.0, 1.0, math.nan, math.nan])
    np.testing.assert_array_equal(matrix[0], [0.0, 2.0, 1.0])


def test_a_frame_may_hold_whole_numbers_and_texts_never_seen():
    frame = pl.DataFrame({"size": [1, None], "colour": ["violet", "puce"], "shape": ["o", "x"], "weight": [3, 4]})
    np.testing.assert_array_equal(ENCODER.frame(frame), [[2.0, 3.0, 1.0], [math.nan, 4.0, math.nan]])


def test_a_column_the_contract_lacks_is_refused():
    with pytest.raises(BundleCorrupt, match="“age”"):
        Encoder(CONTRACT, ("age",), (None,))


@pytest.mark.parametrize(
    ("feature", "domain", "kinds"),
    [
        ("size", ("a", "b"), "is a number in the contract and a category in the model"),
        ("colour", None, "is a category in the contract and a number in the model"),
    ],
)
def test_a_column_of_another_kind_is_refused(feature, domain, kinds):
    with pytest.raises(BundleCorrupt, match=f"“{feature}” {kinds}"):
        Encoder(CONTRACT, (feature,), (domain,))
