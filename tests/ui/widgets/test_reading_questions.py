"""Questions about how a file is read, drawn from files that are read for real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from canned import words
from streamlit.testing.v1 import AppTest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidTable
from tablee.http.schemas.datasets import FilePreview
from tablee.i18n import LANGUAGES
from tablee_data.readers.sniff import sniff
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext

Page = Callable[..., AppTest]


@pytest.fixture
def page(backend: Backend, tmp_path: Path) -> Page:
    """`page(text)` draws the questions about a CSV; the corrections are in the session's slot `asked`."""

    def script(context: "PageContext", look: "Any") -> None:  # noqa: UP037 (run without imports)
        import streamlit as st

        from tablee_ui.widgets import error_messages, file_reading, reading_questions

        def draw() -> None:
            found = reading_questions.ask(context, "file", look)
            if found is None:
                return
            asked, preview = found
            reading_questions.remarks(context, "file", preview)
            file_reading.show(context, preview)
            st.session_state["asked"], st.session_state["preview"] = asked, preview

        error_messages.caught(context, draw)

    def drawn(text: str, language: str = "en", look: Any = None) -> AppTest:
        file = tmp_path / "file.csv"
        file.write_text(text, encoding="utf-8")
        looks = look or (lambda asked: sniff(file, asked=asked))
        context = PageContext.create(backend, language)
        return AppTest.from_function(script, args=(context, looks), default_timeout=30).run()

    return drawn


def asked(test: AppTest) -> Corrections:
    assert not test.exception
    return test.session_state["asked"]  # type: ignore[no-any-return]


