"""What is said below a proposed step whose texts can be read in two ways, and the button that changes it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    from types import SimpleNamespace
    from typing import Any

    import polars as pl
    import streamlit as st

    from tablee.i18n import Formatter
    from tablee_data.recipes.proposal import propose
    from tablee_ui.pages.prepare import steps
    from tablee_ui.pages.prepare.draft import Draft
    from tablee_ui.texts import Texts

    if "draft" not in st.session_state:
        proposal = propose(pl.DataFrame({"w": ["1,234 kg", "5,678 kg"]}))
        st.session_state["draft"] = Draft("sales", "1", None, proposal)
        st.session_state["draft"].reset(proposal.recipe)
    draft: Any = st.session_state["draft"]
    context: Any = SimpleNamespace(texts=Texts("en"), formatter=Formatter("en"))
    for each in draft.steps:
        steps._readings(context, draft, each)


def test_another_reading_is_one_click_away_and_so_is_the_way_back() -> None:
    page = AppTest.from_function(_page).run(timeout=30)
    assert not page.exception
    assert [each.value for each in page.warning] == [
        "“1,234 kg” is 1234 here, and may be meant otherwise: nothing speaks for a comma."
    ]
    assert [each.label for each in page.button] == ["Read it as 1.234"]
    page.button[0].click().run(timeout=30)
    assert not page.exception
    assert not page.warning
    assert [each.value for each in page.caption] == ["“1,234 kg” is 1.234 here, as you chose."]
    assert [each.label for each in page.button] == ["Read it as 1234"]
