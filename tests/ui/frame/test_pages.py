"""Every page, in both languages, if no service answers: a sentence and what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tablee.i18n import LANGUAGES
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.frame import PAGES


def draw_page(page: str, context: PageContext) -> None:
    from functools import partial

    from tablee_ui import frame
    from tablee_ui.widgets import error_messages

    error_messages.caught(context, partial(frame.PAGES[page][0], context))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_services_says_so(
    backend: Backend, draw: Callable[..., AppTest], page: str, language: str
) -> None:
    drawn = draw(draw_page, page, PageContext.create(backend, language))
    assert not drawn.exception
    assert drawn.title
    shown = "\n".join(str(part.value) for kind in ("error", "warning", "caption") for part in drawn.get(kind))
    assert {"en": "does not answer", "fr": "ne répond pas"}[language] in shown
