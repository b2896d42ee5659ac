"""Written texts that spreadsheets would run as formulas (https://owasp.org/www-community/attacks/CSV_Injection)."""

from __future__ import annotations

import re

import polars as pl

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets take a cell that begins with one of these for a formula."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def escape_formula(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would run it as a formula; spreadsheets do not show that
    apostrophe. A number such as -2.5 stays as it is."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text


def escape_formulas(texts: pl.Series) -> pl.Series:
    """`escape_formula` of each text; nulls stay."""
    suspects = texts.filter(texts.str.contains(r"^[=+\-@\t\r]").fill_null(False)).unique()
    escaped = {text: safe for text in suspects if (safe := escape_formula(text)) != text}
    return texts.replace(escaped) if escaped else texts
