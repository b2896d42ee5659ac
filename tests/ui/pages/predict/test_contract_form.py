"""The fields of a form, from a contract."""

from __future__ import annotations

import pytest

from tablee.datasets.generalisation import Generalisation, GeneralisingAction
from tablee.datasets.privacy import Bands, Mask, Period, Prefix
from tablee.i18n import Formatter
from tablee.i18n.catalogue import Language
from tablee.models.contract import CategoryColumn, Column, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee.models.validation.rows import RowValidator
from tablee.tables.cells.cell_format import CellFormat, DateFormat, NumberFormat
from tablee_ui.pages.predict import contract_form
from tablee_ui.pages.predict.contract_form import ChoiceField, NumberField, TextField, WholeField
from tablee_ui.texts import Texts

CONTRACT = Contract(
    model="penguins",
    columns=(
        CategoryColumn(name="island", levels=("Biscoe", "Dream")),
        NumberColumn(name="bill_length_mm", minimum=32.1, maximum=59.6),
        NumberColumn(name="body_mass_g", minimum=2700, maximum=6300, integer=True),
    ),
    target=Target(name="species", problem_type=ProblemType.MULTICLASS, classes=("a", "b", "c")),
    examples=(
        {"island": "Dream", "bill_length_mm": 39.25, "body_mass_g": 3750.0},
        {"island": None, "bill_length_mm": None, "body_mass_g": None},
        {"island": "Torgersen", "bill_length_mm": 40},
    ),
)


def test_fields_stand_in_the_contracts_order() -> None:
    assert [field.name for field in contract_form.fields(CONTRACT)] == list(CONTRACT.names)


def test_a_category_is_a_choice_of_its_levels() -> None:
    assert contract_form.fields(CONTRACT)[0] == ChoiceField("island", ("Biscoe", "Dream"))


def test_a_number_is_typed_as_text() -> None:
    assert contract_form.fields(CONTRACT)[1] == NumberField("bill_length_mm", 32.1, 59.6)


@pytest.mark.parametrize(("low", "high", "step"), [(2700, 6300, 100), (0, 1, 1), (5, 5, 1), (0, 3e6, 100_000)])
def test_whole_numbers_have_steps_that_fit_the_range(low: float, high: float, step: int) -> None:
    column = NumberColumn(name="x", minimum=low, maximum=high, integer=True)
    assert contract_form.fields(CONTRACT.model_copy(update={"columns": (column,)})) == [
        WholeField("x", low, high, step)
    ]


def test_the_form_starts_with_an_example() -> None:
    row = contract_form.first_row(CONTRACT)
    assert row == {"island": "Dream", "bill_length_mm": 39.25, "body_mass_g": 3750}
    assert isinstance(row["body_mass_g"], int)


@pytest.mark.parametrize("example", range(4))
def test_the_model_accepts_every_example_of_the_form(example: int) -> None:
    assert RowValidator(CONTRACT).rows([contract_form.first_row(CONTRACT, example)]).rows == 1


def test_a_text_that_a_recipe_reads_is_typed() -> None:
    column = TextColumn(name="date de facture", reads="date")
    contract = CONTRACT.model_copy(update={"columns": (column,), "examples": ({"date de facture": "12/03/2024"},)})
    assert contract_form.fields(contract) == [TextField("date de facture", "date")]
    assert contract_form.first_row(contract) == {"date de facture": "12/03/2024"}
    assert contract_form.first_row(contract, 1) == {"date de facture": None}


@pytest.mark.parametrize("reads", ["text", "number", "date"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_kind_of_text_has_its_hint(reads: str, language: str) -> None:
    assert len(Texts(language)(f"predict.text_{reads}")) > 20


def test_a_date_has_the_format_of_the_data() -> None:
    written = DateFormat(pattern="%m/%d/%Y")
    column = TextColumn(name="born", reads="date", cell_format=CellFormat(date=written))
    contract = CONTRACT.model_copy(update={"columns": (column,)})
    assert contract_form.fields(contract) == [TextField("born", "date", written)]


@pytest.mark.parametrize(
    ("language", "text", "data", "value"),
    [
        ("en", "1,500", NumberFormat(decimal=".", thousands=","), 1500),
        ("fr", "1,500", NumberFormat(decimal=","), 1.5),
        ("fr", "2,5", NumberFormat(), 2.5),
        ("en", "1.5", NumberFormat(decimal=","), 1.5),
        ("en", "", NumberFormat(), None),
    ],
)
def test_a_number_is_read_as_the_page_writes_it(
    language: Language, text: str, data: NumberFormat, value: float | None
) -> None:
    assert contract_form.read_number(text, data, Formatter(language)) == value


@pytest.mark.parametrize(
    ("language", "text", "data"),
    [
        ("en", "1,500", NumberFormat()),
        ("en", "1,500", NumberFormat(decimal=",")),
        ("fr", "1,500", NumberFormat()),
        ("fr", "1.500", NumberFormat(decimal=",", thousands=".")),
    ],
)
def test_a_number_that_may_be_two_is_asked(language: Language, text: str, data: NumberFormat) -> None:
    with pytest.raises(contract_form.SeveralNumbers, match=text) as caught:
        contract_form.read_number(text, data, Formatter(language))
    assert str(caught.value.expected) == "a number that means only one thing, 1.5 or 1500"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "action",
    [
        Prefix(column="x", length=2),
        Mask(column="x", keep_last=1),
        Period(column="x", to="month"),
        Period(column="x", to="year"),
        Bands(column="x", width=10),
    ],
)
def test_a_field_says_what_the_model_learnt_from(action: GeneralisingAction, language: Language) -> None:
    generalisation = Generalisation(action=action, original=CellFormat())
    column: Column = CategoryColumn(name="x", levels=("a",), generalisation=generalisation)
    if isinstance(action, Bands):
        column = NumberColumn(name="x", minimum=20, maximum=60, generalisation=generalisation)
    (field,) = contract_form.fields(CONTRACT.model_copy(update={"columns": (column,)}))
    assert field.generalisation == generalisation
    assert not isinstance(field, NumberField) or field.high == 70
    assert len(contract_form.coarse(generalisation, Texts(language), Formatter(language))) > 20
    assert contract_form.coarse(None, Texts(language), Formatter(language)) == ""
