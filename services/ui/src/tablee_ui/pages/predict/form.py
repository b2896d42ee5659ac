"""One case: a form from the contract; the answer, how sure it is, and why. Every change asks again."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tablee_client.schemas.inference import Explanation, ModelCard, Prediction, RowPredictions
from tablee_ui.visit import Visit
from tablee_ui.widgets import charts, contract_form
from tablee_ui.widgets.contract_form import Row


def show(visit: Visit, card: ModelCard) -> None:
    inputs, answer = st.columns([5, 6], gap="large")
    with inputs:
        row = _inputs(visit, card)
    with answer:
        if row is None:
            st.info(visit.texts("predict.correct_first"), icon=":material/edit:")
        else:
            _answer(visit, card, row, visit.services.api.predict(card.name, row, explain=True))


def _inputs(visit: Visit, card: ModelCard) -> Row | None:
    texts, contract = visit.texts, card.contract
    prefix = f"predict_cell:{card.name}:{card.version}"
    st.subheader(texts("predict.case"))
    examples = len(contract.examples)
    if examples:
        example = st.selectbox(
            texts("predict.example"),
            range(examples),
            format_func=lambda number: texts("predict.example_number", n=number + 1),
            key=f"predict_example:{card.name}:{card.version}",
            on_change=partial(_refill, visit, card, prefix),
            help=texts("predict.example_help"),
        )
    else:
        example = 0
    fields = contract_form.fields(contract)
    if any(contract_form.key(prefix, field.name) not in st.session_state for field in fields):
        contract_form.fill(prefix, fields, contract_form.first_row(contract, example), visit.figures)
    row = contract_form.draw(prefix, fields, texts, visit.figures)
    st.caption(texts("predict.unknown_help"))
    return row


def _refill(visit: Visit, card: ModelCard, prefix: str) -> None:
    example = st.session_state[f"predict_example:{card.name}:{card.version}"]
    contract_form.fill(
        prefix, contract_form.fields(card.contract), contract_form.first_row(card.contract, example), visit.figures
    )


def _answer(visit: Visit, card: ModelCard, row: Row, answer: RowPredictions) -> None:
    texts, sentences, contract = visit.texts, visit.sentences, card.contract
    prediction = answer.prediction
    st.subheader(texts("predict.answer"))
    with st.container(border=True):
        st.markdown(f"### {sentences.answer(contract, prediction)}")
        confidence = sentences.confidence(contract, prediction)
        if confidence:
            st.markdown(confidence)
        if prediction.explanation is not None:
            st.markdown(sentences.reasons(contract, prediction.explanation, row))
        _before(visit, card, row, sentences.short(contract, prediction))
    for warning in answer.warnings:
        st.warning(sentences.warning(contract, warning), icon=":material/info:")
    if prediction.probabilities:
        _probabilities(visit, prediction)
    if prediction.explanation is not None:
        _reasons(visit, card, prediction.explanation, row)
    st.caption(texts.rich("predict.trace", model=answer.model, version=answer.version, id=answer.prediction_id))


def _before(visit: Visit, card: ModelCard, row: Row, now: str) -> None:
    """What the answer was before the last change of the form."""
    kept = f"predict_before:{card.name}:{card.version}"
    last_row, last, before = st.session_state.get(kept, (None, None, None))
    if last_row is not None and last_row != row:
        before = last
    st.session_state[kept] = (row, now, before)
    if before is not None:
        key = "predict.same" if before == now else "predict.before"
        st.caption(f":material/history: {visit.texts.rich(key, before=before)}")


def _probabilities(visit: Visit, prediction: Prediction) -> None:
    texts = visit.texts
    st.markdown(f"**{texts('predict.probabilities')}**")
    chart = charts.probabilities(
        prediction.probabilities, str(prediction.prediction), visit.figures.percent, rest=texts("chart.rest")
    )
    st.altair_chart(chart, alt=texts("predict.probabilities"))


def _reasons(visit: Visit, card: ModelCard, explanation: Explanation, row: Row) -> None:
    texts, sentences = visit.texts, visit.sentences
    heading = texts("predict.reasons_value")
    if explanation.scale != "value":
        heading = texts.rich("predict.reasons_class", about=explanation.about or "")
    st.markdown(f"**{heading}**", help=texts("predict.reasons_help"))

    def shown(column: str, weight: float) -> str:
        value = sentences.cell(row[column]) if column in row else ""
        if explanation.scale == "value":
            return sentences.signed(card.contract, weight)
        return value

    chart = charts.reasons(explanation.contributions, shown, rest=texts("chart.other_columns"))
    st.altair_chart(chart, alt=heading)
