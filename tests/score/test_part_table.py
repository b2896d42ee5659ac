"""Parts in any dialect are scored alike and written in their own; plain ones are read without type inference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from french import DECIMAL_COMMAS, rewritten, shares
from zoo import PENGUINS

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRows, InvalidTable, ScoringCancelled
from tablee.models.contract import TextColumn
from tablee_score.part_table import is_plain, score


def scored(made: Any, file: Path, **asked: object) -> tuple[bytes, int, int]:
    """The written file, its number of rows, and the sum of the rows that `advance` was called with."""
    output = file.with_name(f"scored-{file.name}")
    advanced: list[int] = []
    corrections = Corrections.model_validate(asked)
    found = score(made.model, file, output, corrections, advance=advanced.append, stop=lambda: False)
    return output.read_bytes(), found.rows, sum(advanced)


@pytest.fixture
def plain(made: Any, tmp_path: Path) -> list[list[float]]:
    """The result for the plain file."""
    file = tmp_path / "plain.csv"
    file.write_bytes(PENGUINS.read_bytes())
    assert is_plain(file, made.model.contract, Corrections())
    return shares(scored(made, file)[0].decode())


def test_a_french_part_gets_the_scores_of_the_plain_one(made: Any, plain: list[list[float]], tmp_path: Path) -> None:
    file = tmp_path / "manchots.csv"
    file.write_bytes(rewritten(PENGUINS))
    assert not is_plain(file, made.model.contract, Corrections())
    with pytest.raises(InvalidTable, match=r"line 2: the numbers of “bill_length_mm” are written as 1234,5, not as"):
        scored(made, file)
    answer, rows, advanced = scored(made, file, **DECIMAL_COMMAS)
    assert (rows, advanced) == (344, 344)
    assert shares(answer.decode("cp1252"), ";", ",") == plain
    assert all(map(bytes.startswith, answer.splitlines(), rewritten(PENGUINS).splitlines()))


def test_a_part_that_is_plain_only_at_its_beginning_is_scored_again(
    made: Any, plain: list[list[float]], tmp_path: Path
) -> None:
    lines = PENGUINS.read_text().splitlines()
    file = tmp_path / "mixed.csv"
    file.write_text("\n".join([*lines, lines[1].replace("3750", '" 3750 "'), lines[1].replace("3750", "-")]) + "\n")
    answer, rows, advanced = scored(made, file)
    assert (rows, advanced) == (346, 346)
    assert shares(answer.decode())[:345] == [*plain, plain[0]]


def test_dates_of_parquet_files_are_read_as_in_training(made: Any, tmp_path: Path) -> None:
    frame = pl.read_csv(PENGUINS, null_values="NA").with_columns(sex=pl.date(2024, 1, 2))
    frame.write_parquet(tmp_path / "dated.parquet")
    answer, rows, advanced = scored(made, tmp_path / "dated.parquet")
    assert (rows, advanced) == (344, 344)
    assert pl.read_parquet(answer).drop("^prediction|probability.*$").equals(frame)


def test_a_part_that_can_be_read_in_several_ways_is_refused(made: Any, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    names = made.model.contract.names
    file.write_text(f"{'|'.join(names)}\n" + "|".join('"1,234"' if n == "body_mass_g" else "" for n in names) + "\n")
    with pytest.raises(InvalidTable, match=r"“1,234” in “body_mass_g” may be 1234 or 1\.234"):
        scored(made, file)
    assert scored(made, file, decimal=",")[1] == 1


def test_parts_of_another_format_or_with_wrong_cells_are_refused(made: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(PENGUINS.read_bytes())
    with pytest.raises(InvalidTable, match=r"“x\.parquet” is csv"):
        scored(made, file)
    file = tmp_path / "x.csv"
    pl.read_csv(PENGUINS).write_parquet(file)
    with pytest.raises(InvalidTable, match="is parquet"):
        scored(made, file)
    file.write_bytes(rewritten(PENGUINS).replace(b";3750;", b";lourd;", 1))
    with pytest.raises(InvalidRows, match="line 2, column “body_mass_g”: got 'lourd'"):
        scored(made, file, **DECIMAL_COMMAS)
    assert not file.with_name("scored-x.csv").exists()


def test_scoring_with_type_inference_can_be_stopped(made: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(rewritten(PENGUINS))
    asked = Corrections.model_validate(DECIMAL_COMMAS)
    with pytest.raises(ScoringCancelled, match="cancelled after 344 rows"):
        score(made.model, file, tmp_path / "y.csv", asked, advance=lambda _: None, stop=lambda: True)
    assert not (tmp_path / "y.csv").exists()


def test_corrections_need_type_inference(made: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(PENGUINS.read_bytes())
    contract = made.model.contract
    with_texts = contract.model_copy(update={"columns": (*contract.columns, TextColumn(name="note"))})
    assert is_plain(file, with_texts, Corrections())
    assert not is_plain(file, contract, Corrections(decimal="."))
