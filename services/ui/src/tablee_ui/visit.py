"""What a page is given: the visit's language, the services, and links to the other pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from tablee.i18n import Formatter
from tablee.i18n.data_texts import DataTranslator
from tablee_ui.services import Services
from tablee_ui.texts import Texts
from tablee_ui.widgets.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of a page for one person."""

    services: Services
    texts: Texts
    figures: Formatter
    sentences: Sentences
    timezone: str | None
    pages: Mapping[str, Any]
    """Streamlit's pages by name."""

    @classmethod
    def of(
        cls, services: Services, language: str, *, timezone: str | None = None, pages: Mapping[str, Any] | None = None
    ) -> Self:
        texts, figures = Texts(language), Formatter("fr" if language == "fr" else "en")
        return cls(services, texts, figures, Sentences(texts, figures), timezone, pages if pages is not None else {})

    def date(self, moment: datetime) -> str:
        """A moment in the visitor's time zone."""
        try:
            return self.figures.date(moment, ZoneInfo(self.timezone or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return self.figures.date(moment, ZoneInfo("UTC"))

    @property
    def words(self) -> DataTranslator:
        """What profiles and findings say in the visit's language."""
        return DataTranslator("fr" if self.texts.language == "fr" else "en")

    def link(self, page: str, label: str, *, icon: str | None = None, **query: str | Sequence[str]) -> None:
        """A link to a page of ours that keeps the language; a sequence stands there once for each of its values."""
        if page in self.pages:
            params = {**query, "lang": self.texts.language}
            st.page_link(self.pages[page], label=label, icon=icon, query_params=params)

    def go(self, page: str, **query: str) -> None:
        """Leave for a page of ours, keeping the language."""
        st.switch_page(self.pages[page], query_params=query | {"lang": self.texts.language})
