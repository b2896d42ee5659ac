"""CSS for what Streamlit has no option for: texts of the file field, a fixed column, icons; the document's language."""

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

_FIXED: Final = """
@media (min-width: 640px) {
  [data-testid="stColumn"]:has(.st-key-staying) { align-self: flex-start; position: sticky; top: 4rem; }
}
"""
"""A column that holds a container with the key `staying` remains visible while the columns next to it are scrolled."""

_ICONS: Final = """
[class*="st-key-icon_"] button [data-testid="stMarkdownContainer"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
"""
"""A button whose key begins with `icon_` shows its icon only. Screen readers still read its label."""

_BUTTONS: Final = """
button [data-testid="stMarkdownContainer"] p { white-space: normal; overflow: visible; text-overflow: clip; }
"""
"""Long labels of buttons take several lines instead of being cut."""


def apply(texts: Texts, max_upload_mb: int) -> None:
    """Translate the file field, and set the document's language for screen readers.

    :param max_upload_mb: largest file, in megabytes (2**20 bytes); the file field shows it.
    """
    limit = texts("upload.limit", megabytes=max_upload_mb)
    rules = _FILE_FIELD.replace("BUTTON", _quoted(texts("upload.button")))
    rules = rules.replace("LIMIT", _quoted(f"{texts('upload.drop')} · {limit}"))
    rules = rules.replace("RECIPE", _quoted(texts("upload.limit_recipe")))
    st.html(f"<style>{rules}{_FIXED}{_ICONS}{_BUTTONS}</style>")
    script = f"<script>document.documentElement.lang = {json.dumps(texts.language)};</script>"
    st.html(script, unsafe_allow_javascript=True)


def _quoted(text: str) -> str:
    """A text as a CSS string literal."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
