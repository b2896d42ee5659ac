"""Questions about how a file is read: what is not sure, each reading with its result, and what the visitor answers.

The first rows are read anew after each answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import streamlit as st

from tablee.datasets.questions import about, answered, choices, contradiction, questions
from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.errors import InvalidTable
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets import reading_form
from tablee_ui.widgets.file_reading import label, written

Look = Callable[[Corrections], FilePreview]
"""Reads the first rows with corrections; a page keeps the last `PREVIEWS` results."""
PREVIEWS: Final = 8
ROUNDS: Final = 50
"""Answers may bring new questions; after so many rounds what is left is not asked."""
SHOWN: Final = 6
"""Questions that are shown before the rest is folded."""


def ask(context: PageContext, key: str, look: Look) -> tuple[Corrections, FilePreview]:
    """Draw the form and the questions; return what the visitor says, and the file read by it.

    :param key: of the file.
    :raises InvalidTable, InvalidRows: the file cannot be read so; what is drawn above may mend it.
    """
    found: FilePreview | None = None
    with suppress(InvalidTable):  # it is raised below, under the form that may mend it
        found = look(Corrections())
    asked = reading_form.corrections(context, key, found, expanded=found is None)
    asked = _with_clicks(key, asked, found)
    place, drawn = st.container(), set[str]()
    for _ in range(ROUNDS):
        refused: InvalidTable | None = None
        try:
            preview = look(asked)
            decisions = preview.decisions
        except InvalidTable as error:
            refused, asks = error, contradiction(error)
            decisions = () if asks is None else (asks,)
        new = [each for each in questions(decisions) if _key(key, each) not in drawn]
        new = [each for each in new if each.column is None] or new  # those of the whole file decide what columns are
        if not new:
            if refused is not None:
                raise refused
            return asked, preview
        for question in new:
            if len(drawn) == SHOWN:
                place = place.expander(context.texts("reading.more_questions"), icon=":material/help:")
            drawn.add(_key(key, question))
            with place:
                choice = _radio(context, key, question, preselected=refused is None)
            if choice is not None and (choice != question.chosen or refused is not None):
                asked = answered(asked, question, choice, decisions)
    return asked, look(asked)


def remarks(context: PageContext, key: str, preview: FilePreview) -> None:
    """Draw what was noticed though it is sure; a text that was taken for missing is one click away from being a
    value."""
    texts = context.texts
    clicked: list[tuple[Decision, str]] = st.session_state.get(_slot(key), [])
    told = [each for each in preview.decisions if each.sure and each.reason in REMARKS]
    if not told and not clicked:
        return
    with st.expander(texts("reading.remarks", n=len(told) + len(clicked)), icon=":material/lightbulb:"):
        for number, (decision, _) in enumerate(clicked):
            values = {"column": decision.column or "", "value": decision.facts.get("value", "")}
            st.markdown(texts.rich("reading.is_a_value_now", **values))
            if st.button(texts("reading.undo"), key=f"reading_undo:{key}:{number}"):
                st.session_state[_slot(key)] = clicked[:number] + clicked[number + 1 :]
                st.rerun()
        for decision in told:
            st.markdown(texts.rich("question.remark", about=about(decision).said(texts), reason=texts.reason(decision)))
            is_marker = decision.reason is Reason.MARKER and "text" in decision.alternatives
            if is_marker and st.button(texts("reading.is_a_value"), key=f"reading_value:{_key(key, decision)}"):
                st.session_state[_slot(key)] = [*clicked, (decision, "text")]
                st.rerun()


REMARKS: Final = frozenset(
    (
        *(Reason.MARKER, Reason.MARKER_OR_LEVEL, Reason.MARKER_IN_QUOTES, Reason.TRIMMED, Reason.NAMES_IN_ORDER),
        *(Reason.EMPTY_LAST_COLUMN, Reason.ROW_NAMES, Reason.ROW_NUMBERS, Reason.ABOVE_HEADER, Reason.UNITS),
        *(Reason.FOOTER, Reason.TOTAL, Reason.CODES, Reason.PANDAS_INDEX, Reason.SECONDS, Reason.ERROR_CELLS),
        *(Reason.PARENTHESES, Reason.MINUS_BEHIND, Reason.INDIAN_GROUPS, Reason.MIXED_NUMBERS, Reason.MIXED_DATES),
    )
)
"""Reasons that are told though the decision is sure."""


def _radio(context: PageContext, key: str, question: Decision, *, preselected: bool) -> str | None:
    """Draw one question.

    :param preselected: whether the reading that would be taken is chosen at the start.
    """
    texts = context.texts
    what = texts(f"reading.{question.field}")
    values = {"what": what, "column": question.column or "", "reason": texts.reason(question)}
    st.markdown(texts.rich("reading.asks_column" if question.column else "reading.asks", **values))
    example = question.facts.get("example")

    def caption(choice: str) -> str:
        result = question.examples.get(choice)
        if result is None:
            return ""
        shown = written(context, question.field, choice, result)
        if example is None:
            return escaped(shown)
        return texts.rich("reading.becomes", example=example, result=shown)

    options = choices(question)
    choice: str | None = st.radio(
        what,
        options,
        index=0 if preselected else None,
        format_func=lambda choice: escaped(_named(context, question, choice)),
        captions=[caption(choice) for choice in options],
        key=f"reading_question:{_key(key, question)}",
        label_visibility="collapsed",
    )
    return choice


def _named(context: PageContext, question: Decision, choice: str) -> str:
    texts = context.texts
    if question.reason is Reason.ODD_CELLS:
        return texts("reading.odd_missing" if choice != "text" else "reading.odd_text")
    if question.field == "type":
        return texts(f"choice.{choice}")
    if question.field == "missing":
        return texts(f"reading.choice_missing_{choice}", value=question.facts.get("value", ""))
    return label(context, question.field, choice)


def _key(key: str, decision: Decision) -> str:
    """Of a question, as long as the file is the same."""
    return f"{key}:{decision.field}:{decision.column or ''}:{decision.facts.get('value', '')}"


def _slot(key: str) -> str:
    """Of the session: the remarks that were clicked, with the choice."""
    return f"reading_clicks:{key}"


def _with_clicks(key: str, asked: Corrections, found: FilePreview | None) -> Corrections:
    clicked: list[tuple[Decision, str]] = st.session_state.get(_slot(key), [])
    for decision, choice in clicked:
        if found is not None and decision.column in found.columns:
            asked = answered(asked, decision, choice, found.decisions)
    return asked
