"""Numbers in texts, such as `1 234,50 €`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from tablee.recipes.steps import ParseNumber

_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
LONGEST = 100
"""Characters of a number or a date at most: the patterns would be slow on longer texts."""


def number_parser(step: ParseNumber) -> Callable[[str], float | None]:
    """The function that reads a number out of a text; its result is None for a text that is not a finite number.

    Separators are accepted between groups of three digits only, and at most one unit, before or behind the number.
    """
    separators = "".join(
        r"\s" if mark == " " else "'\u2019" if mark == "'" else re.escape(mark) for mark in step.thousands
    )
    grouped = rf"[0-9]{{1,3}}(?:[{separators}][0-9]{{3}})+|" if separators else ""
    decimal = re.escape(step.decimal)
    shape = re.compile(rf"([+-]?)\s*((?:{grouped}[0-9]+)(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE]([+-]?[0-9]+))?")
    gone = re.compile(rf"[{separators}]") if separators else None
    units = sorted(((unit.strip(), scale) for unit, scale in step.units.items()), key=lambda each: -len(each[0]))
    comma, has_to = step.decimal == ",", step.without_unit == "missing"

    def rule(text: str) -> float | None:
        text = text.strip()
        if len(text) > LONGEST:
            return None
        scale, alone = 1.0, has_to
        if not text.isascii():
            text = text.translate(_MINUS)
        for unit, factor in units:
            if text.endswith(unit):
                text, scale, alone = text[: -len(unit)].rstrip(), factor, False
                break
            if text.startswith(unit):
                text, scale, alone = text[len(unit) :].lstrip(), factor, False
                break
            if text[:1] in "+-" and text[1:].lstrip().startswith(unit):
                text, scale, alone = text[:1] + text[1:].lstrip()[len(unit) :].lstrip(), factor, False
                break
        found = shape.fullmatch(text)
        if found is None:
            return None
        sign, digits, exponent = found.groups()
        if gone is not None:
            digits = gone.sub("", digits)
        if comma:
            digits = digits.replace(",", ".")
        value = float(f"{sign}{digits}e{exponent}" if exponent else f"{sign}{digits}") * scale
        return value if math.isfinite(value) and not (alone and value) else None

    return rule
