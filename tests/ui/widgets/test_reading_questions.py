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
            asked, preview = reading_questions.ask(context, "file", look)
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
    assert test.error


def test_a_file_that_cannot_be_read_shows_the_form_that_mends_it(page: Page) -> None:
    test = page('a,b\n1,"x\n')
    assert test.error
    assert any("reading_quote" in str(each.key) for each in test.selectbox)
    next(each for each in test.selectbox if "reading_quote" in str(each.key)).set_value("").run()
    assert asked(test).quote == ""
    assert not test.error


def test_every_field_can_be_said(page: Page) -> None:
    test = page("a,b\n1,x\n2,y\n")
    for widget in test.multiselect:
        if "one_by_one" in str(widget.key):
            widget.set_value(["b"]).run()
    keys = {
        str(each.key).split(":")[0].removeprefix("reading_")
        for kind in ("selectbox", "multiselect", "number_input", "text_input")
        for each in test.get(kind)
    }
    fields = {*Corrections.model_fields, "one_by_one"} - {"format", "sheet", "columns"}
    assert fields <= keys
