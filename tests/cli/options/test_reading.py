"""Options that correct how a file is read."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tablee.datasets.questions import options
from tablee.datasets.reading import ColumnCorrections, Corrections
from tablee.tables.cells import missing_markers
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.shared import _options

USUAL = (*missing_markers.USUAL, *missing_markers.AMONG_NUMBERS)


def read(line: str) -> Corrections:
    """The corrections of a command line, parsed as a command parses it."""
    found: list[Corrections] = []

    def command(**given: Any) -> None:
        found.append(ReadAs(**given).corrections)

    import inspect

    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in _options(ReadAs)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, shlex.split(line), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return found[0]


@pytest.mark.parametrize(
    "asked",
    [
        Corrections(),
        Corrections(format="csv", encoding="cp1250", separator="\t", quote="", escape="\\", comment="#"),
        Corrections(format="json", keyed=True),
        Corrections(keyed=False),
        Corrections(format="xlsx", sheet="Feuille 2", quote="'", separator="^"),
        Corrections(header=False, skipped_lines=3, units_row=True, footer_rows=2, day_first=False),
        Corrections(decimal=",", thousands=" ", first_year=1930, missing=("", "-99", "a=b")),
        Corrections(dates={"born": "%d/%m/%y", "a=b": "%Y"}, texts=("code", "a=b"), numbers=("1E5",)),
        Corrections(
            columns={
                "lat": ColumnCorrections(decimal=".", thousands="'", first_year=1900, missing=()),
                "a=b\\": ColumnCorrections(missing=("NA", "x=y")),
                "price": ColumnCorrections(missing=(*USUAL, "n.b.")),
            }
        ),
    ],
)
def test_every_correction_is_an_option(asked: Corrections) -> None:
    assert read(options(asked)) == asked


def test_every_field_of_corrections_is_tried() -> None:
    tried = {"format", "encoding", "separator", "quote", "escape", "comment", "sheet", "header", "skipped_lines"}
    tried |= {"units_row", "footer_rows", "day_first", "decimal", "thousands", "first_year", "missing", "dates"}
    tried |= {"texts", "numbers", "keyed"}
    assert tried | {"columns"} == set(Corrections.model_fields)
    assert {"decimal", "thousands", "missing", "first_year"} == set(ColumnCorrections.model_fields)


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("--decimal ,", {"decimal": ","}),
        ("--decimal lat=. --decimal ,", {"decimal": ",", "columns": {"lat": {"decimal": "."}}}),
        ("--thousands lat=none", {"columns": {"lat": {"thousands": ""}}}),
        ("--missing ''", {"missing": ("",)}),
        ("--missing -99", {"missing": ("", "-99")}),
        ("--missing country=", {"columns": {"country": {"missing": ()}}}),
        ("--missing country=x=y", {"columns": {"country": {"missing": ("x=y",)}}}),
        (r"--missing 'x\=y'", {"missing": ("", "x=y")}),
        ("--first-year 1930 --first-year born=1900", {"first_year": 1930, "columns": {"born": {"first_year": 1900}}}),
        ("--separator tab", {"separator": "\t"}),
        ("--no-units-row --no-header", {"units_row": False, "header": False}),
        ("--date at=%d/%m/%Y=%H", {"dates": {"at": "%d/%m/%Y=%H"}}),
    ],
)
def test_values_for_all_columns_or_for_one(line: str, given: dict[str, Any]) -> None:
    assert read(line) == Corrections.model_validate(given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dates": ["born"]}, "COLUMN=FORMAT"),
        ({"also_missing": ["x"]}, "COLUMN=TEXT"),
        ({"decimal": ["#"]}, "“--decimal”: got '#', expected '.', ','"),
        ({"thousands": ["pay=;"]}, "“--thousands pay”: got ';', expected 'none', 'space', '.', ',', 'apostrophe'"),
        ({"encoding": "klingon"}, "encoding"),
        ({"first_year": ["soon"]}, "--first-year"),
        ({"separator": "ab"}, "separator"),
    ],
)
def test_what_no_correction_can_be_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(typer.BadParameter, match=re.escape(words)):
        _ = ReadAs(**given).corrections
