"""What is inferred about a column of texts: blanks around its cells, and texts that may stand for a missing value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from tablee.tables.cells.decoding import BLANKS
from tablee.tables.cells.missing_markers import USUAL
from tablee_data.inference.booleans import YES_NO_PAIRS

EXAMPLES: Final = 500
"""Distinct cells that are kept."""
ALIKE: Final = 0.5
"""A text may be one of the values rather than stand for a missing one if more than this share of them look like it."""


class TextInference:
    """The cells of a column of texts."""

    def __init__(self) -> None:
        self._markers: Counter[str] = Counter()
        self._padded_markers: Counter[str] = Counter()
        self.quoted: Counter[str] = Counter()
        """Cells between quotes with such a text."""
        self._examples: dict[str, None] = {}
        self._complete = True
        self._leading = self._trailing = self._padded = True
        self._length: int | None = None
        self._blanks = False

    def update(
        self, texts: pl.Series, markers: Mapping[str, int], quoted: Mapping[str, int], missing: Collection[str]
    ) -> None:
        """Look at the next cells.

        :param texts: the cells; those that stand for a missing value are null, unless they have blanks around them.
        :param missing: all texts that stand for a missing value.
        """
        self._markers.update(markers)
        self.quoted.update(quoted)
        if self._leading or self._trailing or self._padded:
            self._look_at_blanks(texts.drop_nulls().head(100))
        if missing and (self._leading or self._trailing or self._padded):
            bare = texts.str.strip_chars(BLANKS)
            padded = bare.filter((bare.is_in([*missing]) & (bare != texts)).fill_null(False))
            if len(padded):
                self._padded_markers.update(counted(padded))
                texts = texts.filter(~bare.is_in([*missing]).fill_null(False))
        if self._complete and len(self._examples) < EXAMPLES:
            different = texts.drop_nulls().head(10_000).unique(maintain_order=True).head(EXAMPLES + 1)
            self._examples |= dict.fromkeys(different.to_list())
            self._complete = len(self._examples) <= EXAMPLES
        if self._leading or self._trailing or self._padded:
            self._look_at_blanks(texts.drop_nulls())

    @property
    def examples(self) -> list[str]:
        """Different cells, without blanks around."""
        return [text.strip() for text in self._examples]

    def _look_at_blanks(self, cells: pl.Series) -> None:
        lead, trail = cells.str.starts_with(" "), cells.str.ends_with(" ")
        self._leading &= bool(lead.all())
        self._trailing &= bool(trail.all())
        if self._padded and len(cells):
            lengths = cells.str.len_chars().unique()
            self._length = self._length if self._length is not None else int(lengths[0])
            self._padded = len(lengths) == 1 and int(lengths[0]) == self._length
            self._blanks |= bool((lead | trail).any())

    @property
    def markers(self) -> Counter[str]:
        """Cells without quotes that stand for a missing value, by their text. In a trimmed column they may have blanks
        around them."""
        return self._markers + self._padded_markers if self.trimmed else self._markers

    @property
    def trimmed(self) -> bool:
        """Whether every cell has a blank before it or behind it, or all are filled up to one length: then blanks belong
        to the way of writing, not to the texts."""
        return bool(self._examples) and (self._leading or self._trailing or (self._padded and self._blanks))

    @property
    def booleans(self) -> tuple[str, str] | None:
        """The texts for true and for false, if these two are the only ones."""
        if not self._complete or len(self._examples) != 2:
            return None
        levels = {text.strip().casefold(): text.strip(BLANKS) if self.trimmed else text for text in self._examples}
        for yes, no in YES_NO_PAIRS:
            if set(levels) == {yes, no}:
                return levels[yes], levels[no]
        return None

    def is_like_a_value(self, marker: str) -> bool:
        """Whether most cells look like a text that stands for a missing value, such as NA among country codes."""
        others = [text.strip() for text in self._examples]
        alike = sum(_shape(text) == _shape(marker) for text in others)
        return marker.isalpha() and bool(others) and alike > ALIKE * len(others)


def counted(texts: pl.Series) -> dict[str, int]:
    """How often each of the texts occurs; without nulls."""
    present = texts.drop_nulls()
    return dict(present.value_counts(name="__count").iter_rows()) if len(present) else {}


def bare_cells(texts: pl.Series, markers: Collection[str]) -> pl.Series:
    """The texts without blanks around them; null where one stands for a missing value."""
    cells = texts.str.strip_chars()
    return cells.set(cells.is_in([*markers]).fill_null(False), None)


def usual_markers(cells: pl.Series) -> dict[str, int]:
    """The texts of a typed column that would stand for a missing value in an untyped one, with their counts."""
    return counted(cells.filter(cells.is_in([*USUAL]).fill_null(False)))


def without_texts(
    texts: pl.Series, markers: Mapping[str, int], missing: Collection[str]
) -> tuple[pl.Series, dict[str, int], dict[str, int]]:
    """The cells of a column in which texts between quotes stand for a missing value, too: null where one does, with the
    counts of all that do, and of those that do not because of their quotes: none.

    :param markers: the counts of those without quotes.
    """
    marked = texts.is_in([*missing]).fill_null(False)
    counts = Counter(markers)
    if marked.any():
        counts.update(counted(texts.filter(marked)))
        texts = texts.set(marked, None)
    return texts, dict(counts), {}


def _shape(text: str) -> tuple[int, bool, bool]:
    return len(text), text.isalpha() and text.isupper(), text.isalpha() and text.islower()
