"""A file is scored as its rows are, keeps its columns, and the target appears complete or not at all."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from zoo import Trained

from tablee.errors import InvalidRows, InvalidTable, ScoringCancelled
from tablee.tables.csv.reader import read_csv
from tablee_data import prediction_files
from tablee_scoring import Model
from tablee_scoring.file_scorer import FileScored, score_csv, score_prediction_file

PEAK = Path(__file__).parent / "programs" / "peak_memory.py"
COPIES = 300
"""Of some 700 rows: several blocks of either format."""


def many(trained: Trained, copies: int = COPIES) -> pl.DataFrame:
    """The rows of the model, repeated, with a column that numbers them."""
    rows = trained.rows.select(trained.features)
    return pl.concat([rows] * copies).with_row_index("prediction")


def model_of(trained: Trained, *ignored: str) -> Model:
    contract = trained.contract.model_copy(update={"ignored": ("prediction", *ignored)})
    return Model.from_mojo(trained.mojo, contract, background=trained.background)


def write(frame: pl.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        frame.write_csv(path, null_value="NA")
    else:
        frame.write_parquet(path, compression="gzip")
    return path


def score(model: Model, source: Path, target: Path) -> tuple[FileScored, list[int]]:
    advanced: list[int] = []
    return scored(model, source, target, advanced.append), advanced


def scored(
    model: Model, source: Path, target: Path, advance: Callable[[int], None], stop: Callable[[], bool] = lambda: False
) -> FileScored:
    """A CSV without reading it before, a Parquet file as a prediction file."""
    if source.suffix == ".csv":
        return score_csv(model, source, target, advance=advance, stop=stop)
    file = prediction_files.open_file(source, source.name, model.contract, may_be_empty=True)
    return score_prediction_file(model, file, target, advance=advance, stop=stop)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
def test_a_file_is_scored_as_its_rows_are(
    zoo: dict[tuple[str, str], Trained], problem: str, suffix: str, tmp_path: Path
) -> None:
    trained = zoo[problem, "gbm"]
    model, frame = model_of(trained), many(trained)
    source = write(frame, tmp_path / f"in{suffix}")
    found, advanced = score(model, source, tmp_path / f"out{suffix}")

    block = model.validator.frame(frame)
    expected = model.predict(block)
    assert found == FileScored(frame.height, block.warning_count)
    assert sum(advanced) == frame.height
    assert len(advanced) > 1
    if suffix == ".csv":
        answer = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    else:
        answer = pl.read_parquet(tmp_path / "out.parquet")
    labels = [f"probability_{label}" for label in expected.classes]
    assert answer.columns == [*frame.columns, "prediction_1", *labels]
    kind = pl.String if labels else pl.Float64
    assert answer["prediction_1"].cast(kind).to_list() == expected.values
    if labels:
        assert np.array_equal(answer.select(labels).cast(pl.Float64).to_numpy(), expected.scores)
    if suffix == ".parquet":
        assert answer.select(frame.columns).equals(frame)
    else:
        lines = (tmp_path / "out.csv").read_bytes().splitlines()
        originals = source.read_bytes().splitlines()
        assert len(lines) == len(originals)
        assert all(line.startswith(original + b",") for line, original in zip(lines, originals, strict=True))


def test_parquet_keeps_types_and_codecs(gbm: Trained, tmp_path: Path) -> None:
    frame = many(gbm, 2)
    table = frame.to_arrow()
    height = frame.height
    table = table.append_column("day", pa.array([datetime.date(2024, 1, 1)] * height))
    table = table.append_column("tags", pa.array([["a", None]] * height))
    numbers = [name for name in gbm.features if frame[name].dtype.is_float()]
    table = table.set_column(
        table.column_names.index(numbers[0]), numbers[0], table[numbers[0]].cast(pa.decimal128(12, 4))
    )
    nan = frame[numbers[1]].fill_null(float("nan")).to_arrow()
    table = table.set_column(table.column_names.index(numbers[1]), numbers[1], nan)
    table = table.replace_schema_metadata({"made by": "us"})
    pq.write_table(
        table,
        tmp_path / "in.parquet",
        compression={"day": "NONE", "tags.list.element": "SNAPPY"} | dict.fromkeys(frame.columns, "ZSTD"),
    )
    model = model_of(gbm, "day", "tags")
    score(model, tmp_path / "in.parquet", tmp_path / "out.parquet")
    answer = pq.read_table(tmp_path / "out.parquet")
    assert answer.schema.types[: len(table.schema)] == table.schema.types
    assert pl.DataFrame(pl.from_arrow(answer.select(table.column_names))).equals(pl.DataFrame(pl.from_arrow(table)))
    assert answer.schema.metadata == {b"made by": b"us"}
    group = pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0)
    codecs = {group.column(at).path_in_schema: group.column(at).compression for at in range(group.num_columns)}
    assert (codecs["day"], codecs["tags.list.element"], codecs[numbers[0]]) == ("UNCOMPRESSED", "SNAPPY", "ZSTD")
    expected = model.predict(model.validator.frame(frame))
    assert answer["prediction_1"].to_pylist() == expected.values


def test_a_parquet_file_without_rows_gives_one_without_rows(gbm: Trained, tmp_path: Path) -> None:
    source = write(many(gbm, 1).clear(), tmp_path / "in.parquet")
    assert score(model_of(gbm), source, tmp_path / "out.parquet")[0] == FileScored(0, 0)
    assert pl.read_parquet(tmp_path / "out.parquet").columns[-3:] == [
        "prediction_1",
        "probability_female",
        "probability_male",
    ]
    write(many(gbm, 1).clear().drop(gbm.features[0]), source)
    with pytest.raises(InvalidRows, match=f"column “{gbm.features[0]}”"):
        score(model_of(gbm), source, tmp_path / "out.parquet")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_unknown_columns_are_left_out_and_named(gbm: Trained, suffix: str, tmp_path: Path) -> None:
    frame = many(gbm, 1)
    score(model_of(gbm), write(frame, tmp_path / f"in{suffix}"), tmp_path / f"known{suffix}")
    source = write(frame.with_columns(new=pl.lit(1), other=pl.lit("x")), tmp_path / f"in{suffix}")
    found, _ = score(model_of(gbm), source, tmp_path / f"out{suffix}")
    assert found.left_out == ("new", "other")
    read = partial(pl.read_csv, null_values="NA") if suffix == ".csv" else pl.read_parquet
    before, after = read(tmp_path / f"known{suffix}"), read(tmp_path / f"out{suffix}")
    assert after.drop("new", "other").equals(before)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_that_the_contract_ignores_may_be_absent(gbm: Trained, suffix: str, tmp_path: Path) -> None:
    source = write(many(gbm, 1).drop("prediction"), tmp_path / f"in{suffix}")
    assert score(model_of(gbm, "gone"), source, tmp_path / f"out{suffix}")[0].left_out == ()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_wrong_cell_is_named_and_nothing_is_written(gbm: Trained, suffix: str, tmp_path: Path) -> None:
    """In Parquet, infinity is missing, as in training, and a text is wrong unless it is a number."""
    frame = many(gbm)
    number = next(name for name in gbm.features if frame[name].dtype.is_float())
    at = frame.height - 3 if suffix == ".csv" else 0
    wrong = pl.lit(float("inf")) if suffix == ".csv" else pl.lit("heavy")
    rest = pl.col(number) if suffix == ".csv" else pl.lit("1.5")
    source = write(
        frame.with_columns(pl.when(pl.int_range(pl.len()) == at).then(wrong).otherwise(rest).alias(number)),
        tmp_path / f"in{suffix}",
    )
    target = tmp_path / f"out{suffix}"
    target.write_bytes(b"what was here")
    with pytest.raises(InvalidRows) as caught:
        score(model_of(gbm), source, target)
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(at + 1, number)]
    assert target.read_bytes() == b"what was here"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, target.name])


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_score_that_is_not_finite_is_refused(
    zoo: dict[tuple[str, str], Trained], suffix: str, tmp_path: Path
) -> None:
    trained = zoo["regression", "glm"]
    frame = many(trained, 2)
    at = frame.height - 2
    numbers = [name for name in trained.features if frame[name].dtype.is_numeric()]
    huge = [pl.when(pl.col("prediction") == at).then(1.7e308).otherwise(name).alias(name) for name in numbers]
    source = write(frame.with_columns(huge), tmp_path / f"in{suffix}")
    with pytest.raises(InvalidRows, match=f"row {at + 1}: got 'no finite score'"):
        score(model_of(trained), source, tmp_path / f"out{suffix}")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_scoring_can_be_stopped(gbm: Trained, suffix: str, tmp_path: Path) -> None:
    source = write(many(gbm), tmp_path / f"in{suffix}")
    advanced: list[int] = []
    with pytest.raises(ScoringCancelled):
        scored(model_of(gbm), source, tmp_path / f"out{suffix}", advanced.append, lambda: len(advanced) == 1)
    assert len(advanced) == 1
    assert list(tmp_path.iterdir()) == [source]


def test_a_file_of_another_format_is_refused(gbm: Trained, tmp_path: Path) -> None:
    model = model_of(gbm)
    (tmp_path / "in.csv").write_bytes(b"a,b\n1\n")
    with pytest.raises(InvalidTable, match="line 2: 1 cells where the header has 2"):
        score(model, tmp_path / "in.csv", tmp_path / "out.csv")
    with pytest.raises(FileNotFoundError):
        score(model, tmp_path / "not_there.csv", tmp_path / "out.csv")


def test_quotes_line_breaks_and_the_byte_order_mark_are_kept(gbm: Trained, tmp_path: Path) -> None:
    frame = many(gbm, 1).head(3).with_columns(prediction=pl.Series(['5" pipe', "a,\r\nb", ""]))
    body = "\ufeff" + frame.select(pl.exclude("prediction")).write_csv(line_terminator="\r\n")
    head, *rows = body.splitlines()
    body = f'{head},prediction\r\n{rows[0]},5" pipe\r\n\r\n{rows[1]},"a,\r\nb"\r\n{rows[2]},'
    (tmp_path / "in.csv").write_bytes(body.encode())
    model = model_of(gbm)
    score(model, tmp_path / "in.csv", tmp_path / "out.csv")
    answer = (tmp_path / "out.csv").read_bytes()
    expected = model.predict(model.validator.frame(frame))
    written = [
        ",".join([label, *map(repr, shares)])
        for label, shares in zip(expected.values, expected.scores.tolist(), strict=True)
    ]
    lines = (f"{head},prediction,prediction_1,probability_female,probability_male", f'{rows[0]},5" pipe,{written[0]}')
    more = (f'{rows[1]},"a,\r\nb",{written[1]}', f"{rows[2]},,{written[2]}", "")
    assert answer.decode() == "\r\n".join((*lines, *more))
    assert read_csv(io.BytesIO(answer).getvalue()).height == 3


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc: run it on Linux")
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_memory_does_not_grow_with_the_file(gbm: Trained, suffix: str, tmp_path: Path) -> None:
    contract = tmp_path / "contract.json"
    contract.write_bytes(model_of(gbm).contract.to_json())
    peaks = []
    for copies in (400, 3000):  # enough rows that all threads are at work, and two million
        source = write(many(gbm, copies), tmp_path / f"in{suffix}")
        done = subprocess.run(
            [sys.executable, PEAK, gbm.mojo, contract, source, tmp_path / f"out{suffix}"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.3 * peaks[0], peaks
