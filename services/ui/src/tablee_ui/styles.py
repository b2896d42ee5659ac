"""The few words of Streamlit's own that no option reaches: the file field's, and the language of the document."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from tablee_ui.texts import Texts

_FILE_FIELD: Final = """
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p { display: none; }
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"]::after { content: BUTTON; }
[data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
[data-testid="stFileUploaderDropzoneInstructions"] span::after { content: LIMIT; font-size: 0.875rem; }
[class*="st-key-recipe_upload"] [data-testid="stFileUploaderDropzoneInstructions"] span::after { content: RECIPE; }
"""


def apply(texts: Texts, max_upload_mb: int) -> None:
    """Translate the file field, and tell screen readers which language the page speaks."""
    limit = texts("upload.limit", megabytes=max_upload_mb)
    rules = _FILE_FIELD.replace("BUTTON", _quoted(texts("upload.button")))
    rules = rules.replace("LIMIT", _quoted(f"{texts('upload.drop')} · {limit}"))
    rules = rules.replace("RECIPE", _quoted(texts("upload.limit_recipe")))
    st.html(f"<style>{rules}</style>")
    script = f"<script>document.documentElement.lang = {json.dumps(texts.language)};</script>"
    st.html(script, unsafe_allow_javascript=True)


def _quoted(text: str) -> str:
    """A text as a CSS string."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
