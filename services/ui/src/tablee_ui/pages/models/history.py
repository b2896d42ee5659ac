"""The promotions of a model: when, by whom, and why."""

from __future__ import annotations

import streamlit as st

from tablee.http.schemas.models import ModelHistory
from tablee_ui.context import PageContext


def show(context: PageContext, model: ModelHistory) -> None:
    """Draw the table of promotions, the newest first."""
    texts = context.texts
    st.subheader(texts("models.history"))
    if not model.promotions:
        st.caption(texts("models.history_none"))
        return
    rows = [
        {
            texts("models.when"): context.date(record.at),
            texts("models.from_to"): f"{record.previous or '–'} → {record.version}",
            texts("models.how"): texts(f"promotion.{record.kind.value}"),
            texts("models.who"): record.who(texts),
            texts("models.why"): record.said(texts),
        }
        for record in model.promotions
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=texts("models.history"))
