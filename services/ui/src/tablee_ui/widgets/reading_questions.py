"""Questions about how a file is read: what is not sure, each reading with its result, and what the visitor answers.

The first rows are read anew after each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import streamlit as st

from tablee.datasets.questions import ODD, about, answered, choices, contradiction, questions, sign
from tablee.datasets.reading import Corrections, Decision, Reason
from tablee.errors import InvalidRows, InvalidTable
from tablee.http.schemas.datasets import FilePreview
from tablee_ui.context import PageContext
from tablee_ui.texts import escaped
from tablee_ui.widgets import reading_form
from tablee_ui.widgets.file_reading import label, written

Look = Callable[[Corrections], FilePreview]
"""Reads the first rows with corrections; a page keeps the last `PREVIEWS` results."""
PREVIEWS: Final = 50
"""Each answer, and each reading of a question about the table, needs one."""
ROUNDS: Final = 500
"""Answers may bring new questions; after so many what is left is not asked."""
SHOWN: Final = 6
"""Questions that are shown before the rest is folded."""
TABLE_FIELDS: Final = ("sheet", "skipped_lines", "header", "units_row")
"""Fields of questions that show the table of each reading: its columns and its first row."""
MOST_SHOWN: Final = 200
"""Characters of such a line."""


def ask(context: PageContext, key: str, look: Look) -> tuple[Corrections, FilePreview] | None:
    """Draw the form and the questions; return what the visitor says, and the file read by it.

    What a question shows as chosen is what is stored: each is asked as the answers above it leave the file, and where
    an answer below it would change what was taken, what it shows is said, too.

    :param key: of the file.
    :returns: None as long as a question without a default is not answered.
    :raises InvalidTable, InvalidRows: the file cannot be read so; what is drawn above may mend it.
    """
    found: FilePreview | None = None
    is_closed = True
    try:
        found = look(Corrections())
    except InvalidTable as error:  # it is raised below, under the form that may mend it
        is_closed = contradiction(error) is not None
    asked = reading_form.corrections(context, key, found, expanded=not is_closed)
    asked = _with_clicks(key, asked, found)
    place, drawn, taken = st.container(), set[str](), list[Decision]()
    for _ in range(ROUNDS):
        refused: InvalidTable | None = None
        try:
            decisions = look(asked).decisions
        except InvalidTable as error:
            refused, asks = error, contradiction(error)
            decisions = () if asks is None else (asks,)
        new = [each for each in questions(decisions) if _key(key, each) not in drawn]
        new = [each for each in new if each.column is None] or new  # those of the whole file decide what columns are
        if not new:
            if refused is not None:
                raise refused
            break
        question = new[0]
        if len(drawn) == SHOWN:
            place = place.expander(context.texts("reading.more_questions"), icon=":material/help:")
        with place:
            choice = _radio(context, key, question, _results(question, asked, decisions, look), refused=refused)
        if choice is None:
            st.info(context.texts("reading.answer_first"), icon=":material/help:")
            return None
        drawn.add(_key(key, question))
        if choice != question.chosen or refused is not None:
            asked = answered(asked, question, choice, decisions)
        else:
            taken.append(question)
    return _as_shown(asked, taken, look)


def _as_shown(asked: Corrections, taken: Sequence[Decision], look: Look) -> tuple[Corrections, FilePreview]:
    """The corrections by which the file is read as the questions show it, and the file read by them.

    :param taken: questions that show what was taken without an answer.
    """
    for _ in taken:
        preview = look(asked)
        moved = next((each for each in taken if not _is_read_so(preview, each)), None)
        if moved is None:
            break
        asked = answered(asked, moved, moved.chosen, preview.decisions)
    return asked, look(asked)


def _is_read_so(preview: FilePreview, question: Decision) -> bool:
    """Whether a file is read with what was taken where a question was drawn."""
    if question.column is None:
        said = Corrections.model_validate({question.field: sign(question.field, question.chosen)})
        return bool(getattr(said, question.field) == getattr(preview.reading, question.field))
    same = [each for each in preview.decisions if _key("", each) == _key("", question)]
    return all(each.chosen == question.chosen for each in same)


def _results(
    question: Decision, asked: Corrections, decisions: Sequence[Decision], look: Look
) -> dict[str, FilePreview]:
    """The file read with each choice, where a question is about the table and has no examples; without the choices
    with which it cannot be read."""
    results: dict[str, FilePreview] = {}
    if question.field in TABLE_FIELDS and not question.examples:
        for choice in choices(question):
            with suppress(InvalidTable, InvalidRows):
                results[choice] = look(answered(asked, question, choice, decisions))
    return results


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
        *(Reason.TOO_MANY_ODD_CELLS, Reason.DOES_NOT_APPLY, Reason.SAID_OF_ALL),
        *(Reason.EMPTY_ROWS, Reason.REPEATED_HEADERS, Reason.EMPTY_COLUMNS),
    )
)
"""Reasons that are told though the decision is sure."""


def _radio(
    context: PageContext, key: str, question: Decision, results: Mapping[str, FilePreview], *, refused: Exception | None
) -> str | None:
    """Draw one question. As long as nobody has answered it, what would be taken is chosen.

    :param results: the file read with each choice.
    :param refused: why the file cannot be read without an answer; then nothing is chosen at the start.
    """
    texts = context.texts
    what = texts(f"reading.{question.field}")
    values = {"what": what, "column": question.column or "", "reason": texts.reason(question)}
    st.markdown(texts.rich("reading.asks_column" if question.column else "reading.asks", **values))
    options, slot = choices(question), _key(key, question)
    default = None if refused is not None else question.chosen
    known = st.session_state.get(f"reading_answer:{slot}", default)
    st.session_state[f"reading_question:{slot}"] = known if known in options else default
    choice: str | None = st.radio(
        what,
        options,
        format_func=lambda choice: escaped(_named(context, question, choice)),
        captions=[_result(context, question, choice, results) for choice in options],
        key=f"reading_question:{slot}",
        on_change=_remember,
        args=(slot,),
        label_visibility="collapsed",
    )
    return choice


def _remember(slot: str) -> None:
    """Keep an answer, which stays though what would be taken without it may change."""
    st.session_state[f"reading_answer:{slot}"] = st.session_state[f"reading_question:{slot}"]


def _result(context: PageContext, question: Decision, choice: str, results: Mapping[str, FilePreview]) -> str:
    """What a choice makes of the file, as Markdown."""
    texts, example = context.texts, question.facts.get("example")
    if question.field == "footer_rows":
        key = "footer_stays" if choice == "0" else "footer_goes"
        return texts.rich(f"reading.{key}", lines=question.facts.get("lines", ""))
    if question.field in TABLE_FIELDS and not question.examples:
        preview = results.get(choice)
        if preview is None:
            return texts("reading.not_readable")
        row = preview.rows[0] if preview.rows else {}
        cells = [context.formatter.plain(row.get(name), "–") for name in preview.columns]
        columns = _shortened(preview.columns)
        return texts.rich("reading.table", columns=columns, row=_shortened(cells))
    result = question.examples.get(choice)
    if result is None:
        is_refused = question.reason is Reason.OTHER_THAN_MODEL
        return texts.rich("reading.not_readable_value", value=example or "") if is_refused else ""
    shown = written(context, question.field, choice, result)
    return escaped(shown) if example is None else texts.rich("reading.becomes", example=example, result=shown)


def _shortened(cells: Iterable[str]) -> str:
    text = " ¦ ".join(cells)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _named(context: PageContext, question: Decision, choice: str) -> str:
    texts = context.texts
    if question.reason in ODD:
        return texts("reading.odd_text" if choice == "text" else f"reading.odd_{choice}")
    if question.field == "missing":
        return texts(f"reading.choice_missing_{choice}", value=question.facts.get("value", ""))
    if question.field == "first_year":
        return texts("reading.years", first=int(choice), last=int(choice) + 99)
    if question.field in ("skipped_lines", "footer_rows"):
        key = f"no_{question.field}" if choice == "0" else f"choice_{question.field}"
        return texts(f"reading.{key}", n=int(choice))
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