def preview(test: AppTest) -> FilePreview:
    return test.session_state["preview"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reading_of_a_number_is_shown_and_can_be_chosen(page: Page, language: str) -> None:
    test = page("name,lat\nx,48.856\ny,43.296\n", language)
    assert asked(test) == Corrections()
    [radio] = test.radio
    assert radio.value == "."
    said = words(test)
    assert ("Signe décimal" if language == "fr" else "Decimal sign") in said
    radio.set_value(",").run()
    assert asked(test).columns["lat"].decimal == ","
    assert preview(test).rows[0]["lat"] == 48856
    test.radio[0].set_value(".").run()
    assert asked(test) == Corrections()


def test_an_answer_brings_the_next_question(page: Page) -> None:
    test = page("name,day\nx,03/04/24\ny,05/06/24\n")
    assert len(test.radio) == 2
    order = test.radio[0]
    order.set_value("%m/%d/%y").run()
    assert asked(test).dates == {"day": "%m/%d/%y"}
    test.radio[1].set_value("1900").run()
    assert asked(test).columns["day"].first_year == 1900
    assert preview(test).rows[0]["day"] == "1924-03-04"


TWO = "id;montant;montant_2\n" + "".join(f"{at};{2 + at},21{at};{4 + at}.24{at}\n" for at in range(9))
"""Two columns of numbers, of which each may be written with a comma or with a point."""
VALUES = {"montant": {",": 2.21, ".": 2210}, "montant_2": {",": 4240, ".": 4.24}}


@pytest.mark.parametrize("first", [",", ".", None])
@pytest.mark.parametrize("second", [",", ".", None])
@pytest.mark.parametrize("backwards", [True, False])
def test_what_questions_show_is_what_is_stored(
    page: Page, first: str | None, second: str | None, backwards: bool
) -> None:
    test = page(TWO)
    answers = [("montant", first), ("montant_2", second)]
    clicked = {}
    for column, choice in reversed(answers) if backwards else answers:
        radio = next(each for each in test.radio if f":{column}:" in str(each.key))
        if choice not in (None, radio.value):
            clicked[column] = choice
            radio.set_value(choice).run()
    assert not test.exception
    shown = {str(each.key).split(":")[3]: str(each.value) for each in test.radio}
    assert shown.keys() == VALUES.keys()
    assert clicked.items() <= shown.items(), "an answer stays"
    stored = preview(test).rows[0]
    assert {column: stored[column] for column in shown} == {
        column: pytest.approx(VALUES[column][choice]) for column, choice in shown.items()
    }


def test_a_question_that_nobody_answered_follows_the_answers_above_it(page: Page) -> None:
    test = page(TWO)
    assert [each.value for each in test.radio] == [",", ","]
    test.radio[0].set_value(".").run()
    assert [each.value for each in test.radio] == [".", "."]
    test.radio[1].set_value(",").run()
    test.radio[0].set_value(",").run()
    assert [each.value for each in test.radio] == [",", ","]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reading_of_the_table_shows_its_columns(page: Page, language: str) -> None:
    above = "Wide report,,\nof,2024,x\n\nname,amount,x\n" + "a,1,2\nb,2,3\nc,3,4\nd,5,6\n" * 5
    test = page(above, language)
    radio = next(each for each in test.radio if ":skipped_lines:" in str(each.key))
    first = radio.proto.captions[0]
    assert "name ¦ amount ¦ x" in first
    assert "a ¦ 1 ¦ 2" in first
    some, none = radio.options
    assert some.startswith("3 ")
    assert none.startswith("aucune ligne" if language == "fr" else "no line")
    footer = page("name,amount\na,1.5\nb,2.5\nc,3.5\nTotal,7.5\n", language).radio
    [radio] = [each for each in footer if ":footer_rows:" in str(each.key)]
    goes, stays = radio.proto.captions
    assert goes.startswith("écartées" if language == "fr" else "left out")
    assert stays.startswith("restent" if language == "fr" else "stay")
    assert all("Total, 7.5" in each for each in (goes, stays))
    radios = page("time,mass\ns,kg\n1.5,2.5\n2.5,3.5\n3.5,4.5\n", language).radio
    [radio] = [each for each in radios if ":units_row:" in str(each.key)]
    assert [("1,5 ¦ 2,5" if language == "fr" else "1.5 ¦ 2.5") in radio.proto.captions[0]] == [True]
    assert "s ¦ kg" in radio.proto.captions[1]


@pytest.mark.parametrize(
    ("day", "others"),
    [("25/06/71", ["from 1900 to 1999", "from 2000 to 2099"]), ("25/06/31", ["from 1900 to 1999"])],
)
def test_the_readings_of_years_of_two_digits_differ(page: Page, day: str, others: list[str]) -> None:
    test = page(f"name,day\nx,30/04/24\ny,{day}\n")
    [radio] = [each for each in test.radio if ":first_year:" in str(each.key)]
    assert radio.options == ["from 1969 to 2068", *others]
    assert len(set(radio.proto.captions)) == len(radio.options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_what_was_found_and_nothing_else(page: Page, language: str) -> None:
    def found(test: AppTest, field: str) -> str:
        return next(str(each.options[0]) for each in test.selectbox if f"reading_{field}:" in str(each.key))

    text = "name;price;day\nx;1 234,5;31/01/2024\ny;2 345,5;30/01/2024\n"
    named = {"en": ("comma", "space", "day before month"), "fr": ("virgule", "espace", "jour avant mois")}[language]
    test = page(text, language)
    for field, word in zip(("decimal", "thousands", "day_first"), named, strict=True):
        assert found(test, field).endswith(word)
    test = page("a;b;c\n1,5;2.5;x\n2,5;3.5;y\n", language)
    both = "Signe décimal\u00a0: virgule, point" if language == "fr" else "Decimal sign: comma, point"
    assert both in words(test), "the summary names each sign"
    assert found(test, "decimal") == (
        "comme trouvé, selon la colonne" if language == "fr" else "as found, column by column"
    )
    unknown = "comme trouvé" if language == "fr" else "as found"
    assert found(test, "thousands") == found(test, "day_first") == unknown
    test = page('a;b\n1;"x\n', language)  # refused
    fields = ("separator", "quote", "encoding", "header", "decimal", "thousands", "day_first")
    assert {found(test, field) for field in fields} == {unknown}


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_of_dates_are_said_in_letters_of_the_language(page: Page, language: str) -> None:
    test = page("name,day\nx,03/04/2024\ny,05/06/2024\n", language)
    shown = words(test) + " ".join(test.radio[0].options)
    assert ("jj/mm/aaaa" if language == "fr" else "dd/mm/yyyy") in shown
    assert "%" not in " ".join(test.radio[0].options)
    assert "%d" not in words(test)
    next(each for each in test.multiselect if "one_by_one" in str(each.key)).set_value(["day"]).run()
    box = next(each for each in test.selectbox if "reading_dates" in str(each.key))
    assert not any("%" in option for option in box.options)


def test_an_odd_cell_is_missing_by_one_click(page: Page) -> None:
    test = page("name,price\n" + "".join(f"x,{each}.5\n" for each in range(200)) + "y,n.b.\n")
    assert preview(test).kinds["price"] == "text"
    test.radio[0].set_value("number").run()
    assert preview(test).kinds["price"] == "number"
    assert "n.b." in (asked(test).columns["price"].missing or ())


def test_a_marker_is_a_value_by_one_click_and_back(page: Page) -> None:
    test = page("n,note\n" + "".join(f"{each},some words {each}\n" for each in range(9)) + "9,NA\n")
    assert not test.radio
    assert preview(test).rows[-1]["note"] is None
    test.button[0].click().run()
    assert asked(test).columns["note"].missing == ()
    assert preview(test).rows[-1]["note"] == "NA"
    test.button[0].click().run()
    assert asked(test) == Corrections()


def test_questions_of_the_file_come_before_those_of_its_columns(page: Page) -> None:
    test = page("name,country\n" + "".join(f"x,{code}\n" for code in ("FR", "DE", "NA", "IT", "ES") * 4))
    assert [str(radio.key).split(":")[2:4] for radio in test.radio] == [["header", ""], ["missing", "country"]]
    test.radio[0].set_value("no").run()
    assert preview(test).columns == ["column_1", "column_2"]
    assert [str(radio.key).split(":")[2:4] for radio in test.radio] == [["header", ""], ["missing", "column_2"]]


def test_a_file_that_contradicts_the_model_is_a_question_without_a_default(page: Page) -> None:
    def look(asked: Corrections) -> FilePreview:
        if "day" not in asked.dates:
            facts: dict[str, Any] = {"found": "%d/%m/%Y", "hint": "other_date_format"}
            raise InvalidTable(
                "other_date_format", column="day", line=3, value="13/02/2024", expected="%m/%d/%Y", **facts
            )
        return sniff(Path(__file__), asked=Corrections(separator="\x1f", header=False))

    test = page("", look=look)
    assert not test.exception
    [radio] = test.radio
    assert radio.value is None
    assert "13/02/2024" in words(test)
    assert list(radio.proto.captions) == ["“13/02/2024” cannot be read so", "“13/02/2024” is 13 Feb 2024"]
    assert not test.error, "it is a question, and no fault of the file"
    assert test.info
    radio.set_value("%d/%m/%Y").run()
    assert asked(test).dates == {"day": "%d/%m/%Y"}
    assert not test.info


def test_a_file_that_cannot_be_read_shows_the_form_that_mends_it(page: Page) -> None:
    test = page('a,b\n1,"x\n')
    assert test.error
    assert any("reading_quote" in str(each.key) for each in test.selectbox)
    next(each for each in test.selectbox if "reading_quote" in str(each.key)).set_value("").run()
    assert asked(test).quote == ""
    assert not test.error


def test_every_field_can_be_said(page: Page) -> None:
    keys = set()
    for content in ("a,b\n1,x\n2,y\n", '{"a":{"r":1,"s":2},"b":{"r":"x","s":"y"}}'):
        test = page(content)
        for widget in test.multiselect:
            if "one_by_one" in str(widget.key):
                widget.set_value(["b"]).run()
        keys |= {
            str(each.key).split(":")[0].removeprefix("reading_")
            for kind in ("selectbox", "multiselect", "number_input", "text_input")
            for each in test.get(kind)
        }
    fields = {*Corrections.model_fields, "one_by_one"} - {"format", "sheet", "columns"}
    assert fields <= keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_and_columns_that_are_left_out_are_remarks(page: Page, language: str) -> None:
    test = page("|town|price|\n|Lyon|1|\n||||\n|Nice|2|\n|town|price|\n|Metz|3|\n", language)
    assert asked(test) == Corrections()
    [remarks] = [each for each in test.expander if each.icon == ":material/lightbulb:"]
    said = " ".join(each.value.lower() for each in remarks.markdown)
    assert said.count("lignes laissées de côté" if language == "fr" else "rows that are left out") == 2
    assert ("noms des colonnes" if language == "fr" else "names of columns") in said
