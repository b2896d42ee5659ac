"""What a page receives when it is drawn: texts and formatter of the visitor's language, the services, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from tablee.i18n import Formatter, Language
from tablee_ui.backend import Backend
from tablee_ui.texts import Texts
from tablee_ui.widgets.metrics import MetricTexts


@dataclass(frozen=True, slots=True)
class PageContext:
    """The context of one run of a page for one visitor."""

    backend: Backend
    texts: Texts
    formatter: Formatter
    metrics: MetricTexts
    timezone: str | None
    """The browser's time zone, such as `Europe/Paris`; None if it is not known."""
    pages: Mapping[str, Any]
    """Streamlit's page objects by name."""

    @classmethod
    def create(
        cls,
        backend: Backend,
        language: Language,
        *,
        timezone: str | None = None,
        pages: Mapping[str, Any] | None = None,
    ) -> Self:
        """The context for a language."""
        texts = Texts(language)
        metrics = MetricTexts(texts, texts.formatter)
        return cls(backend, texts, texts.formatter, metrics, timezone, pages if pages is not None else {})

    def date(self, moment: datetime) -> str:
        """A date and time in the visitor's time zone; in UTC if that zone is not known."""
        try:
            return self.formatter.date(moment, ZoneInfo(self.timezone or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return self.formatter.date(moment, ZoneInfo("UTC"))

    def link(self, page: str, label: str, *, icon: str | None = None, **query: str | Sequence[str]) -> None:
        """Draw a link to another page that keeps the language.

        :param query: parameters of the URL; a sequence becomes one parameter for each of its values.
        """
        if page in self.pages:
            params = {**query, "lang": self.texts.language}
            st.page_link(self.pages[page], label=label, icon=icon, query_params=params)

    def go(self, page: str, **query: str) -> None:
        """Switch to another page at once, keeping the language."""
        st.switch_page(self.pages[page], query_params=query | {"lang": self.texts.language})
