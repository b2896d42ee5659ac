"""Files to be predicted are read as training files are, and written again in their own format."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from french import rewritten
from python_calamine import CalamineWorkbook
from workbooks import ods, xls, xlsx
from zoo import PENGUINS, Trained, read

from tablee.datasets import questions
from tablee.datasets.questions import contradiction, not_written
from tablee.datasets.reading import Corrections, Reason
from tablee.errors import InvalidRequest, InvalidRows, InvalidTable
from tablee.i18n.message import in_language
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.block import WarningCode
from tablee.models.validation.frames import FrameValidator
from tablee.tables.cells import missing_markers
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee.tables.cells.numbers import PLAIN, UNDECIDED
from tablee_data import prediction_files
from tablee_data.readers.content import Source
from tablee_data.readers.detection.encodings import detect_encoding

LABELS = ("non", "oui")
NUMBERS = (*missing_markers.USUAL, *missing_markers.AMONG_NUMBERS)
DAY = CellFormat(missing=NUMBERS, date=DateFormat(pattern="%d/%m/%Y"))
TEXTS = CellFormat(missing=missing_markers.USUAL)
AMOUNTS = CellFormat(missing=NUMBERS, number=NumberFormat(decimal=",", thousands=" "))
CONTRACT = Contract(
    model="clients",
    columns=(
        NumberColumn(name="montant", minimum=0, maximum=9999, cell_format=AMOUNTS),
        CategoryColumn(name="code", levels=("007", "75000", "1,5"), cell_format=TEXTS),
        TextColumn(name="facture", reads="date", earliest="2023-01-01", latest="2025-01-01", cell_format=DAY),
        TextColumn(name="remarque", cell_format=TEXTS),
    ),
    target=Target(name="payé", problem_type=ProblemType.BINARY, classes=LABELS),
    ignored=("payé", "nom"),
    examples=({"montant": 1.5, "code": "007", "facture": "2024-03-12", "remarque": "12/03/2024"},),
)
ADDED = pl.DataFrame({"prediction": ["oui", "non"], "probability_oui": [0.1 + 0.2, 1e-17]})
FRENCH = (
    "nom;montant;code;facture;remarque\r\n"
    'Zoé;1\u00a0234,50;007;13/03/2024;"a ""b""\nc; d"\r\n'
    "=1+1;-;1,5;04/05/2024;13/03/2024\r\n"
)
CELLS = [(1234.5, "007", "2024-03-13", 'a "b"\nc; d'), (None, "1,5", "2024-05-04", "13/03/2024")]


def opened(
    folder: Path, content: bytes, filename: str = "clients.csv", contract: Contract = CONTRACT, **asked: object
) -> prediction_files.OpenFile:
    path = folder / "sent"
    path.write_bytes(content)
    return prediction_files.open_file(path, filename, contract, Corrections.model_validate(asked))


def cells(form: prediction_files.OpenFile, max_rows: int = 100) -> list[tuple[object, ...]]:
    return [row for part in form.parts(max_rows) for row in part.cells.rows()]


def answered(form: prediction_files.OpenFile, added: pl.DataFrame = ADDED, max_rows: int = 1) -> bytes:
    target = io.BytesIO()
    with form.writer(target) as writer:
        for part in form.parts(max_rows):
            writer.write(part, added.slice(part.first_row - 1, part.rows))
    return target.getvalue()


class TestFrench:
    @pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
    def test_a_file_is_read_as_training_data_and_written_in_its_own_format(self, tmp_path: Path, encoding: str) -> None:
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        form = opened(tmp_path, mark + FRENCH.encode(encoding))
        assert (form.rows, form.types) == (
            2,
            {"montant": "number", "code": "text", "facture": "date", "remarque": "text"},
        )
        assert cells(form) == CELLS
        header, first, second = FRENCH.split("\r\n")[:3]
        expected = f"{header};prediction;probability_oui\r\n{first};oui;0,30000000000000004\r\n{second};non;1e-17\r\n"
        assert answered(form) == mark + expected.encode(encoding)

    @pytest.mark.parametrize("packing", ["gz", "zip"])
    def test_a_packed_file_is_written_unpacked(self, tmp_path: Path, packing: str) -> None:
        packed = io.BytesIO(gzip.compress(FRENCH.encode("cp1252")))
        if packing == "zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("clients.csv", FRENCH.encode("cp1252"))
        form = opened(tmp_path, packed.getvalue(), f"Clients.{packing}" if packing == "zip" else "Clients.csv.gz")
        assert form.filename == "Clients.csv"
        assert answered(form).decode("cp1252").startswith(FRENCH.split("\r\n")[0] + ";prediction")
        assert sum(part.bytes for part in form.parts(1)) == len(packed.getvalue())

    def test_classes_that_the_encoding_cannot_write_make_the_output_utf_8(self, tmp_path: Path) -> None:
        target = CONTRACT.target.model_copy(update={"classes": ("non", "да")})
        contract = CONTRACT.model_copy(update={"target": target})
        form = opened(tmp_path, FRENCH.encode("cp1252"), contract=contract)
        assert (form.reading.encoding, form.encoding) == ("windows-1252", "utf-8")
        assert answered(form, ADDED.with_columns(prediction=pl.lit("да"))).decode("utf-8-sig").count(";да;") == 2

    def test_formulas_in_predictions_are_escaped_and_cells_of_the_file_are_kept(self, tmp_path: Path) -> None:
        text = answered(opened(tmp_path, FRENCH.encode()), ADDED.with_columns(prediction=pl.lit("=2;3"))).decode()
        assert text.count('"\'=2;3"') == 2
        assert "\r\n=1+1;" in text

    def test_predictions_are_bit_for_bit_those_of_typed_rows(
        self, tmp_path: Path, zoo: dict[tuple[str, str], Trained]
    ) -> None:
        trained = zoo["regression", "gbm"]
        columns = [
            column.model_copy(update={"cell_format": AMOUNTS if isinstance(column, NumberColumn) else TEXTS})
            for column in trained.contract.columns
        ]
        ignored = tuple(name for name in read(PENGUINS).columns if name not in trained.features)
        contract = trained.contract.model_copy(update={"columns": tuple(columns), "ignored": ignored})
        content = rewritten(PENGUINS)
        if "species" in trained.features:
            content = content.decode("cp1252").replace("Adélie", "Adelie").encode("cp1252")
        form = opened(tmp_path, content, contract=contract)
        validator = FrameValidator(contract)
        typed = validator.columns({name: read(PENGUINS)[name].to_list() for name in contract.names}, 344)
        found = [trained.model.score(validator.frame(part.cells)) for part in form.parts(100)]
        whole = [value for scores in found for value in scores.ravel()]
        assert struct.pack("344d", *whole) == struct.pack("344d", *trained.model.score(typed).ravel())


def test_the_contract_decides_the_type_of_a_column(tmp_path: Path) -> None:
    form = opened(tmp_path, b"montant;code;facture;remarque\n007;75000;2024-05-04T10:00:00;1,5\n8;007;;n.c.\n")
    assert cells(form) == [(7.0, "75000", "2024-05-04T10:00:00", "1,5"), (8.0, "007", None, None)]


def test_a_header_is_recognised_by_the_columns_of_the_model(tmp_path: Path) -> None:
    contract = CONTRACT.model_copy(
        update={"columns": (CONTRACT.columns[1], CategoryColumn(name="2024", levels=("a",)))}
    )
    form = opened(tmp_path, b"code,2024\n007,a\n", contract=contract)
    assert (form.reading.header, all(each.sure for each in form.decisions)) == (True, True)
    assert cells(form) == [("007", "a")]


def test_without_a_header_no_names_are_written(tmp_path: Path) -> None:
    columns = (NumberColumn(name="column_1", minimum=0, maximum=9), CategoryColumn(name="column_2", levels=("a",)))
    form = opened(tmp_path, b"1,a\n2,a\n", contract=CONTRACT.model_copy(update={"columns": columns}))
    assert answered(form) == b"1,a,oui,0.30000000000000004\n2,a,non,1e-17\n"


def test_dates_that_training_had_as_texts_stay_texts(tmp_path: Path) -> None:
    """The contracts of earlier releases have no formats: their examples tell."""
    earlier = (*CONTRACT.columns[:2], TextColumn(name="facture", reads="date"), CONTRACT.columns[3])
    example = CONTRACT.examples[0] | {"facture": "12/03/2024"}
    contract = CONTRACT.model_copy(update={"columns": earlier, "examples": (example,)})
    form = opened(tmp_path, FRENCH.encode(), contract=contract)
    assert [row[2] for row in cells(form)] == ["13/03/2024", "04/05/2024"]
    contract = CONTRACT.model_copy(update={"columns": earlier})
    with pytest.raises(InvalidTable, match="the dates of “facture” are written as dd/mm/yyyy, not as yyyy-mm-dd"):
        opened(tmp_path, FRENCH.encode(), contract=contract)
    form = opened(tmp_path, FRENCH.encode(), contract=contract, dates={"facture": "%d/%m/%Y"})
    assert [row[2] for row in cells(form)] == ["2024-03-13", "2024-05-04"]


def test_one_invalid_date_does_not_prevent_reading_the_others(tmp_path: Path) -> None:
    form = opened(tmp_path, FRENCH.replace("04/05/2024", "hier").encode())
    assert [row[2] for row in cells(form)] == ["2024-03-13", "hier"]


def test_levels_that_training_had_as_dates_are_read_as_dates(tmp_path: Path) -> None:
    columns = (CategoryColumn(name="jour", levels=("2024-03-12", "2024-03-13"), cell_format=DAY),)
    contract = CONTRACT.model_copy(update={"columns": columns})
    form = opened(tmp_path, b"jour\n13/03/2024\n2024-03-12\n-\nhier\n", contract=contract)
    assert cells(form) == [("2024-03-13",), ("2024-03-12",), (None,), ("hier",)]
    block = FrameValidator(contract).frame(form.beginning(4))
    assert list(block.columns["jour"]) == ["2024-03-13", "2024-03-12", None, None]
    assert [(each.row, each.code) for each in block.warnings] == [(3, WarningCode.MISSING), (4, WarningCode.UNSEEN)]


def test_a_file_is_read_as_the_data_set_whatever_the_file_suggests(tmp_path: Path) -> None:
    """11/02 is 2 November for a model of months before days."""
    american = CellFormat(missing=NUMBERS, date=DateFormat(pattern="%m/%d/%Y"))
    columns = (TextColumn(name="facture", reads="date", cell_format=american),)
    contract = CONTRACT.model_copy(update={"columns": columns})
    for content in (b"facture\n11/02/2023\n", b"facture;x\n11/02/2023;1,5\n"):
        assert cells(opened(tmp_path, content, contract=contract)) == [("2023-11-02",)]


@pytest.mark.parametrize(
    ("content", "reason", "said", "place"),
    [
        (
            "montant;code;facture;remarque\n1;007;03/04/2024;\n2;007;04/13/2024;\n",
            "other_date_format",
            "the dates of “facture” are written as mm/dd/yyyy, not as dd/mm/yyyy as in the data set",
            {"line": 3, "column": "facture", "value": "04/13/2024"},
        ),
        (
            "montant;code;facture;remarque\n1,234.5;007;;\n2;007;;\n",
            "other_number_format",
            "the numbers of “montant” are written as 1,234.5, not as 1 234,5 as in the data set",
            {"line": 2, "column": "montant", "value": "1,234.5"},
        ),
    ],
)
def test_a_file_that_contradicts_the_data_set_is_asked_about(
    tmp_path: Path, content: str, reason: str, said: str, place: dict[str, object]
) -> None:
    with pytest.raises(InvalidTable, match=said) as refused:
        opened(tmp_path, content.encode())
    assert refused.value.reason == reason
    assert {name: refused.value.place[name] for name in place} == place
    hint = str(refused.value.hint)
    dates = ("--date facture=%m/%d/%Y", '{"dates":{"facture":"%m/%d/%Y"}}')
    numbers = ("--decimal . --thousands ,", '{"decimal":".","thousands":","}')
    assert all(each in hint for each in (dates if reason == "other_date_format" else numbers))


def test_the_answer_about_numbers_holds_for_the_file_and_another_column_is_asked_about_by_itself(
    tmp_path: Path,
) -> None:
    format_ = CellFormat(missing=NUMBERS, number=PLAIN)
    columns = tuple(NumberColumn(name=name, minimum=0, maximum=9999, cell_format=format_) for name in "abc")
    contract = CONTRACT.model_copy(update={"columns": columns})
    file = tmp_path / "file"
    file.write_text("a;b;c\n39,1;2,5;1.234,5\n4,2;3,5;7\n")
    asked = Corrections()
    for column, answer in (("a", {"decimal": ","}), ("c", {"columns": {"c": {"decimal": ",", "thousands": "."}}})):
        with pytest.raises(InvalidTable) as refused:
            prediction_files.open_file(file, "x.csv", contract, asked)
        question = contradiction(refused.value)
        assert question is not None
        assert question.column == column
        asked = questions.answered(asked, question, question.alternatives[0])
        assert {**asked.given(), **answer} == asked.given()
    [part] = prediction_files.open_file(file, "x.csv", contract, asked).parts(10)
    assert part.cells.rows() == [(39.1, 2.5, 1234.5), (4.2, 3.5, 7.0)]


POINT, COMMA = NumberFormat(decimal="."), NumberFormat(decimal=",")
OF_TWO: dict[str, tuple[str, CellFormat, list[tuple[object, object]]]] = {
    "years of two digits, month first": (
        "11/02/23\n02/03/23\n",
        CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        [("2023-11-02", {"dates": {"c": "%m/%d/%y"}}), ("2023-02-11", {"dates": {"c": "%d/%m/%y"}})],
    ),
    "years of two digits, day first": (
        "11/02/23\n02/03/23\n",
        CellFormat(date=DateFormat(pattern="%d/%m/%Y")),
        [("2023-02-11", {"dates": {"c": "%d/%m/%y"}}), ("2023-11-02", {"dates": {"c": "%m/%d/%y"}})],
    ),
    "a time": (
        "11/02/2023 10:00\n",
        CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        [
            ("2023-11-02T10:00:00", {"dates": {"c": "%m/%d/%Y %H:%M"}}),
            ("2023-02-11T10:00:00", {"dates": {"c": "%d/%m/%Y %H:%M"}}),
        ],
    ),
    "points for slashes, and a first cell that is one date": (
        "02.02.2023\n11.02.2023\n",
        CellFormat(date=DateFormat(pattern="%m/%d/%Y")),
        [("2023-11-02", {"dates": {"c": "%m.%d.%Y"}}), ("2023-02-11", {"dates": {"c": "%d.%m.%Y"}})],
    ),
    "dates where the model has the year first": (
        "11/02/2023\n",
        CellFormat(date=DateFormat(pattern="%Y-%m-%d")),
        [("2023-02-11", {"dates": {"c": "%d/%m/%Y"}}), ("2023-11-02", {"dates": {"c": "%m/%d/%Y"}})],
    ),
    "three digits behind a point, for a model of commas": (
        "1.500\n2.250\n",
        CellFormat(number=COMMA),
        [
            (1500.0, {"columns": {"c": {"decimal": ",", "thousands": "."}}}),
            (1.5, {"columns": {"c": {"decimal": ".", "thousands": ""}}}),
        ],
    ),
    "three digits behind a comma, for a model of points": (
        "1,500\n2,250\n",
        CellFormat(number=POINT),
        [
            (1500.0, {"columns": {"c": {"decimal": ".", "thousands": ","}}}),
            (1.5, {"columns": {"c": {"decimal": ",", "thousands": ""}}}),
        ],
    ),
}
"""By name: the cells of a file, the format of the model's column, and both readings, that of the model's kind first."""


@pytest.mark.parametrize("name", OF_TWO)
def test_a_contradiction_of_two_readings_names_both(tmp_path: Path, name: str) -> None:
    rows, cell_format, readings = OF_TWO[name]
    column = (
        NumberColumn(name="c", minimum=0, maximum=9999, cell_format=cell_format)
        if cell_format.number
        else TextColumn(name="c", reads="date", cell_format=cell_format)
    )
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    content = f"x;c\n;{rows}".replace("\n", "\n;").removesuffix(";").replace("\n;;", "\n;").encode()
    with pytest.raises(InvalidTable) as refused:
        opened(tmp_path, content, contract=contract)
    question = contradiction(refused.value)
    assert question is not None
    said, hint = str(refused.value), str(refused.value.hint)
    for (cell, answer), choice in zip(readings, (question.chosen, *question.alternatives), strict=False):
        assert f"{cell:.15g}" in said if isinstance(cell, float) else str(cell) in said
        asked = questions.answered(Corrections(), question, choice)
        assert asked.given() == answer
        assert asked.model_dump_json(exclude_defaults=True) in hint
        assert questions.options(asked) in hint
        read = opened(tmp_path, content, contract=contract, **answer)  # type: ignore[arg-type]
        assert cell in [row[0] for row in cells(read)]
    line = content.decode().splitlines()[refused.value.place["line"] - 1]
    assert line == f";{refused.value.place['value']}"


UNDECIDED_CONTRACT = CONTRACT.model_copy(
    update={
        "columns": (
            NumberColumn(name="n", minimum=0, maximum=9999, cell_format=CellFormat(missing=NUMBERS, number=UNDECIDED)),
        )
    }
)


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        ("n\n1\n2\n", [1, 2]),
        ("n\n1,5\n-\n", [1.5, None]),
        ("n;m\n1,500;a\n2,5;b\n", [1.5, 2.5]),
        ("n\n1.500\n2.5\n", [1.5, 2.5]),
        ('n;m\n"1.500";a\n1.234,5;b\n', [1500, 1234.5]),
    ],
)
def test_a_file_decides_what_the_data_set_left_undecided(
    tmp_path: Path, content: str, numbers: list[float | None]
) -> None:
    assert [row[0] for row in cells(opened(tmp_path, content.encode(), contract=UNDECIDED_CONTRACT))] == numbers


def test_a_file_that_leaves_it_undecided_is_asked_about(tmp_path: Path) -> None:
    content = b"n;m\n2;a\n1,500;b\n"
    with pytest.raises(InvalidTable, match="“1,500” in “n” may be 1500 or ") as refused:
        opened(tmp_path, content, contract=UNDECIDED_CONTRACT)
    assert (refused.value.reason, refused.value.place["line"]) == ("several_number_formats", 3)
    answered = opened(tmp_path, content, contract=UNDECIDED_CONTRACT, decimal=",", thousands="")
    assert [row[0] for row in cells(answered)] == [2, 1.5]


def test_corrections_are_followed(tmp_path: Path) -> None:
    content = b"montant;code;facture;remarque\n1,500;007;03/04/2024;x\n"
    assert cells(opened(tmp_path, content))[0][::2] == (1.5, "2024-04-03")
    otherwise = opened(tmp_path, content, decimal=".", thousands=",", dates={"facture": "%m/%d/%Y"})
    assert cells(otherwise)[0][::2] == (1500.0, "2024-03-04")
    own = opened(tmp_path, content, columns={"montant": {"decimal": ".", "thousands": ","}})
    assert cells(own)[0][::2] == (1500.0, "2024-04-03")
    x = opened(tmp_path, content, columns={"remarque": {"missing": ["x"]}})
    assert cells(x)[0][3] is None
    for asked in ({"dates": {"x": "%d"}}, {"columns": {"x": {}}}):
        with pytest.raises(InvalidRequest, match="no column “x”"):
            opened(tmp_path, content, **asked)


def test_markers_between_quotes_are_texts(tmp_path: Path) -> None:
    columns = (CategoryColumn(name="code", levels=("FR", "NA"), cell_format=TEXTS), CONTRACT.columns[3])
    form = opened(
        tmp_path,
        b'code,remarque\nNA,"NA"\n"NA",NA\nFR,x\n',
        contract=CONTRACT.model_copy(update={"columns": columns}),
    )
    assert cells(form) == [(None, "NA"), ("NA", None), ("FR", "x")]


def test_trimmed_columns_are_read_without_blanks(tmp_path: Path) -> None:
    padded = CellFormat(missing=("NA",), trimmed=True)
    columns = (
        CategoryColumn(name="code", levels=("FR", "DE"), cell_format=padded),
        TextColumn(name="remarque", cell_format=padded),
    )
    form = opened(
        tmp_path, b"code,remarque\nFR , x\nNA , NA\n", contract=CONTRACT.model_copy(update={"columns": columns})
    )
    assert cells(form) == [("FR", "x"), (None, None)]


def test_a_cell_that_is_not_a_number_is_named_by_its_line_in_the_file(tmp_path: Path) -> None:
    rows = "".join(f"{n},5;007;;\n" for n in range(250))
    form = opened(tmp_path, f"montant;code;facture;remarque\n{rows}beaucoup;007;;\n1.500;007;;\n".encode())
    with pytest.raises(
        InvalidRows, match="line 252, column “montant”: got 'beaucoup', expected a number written as 1 234,5"
    ) as caught:
        cells(form, max_rows=100)
    assert [(cell.row, cell.line) for cell in caught.value.cells] == [(251, 252), (252, 253)]


def test_names_that_differ_in_case_accents_or_blanks_are_near(tmp_path: Path) -> None:
    with pytest.raises(InvalidRows) as caught:
        opened(tmp_path, b"MONTANT;co de;facture;remarque;autre\n1;2;3;4;5\n")
    assert str(caught.value) == "the column “montant” is missing; did you mean “MONTANT”? (and 1 more)"
    assert str(caught.value.cells[1]) == "the column “code” is missing; did you mean “co de”?"


def test_a_file_that_is_not_written_as_a_person_says_is_refused(tmp_path: Path) -> None:
    content = b"montant;code;facture;remarque\n1826.03;007;;\n"
    with pytest.raises(InvalidTable, match=r"line 2: “1826\.03” in “montant” is no number written as 1234,5"):
        opened(tmp_path, content, columns={"montant": {"decimal": ","}})
    assert cells(opened(tmp_path, content, columns={"montant": {"decimal": "."}}))[0][0] == 1826.03
    with pytest.raises(InvalidRequest, match="no column “Montant” to be read otherwise; did you mean “montant”"):
        opened(tmp_path, content, columns={"Montant": {"decimal": ","}})
    with pytest.raises(InvalidRequest, match="no dates with years of two digits"):
        opened(tmp_path, content, columns={"remarque": {"first_year": 1930}})


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRows, match="code"):
        opened(tmp_path, b"montant\n1\n")


def test_columns_that_the_model_does_not_know_are_left_out_and_named(tmp_path: Path) -> None:
    content = b"x,montant,code,facture,nom,remarque,y\n1,2,007,,Zoe,a,\xff\n"
    form = opened(tmp_path, content.decode("latin-1").encode())
    assert (form.left_out, cells(form)) == (("x", "y"), [(2.0, "007", None, "a")])
    assert answered(form).splitlines()[1].decode() == '1,2,007,,Zoe,a,ÿ,oui,"0,30000000000000004"'


def test_quotes_inside_of_cells_and_blank_lines_are_read(tmp_path: Path) -> None:
    content = b'sep=;\r\n\r\nmontant;code;facture;remarque\r\n1;5" de;;x\r\n\r\n2;007;;"y\r\nz"\r\n'
    form = opened(tmp_path, content)
    assert cells(form) == [(1.0, '5" de', None, "x"), (2.0, "007", None, "y\r\nz")]
    expected = (
        b"sep=;\r\n\r\nmontant;code;facture;remarque;prediction;probability_oui\r\n"
        b'1;5" de;;x;oui;0,30000000000000004\r\n2;007;;"y\r\nz";non;1e-17\r\n'
    )
    assert answered(form) == expected


def test_decimal_commas_are_quoted_if_commas_separate_cells(tmp_path: Path) -> None:
    form = opened(tmp_path, b'montant,code,facture,remarque\n"1,5",007,,x\n"2,25",007,,y\n')
    assert form.reading.cells["montant"] == AMOUNTS
    assert answered(form).splitlines()[1] == b'"1,5",007,,x,oui,"0,30000000000000004"'


def test_json_lines_get_more_members(tmp_path: Path) -> None:
    lines = [
        {"montant": 1.50, "code": "007", "facture": "13/03/2024", "remarque": "é}"},
        {"montant": None, "code": "75000", "remarque": None},
    ]
    sent = "".join(json.dumps(line, ensure_ascii=False) + "\r\n" for line in lines).encode()
    form = opened(tmp_path, sent, "clients.ndjson.gz")
    assert cells(form) == [(1.5, "007", "2024-03-13", "é}"), (None, "75000", None, None)]
    assert form.filename == "clients.ndjson"
    found = answered(form).splitlines()
    assert found[0].startswith(sent.splitlines()[0][:-1] + b",")
    assert [json.loads(line) for line in found] == [
        line | row for line, row in zip(lines, ADDED.to_dicts(), strict=True)
    ]


def test_numbers_of_json_lines_in_a_column_of_dates_are_left_to_the_contract(tmp_path: Path) -> None:
    line = {"montant": 1, "code": "007", "facture": 20240313, "remarque": "x"}
    form = opened(tmp_path, json.dumps(line).encode(), "clients.jsonl")
    assert cells(form) == [(1.0, "007", 20240313.0, "x")]
    with pytest.raises(InvalidRows, match=r"row 1, column “facture”: got 20240313, expected a text with a date"):
        FrameValidator(CONTRACT).frame(form.beginning(1))


def test_a_log_is_written_as_csv(tmp_path: Path) -> None:
    line = '127.0.0.1 - - [10/Oct/2024:13:55:36 +0200] "GET /a HTTP/1.1" 200 2326\n'
    columns = (NumberColumn(name="bytes", minimum=0, maximum=9), CategoryColumn(name="method", levels=("GET",)))
    ignored = ("host", "identity", "user", "time", "path", "protocol", "request", "status")
    contract = CONTRACT.model_copy(update={"columns": columns, "ignored": ignored})
    form = opened(tmp_path, (line * 2).encode(), "access.log", contract)
    assert (form.filename, cells(form)) == ("access.csv", [(2326.0, "GET")] * 2)
    found = pl.read_csv(answered(form))
    assert found.columns[-4:] == ["status", "bytes", "prediction", "probability_oui"]
    assert found.select("bytes", "prediction").rows() == [(2326, "oui"), (2326, "non")]


def _of_texts(form: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bytes:
    """A file whose cells are all texts."""
    if form == "xlsx":
        return xlsx([columns, *rows])
    if form == "jsonl":
        return "\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows).encode()
    table = pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(columns)})
    sent = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sent)
    else:
        with pa.ipc.new_file(sent, table.schema) as out:
            out.write_table(table)
    return sent.getvalue()


class TestParquet:
    def test_types_and_codecs_are_kept_and_cells_are_read_as_in_training(self, tmp_path: Path) -> None:
        table = pa.table(
            {
                "montant": pa.array([Decimal("1.25"), None]),
                "code": pa.array(["007", "NA"]).dictionary_encode(),
                "facture": [date(2024, 3, 13), None],
                "remarque": ["x", None],
                "nom": [["a"], []],
            }
        )
        sent = io.BytesIO()
        pq.write_table(table, sent, compression="GZIP")
        form = opened(tmp_path, sent.getvalue(), "clients.parquet")
        assert cells(form) == [(1.25, "007", "2024-03-13", "x"), (None, "NA", None, None)]
        found = pq.ParquetFile(io.BytesIO(answered(form, max_rows=2)))
        assert found.read(table.column_names).equals(table)
        assert found.metadata.row_group(0).column(0).compression == "GZIP"
        assert pl.DataFrame(found.read(ADDED.columns)).equals(ADDED)
        assert next(form.parts(2)).preview(1)["nom"].to_list() == [["a"]]

    @pytest.mark.parametrize("form", ["parquet", "arrow", "jsonl", "xlsx"])
    def test_texts_of_numbers_and_dates_are_read_as_in_other_files(self, tmp_path: Path, form: str) -> None:
        columns = ("montant", "code", "facture", "remarque")
        rows = [("1 234,5", "007", "13/03/2024", "NA"), ("2", "75000", "2024-05-04", None), ("-", "1,5", "hier", "x")]
        found = opened(tmp_path, _of_texts(form, columns, rows), f"clients.{form}")
        assert cells(found) == [
            (1234.5, "007", "2024-03-13", "NA"),
            (2.0, "75000", "2024-05-04", None),
            (None, "1,5", "hier", "x"),
        ]

    @pytest.mark.parametrize("form", ["parquet", "arrow", "jsonl", "xlsx"])
    @pytest.mark.parametrize("cell", [("1,234.5", "13/03/2024"), ("1", "03/13/2024")], ids=["a number", "a date"])
    def test_texts_that_contradict_the_model_are_asked_about(
        self, tmp_path: Path, form: str, cell: tuple[str, str]
    ) -> None:
        columns = ("montant", "code", "facture", "remarque")
        with pytest.raises(InvalidTable) as refused:
            opened(tmp_path, _of_texts(form, columns, [(cell[0], "007", cell[1], "x")]), f"clients.{form}")
        assert contradiction(refused.value) is not None
        asked = {"decimal": ".", "thousands": ",", "dates": {"facture": "%m/%d/%Y"}} if cell[0] == "1" else {}
        asked = asked or {"decimal": ".", "thousands": ","}
        found = opened(tmp_path, _of_texts(form, columns, [(cell[0], "007", cell[1], "x")]), f"clients.{form}", **asked)
        assert cells(found)[0][2] == "2024-03-13"

    def test_a_text_that_is_no_number_is_named_by_its_row(self, tmp_path: Path) -> None:
        columns = ("montant", "code", "facture", "remarque")
        rows = [("1", "007", None, None), ("one", "007", None, None)]
        found = opened(tmp_path, _of_texts("parquet", columns, rows), "clients.parquet")
        with pytest.raises(InvalidRows, match="row 2, column “montant”: got 'one'"):
            cells(found)

    def test_a_file_that_is_not_parquet_or_has_no_rows_is_refused(self, tmp_path: Path) -> None:
        empty = io.BytesIO()
        pl.DataFrame({"montant": []}).write_parquet(empty)
        for content, said in ((b"PAR1 and no more", "cannot be read as Parquet"), (empty.getvalue(), "has no row")):
            with pytest.raises(InvalidTable, match=said):
                opened(tmp_path, content, "clients.parquet")


SHEET = [
    ["nom", "montant", "code", "facture", "remarque"],
    ["Zoé", 1234.5, "007", date(2024, 3, 13), "=1+1"],
    ["Al", None, "1,5", date(2024, 5, 4), None],
]
SHEET_CELLS = [(1234.5, "007", "2024-03-13", "=1+1"), (None, "1,5", "2024-05-04", None)]


class TestWorkbooks:
    @pytest.mark.parametrize("make", [xlsx, ods])
    def test_predictions_are_at_the_right_of_the_sheet(self, tmp_path: Path, make: Callable[..., bytes]) -> None:
        form = opened(tmp_path, make([["Clients"], [], *SHEET]), f"clients.{make.__name__}")
        assert (form.filename, form.rows, cells(form)) == ("clients.xlsx", 2, SHEET_CELLS)
        book = CalamineWorkbook.from_filelike(io.BytesIO(answered(form)))
        rows = book.get_sheet_by_index(0).to_python()
        assert rows[0] == [*SHEET[0], *ADDED.columns]
        assert rows[1] == [*SHEET[1], "oui", pytest.approx(0.3)]
        assert rows[2] == ["Al", "", "1,5", date(2024, 5, 4), "", "non", 1e-17]

    def test_texts_of_numbers_and_dates_are_read_as_the_model_says(self, tmp_path: Path) -> None:
        content = xls([SHEET[0], ["Zoé", "1 234,5", "007", "13/03/2024", "x"], ["Al", 2, 7, "04/05/2024", "y"]])
        form = opened(tmp_path, content, "clients.xls")
        assert cells(form) == [(1234.5, "007", "2024-03-13", "x"), (2.0, "7", "2024-05-04", "y")]
        assert form.filename == "clients.xlsx"

    def test_a_name_with_macros_is_not_kept(self, tmp_path: Path) -> None:
        assert opened(tmp_path, xlsx(SHEET), "clients.xlsm").filename == "clients.xlsx"


OBJECTS = [
    {"nom": {"first": "Zoé"}, "montant": 1234.5, "code": "007", "facture": "2024-03-13", "remarque": "=1+1"},
    {"nom": ["Al"], "montant": None, "code": "1,5", "facture": "2024-05-04", "remarque": None},
]


@pytest.mark.parametrize(
    "content",
    [json.dumps(OBJECTS), json.dumps(OBJECTS, indent=2), json.dumps({"n": 2, "rows": OBJECTS})],
    ids=["a list", "over many lines", "in a member"],
)
def test_json_documents_come_back_as_a_list(tmp_path: Path, content: str) -> None:
    form = opened(tmp_path, content.encode(), "clients.json")
    assert (form.filename, form.rows, cells(form)) == ("clients.json", 2, SHEET_CELLS)
    rows = json.loads(answered(form))
    assert rows == [row | added for row, added in zip(OBJECTS, ADDED.to_dicts(), strict=True)]


@pytest.mark.parametrize("keyed", [True, False])
def test_the_columns_of_the_model_tell_rows_from_columns(tmp_path: Path, keyed: bool) -> None:
    flat = [{name: value for name, value in row.items() if name != "nom"} for row in OBJECTS]
    by_name = dict(zip(("Zoé", "Al"), flat, strict=True))
    content = by_name if keyed else {name: {row: by_name[row][name] for row in by_name} for name in flat[0]}
    form = opened(tmp_path, json.dumps(content).encode(), "clients.json")
    assert (cells(form), form.left_out) == (SHEET_CELLS, ("column_1",))
    assert all(each.sure for each in form.decisions)
    assert json.loads(answered(form))[0] == {"column_1": "Zoé"} | flat[0] | ADDED.to_dicts()[0]


def test_a_file_of_arrow_comes_back_as_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "nom": pa.array([["Zoé"], None]),
            "montant": pa.array([Decimal("1234.50"), None], pa.decimal256(50, 2)),
            "code": pa.array(["007", "1,5"]).dictionary_encode(),
            "facture": pa.array([date(2024, 3, 13), date(2024, 5, 4)]),
            "remarque": pa.array(["=1+1", None], pa.large_string()),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    form = opened(tmp_path, sink.getvalue(), "clients.feather")
    assert (form.filename, form.rows, cells(form)) == ("clients.parquet", 2, SHEET_CELLS)
    found = pq.read_table(io.BytesIO(answered(form, max_rows=5)))
    assert found.column_names == [*table.column_names, *ADDED.columns]
    assert found.column("nom").to_pylist() == [["Zoé"], None]


def test_a_file_with_blanks_between_cells_comes_back_with_single_ones(tmp_path: Path) -> None:
    sent = (
        b'montant  code      facture    remarque\n   1,5   007  13/03/2024        a\n  20,5 75000  14/03/2024  "b  c"\n'
    )
    form = opened(tmp_path, sent, separator=" ")
    assert cells(form) == [(1.5, "007", "2024-03-13", "a"), (20.5, "75000", "2024-03-14", "b  c")]
    assert answered(form).decode() == (
        "montant code facture remarque prediction probability_oui\n"
        "1,5 007 13/03/2024 a oui 0,30000000000000004\n"
        '20,5 75000 14/03/2024 "b  c" non 1e-17\n'
    )


class TestLinesThatAreNoData:
    """A title, a row of units and a total: neither format gives them back, and both say so."""

    TABLE = (
        *(["Mesures de mai"], ["montant", "code", "facture", "remarque"], ["€", "", "jj", ""]),
        *(["1,5", "007", "13/03/2024", "a"], ["2,5", "75000", "14/03/2024", "b"], ["Total", "", "", ""]),
    )

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_the_written_file_has_a_line_for_each_row(self, tmp_path: Path, form: str) -> None:
        asked = {"skipped_lines": 1, "units_row": True, "footer_rows": 1}
        content = xlsx(self.TABLE) if form == "xlsx" else "\n".join(map(";".join, self.TABLE)).encode() + b"\n"
        opened_file = opened(tmp_path, content, f"mai.{form}", **asked)
        assert (opened_file.rows, len(cells(opened_file))) == (2, 2)
        written = answered(opened_file)
        if form == "xlsx":
            rows = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_index(0).to_python()
            found = [[*map(str, row)] for row in rows]
        else:
            title, *lines = written.decode().splitlines()
            assert title == "Mesures de mai"
            found = [line.split(";") for line in lines]
        assert [row[0] for row in found] == ["montant", "1,5", "2,5"]
        assert [row[4] for row in found] == ["prediction", "oui", "non"]
        missing = not_written(opened_file.reading)
        assert missing is not None
        above = " and lines above the header" if form == "xlsx" else ""
        assert str(missing) == (
            f"not in the file with the predictions: row of units and rows at the end that are no data{above}"
        )
        assert missing.said(in_language("fr")).startswith(
            "non repris dans le fichier avec les prédictions\u00a0: ligne d’"
        )

    def test_nothing_is_said_of_a_plain_file(self, tmp_path: Path) -> None:
        assert not_written(opened(tmp_path, FRENCH.encode()).reading) is None

    def test_the_columns_of_the_model_make_the_encoding_sure(self, tmp_path: Path) -> None:
        data = "âge;ville\nx;Lyon\ny;Nice\n".encode("cp1252")
        columns = tuple(TextColumn(name=name, cell_format=TEXTS) for name in ("âge", "ville"))
        (tmp_path / "plain").write_bytes(data)
        assert not detect_encoding(Source.of(tmp_path / "plain")).sure
        form = opened(tmp_path, data, contract=CONTRACT.model_copy(update={"columns": columns}))
        (encoding,) = (each for each in form.decisions if each.field == "encoding")
        assert (encoding.chosen, encoding.sure, encoding.reason) == ("windows-1252", True, Reason.MODEL_COLUMNS)

    def test_the_columns_of_the_model_make_the_header_of_a_workbook_sure(self, tmp_path: Path) -> None:
        texts = [["code", "remarque"], ["FR", "x"], ["DE", "y"]]
        columns = tuple(TextColumn(name=name, cell_format=TEXTS) for name in texts[0])
        form = opened(tmp_path, xlsx(texts), "a.xlsx", contract=CONTRACT.model_copy(update={"columns": columns}))
        (header,) = (each for each in form.decisions if each.field == "header")
        assert (header.chosen, header.sure, header.reason) == ("yes", True, Reason.MODEL_COLUMNS)
        assert form.rows == 2
