"""One row: a form with a field for each column, the prediction, how certain it is, and why.

Every change of the form asks for a new prediction.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee.http.schemas.inference import Explanation, ModelCard, Prediction, RowPredictions
from tablee_ui.context import PageContext
from tablee_ui.pages.predict import charts, contract_form
from tablee_ui.pages.predict.answer_texts import AnswerTexts
from tablee_ui.pages.predict.contract_form import Row


def show(context: PageContext, card: ModelCard) -> None:
    """Draw the form and the answer to the row that it holds."""
    inputs, answer = st.columns([5, 6], gap="large")
    with inputs:
        row = _inputs(context, card)
    with answer:
        if row is None:
            st.info(context.texts("predict.correct_first"), icon=":material/edit:")
        else:
            _answer(context, card, row, context.backend.api.predict(card.name, row, explain=True))


def _inputs(context: PageContext, card: ModelCard) -> Row | None:
    """Draw the form; the row that it holds, None if a field holds no number."""
    texts, contract = context.texts, card.contract
    prefix = f"predict_cell:{card.name}:{card.version}"
    st.subheader(texts("predict.case"))
    examples = len(contract.examples)
    example = 0
    if examples:
        example = st.selectbox(
            texts("predict.example"),
            range(examples),
            format_func=lambda number: texts("predict.example_number", n=number + 1),
            key=f"predict_example:{card.name}:{card.version}",
            on_change=partial(_refill, context, card, prefix),
            help=texts("predict.example_help"),
        )
    fields = contract_form.fields(contract)
    if any(contract_form.key(prefix, field.name) not in st.session_state for field in fields):
        contract_form.fill(prefix, fields, contract_form.first_row(contract, example), context.formatter)
    row = contract_form.draw(prefix, fields, texts, context.formatter)
    st.caption(texts("predict.unknown_help"))
    return row


def _refill(context: PageContext, card: ModelCard, prefix: str) -> None:
    """Fill the form with the example row that was chosen."""
    example = st.session_state[f"predict_example:{card.name}:{card.version}"]
    contract_form.fill(
        prefix, contract_form.fields(card.contract), contract_form.first_row(card.contract, example), context.formatter
    )


def _answer(context: PageContext, card: ModelCard, row: Row, answer: RowPredictions) -> None:
    texts, prediction = context.texts, answer.prediction
    sentences = AnswerTexts(texts, context.formatter, card.contract)
    st.subheader(texts("predict.answer"))
    with st.container(border=True):
        st.markdown(f"### {sentences.answer(prediction)}")
        confidence = sentences.confidence(prediction)
        if confidence:
            st.markdown(confidence)
        if prediction.explanation is not None:
            st.markdown(sentences.reasons(prediction.explanation, row))
        _previous(context, card, row, sentences.short(prediction))
    for warning in answer.warnings:
        st.warning(sentences.warning(warning), icon=":material/info:")
    if prediction.probabilities:
        _probabilities(context, prediction)
    if prediction.explanation is not None:
        _reasons(context, sentences, prediction.explanation, row)
    st.caption(texts.rich("predict.trace", model=answer.model, version=answer.version, id=answer.prediction_id))


def _previous(context: PageContext, card: ModelCard, row: Row, now: str) -> None:
    """The answer before the last change of the form."""
    slot = f"predict_before:{card.name}:{card.version}"
    last_row, last, before = st.session_state.get(slot, (None, None, None))
    if last_row is not None and last_row != row:
        before = last
    st.session_state[slot] = (row, now, before)
    if before is not None:
        key = "predict.same" if before == now else "predict.before"
        st.caption(f":material/history: {context.texts.rich(key, before=before)}")


def _probabilities(context: PageContext, prediction: Prediction) -> None:
    texts = context.texts
    st.markdown(f"**{texts('predict.probabilities')}**")
    chart = charts.probabilities(
        prediction.probabilities, str(prediction.prediction), context.formatter.percent, rest=texts("chart.rest")
    )
    st.altair_chart(chart, alt=texts("predict.probabilities"))


def _reasons(context: PageContext, sentences: AnswerTexts, explanation: Explanation, row: Row) -> None:
    texts = context.texts
    heading = texts("predict.reasons_value")
    if explanation.scale != "value":
        heading = texts.rich("predict.reasons_class", about=explanation.about or "")
    st.markdown(f"**{heading}**", help=texts("predict.reasons_help"))

    def shown(column: str, weight: float) -> str:
        if explanation.scale == "value":
            return sentences.signed(weight)
        return sentences.cell(row[column]) if column in row else ""

    chart = charts.reasons(explanation.contributions, shown, rest=texts("chart.other_columns"))
    st.altair_chart(chart, alt=heading)
