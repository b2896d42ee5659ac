"""Number formats of workbooks that say more than the number: leading zeros, currencies and units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)[^\]]*\]|\[([^\]]*)\]|(.)', re.DOTALL)
"""A part of a number format: a text in quotes, an escaped sign, a space as wide as a sign, a currency, a condition or a
colour, or another sign."""
_LOCAL_MONEY = dict.fromkeys((5, 6, 7, 8, 42, 44), '"$"0')
"""Number formats with a currency that a workbook does not describe."""
_SIGNS = frozenset("$€£¥₹₽₺₩₪₫₴₦฿¢")


@dataclass(frozen=True)
class Shape:
    """A number format that says more than the number."""

    parts: tuple[str, ...]
    """Signs as they are shown, and placeholders of digits, which are empty."""
    zeros: int
    """Digits that are shown at least."""
    unit: str
    """A currency or a unit."""
    unit_first: bool
    """Whether it stands before the number."""

    def shown(self, value: float) -> str:
        """A number as it is shown, but with all of its digits."""
        if self.zeros < 2:
            return f"{'-' * (value < 0)}{self.unit}{abs(value)}" if self.unit_first else f"{value} {self.unit}"
        digits = [*str(abs(int(value))).zfill(self.zeros)]
        found: list[str] = []
        first = self.parts.index("")
        for at, part in reversed([*enumerate(self.parts)]):
            if part:
                found.append(part)
            elif at == first:
                found += reversed(digits)
            elif digits:
                found.append(digits.pop())
        return "-" * (value < 0) + "".join(reversed(found)).strip()


def as_shown(value: Any, shape: Shape) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if shape.zeros < 2:
        return ["m", shape.shown(value), value]
    return ["z", shape.shown(value), value] if isinstance(value, int) else value


def shapes_of(styles: bytes) -> dict[int, Shape]:
    """By the number of a style: its number format, if that says more than the number, as one of several units does."""
    tree = ElementTree.fromstring(styles)  # noqa: S314 (only this process would fail)
    codes: dict[int, str] = {}
    for each in tree.iter():
        if each.tag.endswith("}numFmt"):
            codes[int(each.get("numFmtId", 0))] = each.get("formatCode", "")
    used = next((each for each in tree if each.tag.endswith("}cellXfs")), ())
    return shapes_of_styles(codes, [int(each.get("numFmtId", 0)) for each in used])


def shapes_of_styles(codes: Mapping[int, str], used: Sequence[int]) -> dict[int, Shape]:
    """As `shapes_of`.

    :param codes: number formats, by their numbers.
    :param used: by style: the number of its number format.
    """
    codes = _LOCAL_MONEY | dict(codes)
    found = {at: shape_of(codes.get(each, "")) for at, each in enumerate(used)}
    several = len({shape.unit for shape in found.values() if shape is not None and shape.zeros < 2}) > 1
    return {at: shape for at, shape in found.items() if shape is not None and (several or shape.zeros > 1)}


def shape_of(code: str) -> Shape | None:
    """A number format that shows whole numbers with leading zeros, or numbers with a currency or a unit; None of all
    others. The format of positive numbers counts."""
    parts: list[str] = []
    zeros, unit, unit_first, is_whole, digits = 0, "", True, True, 0
    for quoted, escaped, money, _, sign in _TOKEN.findall(code.replace("General", "0")):
        text = quoted or escaped or money
        if sign == ";":
            break
        if sign in ("0", "#", "?"):
            digits += 1
            zeros += sign == "0" or zeros > 0
            parts.append("")
            continue
        if sign and sign in ".,%/@EeyYmMdDhHsSgGbB":
            is_whole = False
            if sign in "@yYmMdDhHsSgGbB":  # a text or a date
                return None
        text = text or sign
        if text:
            parts.append(text)
        named = text.strip()
        if not unit and (
            money or named in _SIGNS or (quoted and any(each.isalpha() or each in _SIGNS for each in named))
        ):
            unit, unit_first = named, not digits
    if not digits:
        return None
    if is_whole and zeros > 1:
        return Shape(tuple(parts), zeros, unit, unit_first)
    return Shape((), 0, unit, unit_first) if unit else None


def without_single_units(shapes: dict[int, dict[int, Shape]]) -> None:
    """Forget the units of columns that have a single one: their numbers mean the same."""
    units: dict[int, set[str]] = {}
    for row in shapes.values():
        for column, shape in row.items():
            if shape.zeros < 2:
                units.setdefault(column, set()).add(shape.unit)
    single = {column for column, each in units.items() if len(each) < 2}
    for row in shapes.values() if single else ():
        for column in [column for column in row.keys() & single if row[column].zeros < 2]:
            del row[column]
