"""The cells of a column that are unlike most others: one text among twenty thousand numbers, or a sign such as `s` that
stands for a number that is kept secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import polars as pl

from tablee.datasets.reading import Decision, OddText, Reason

SHARE: Final = 0.01
"""Up to this share of the cells may be odd texts with digits that occur once, or one cell of few. Others may be half of
the cells."""
MANY_SHARE: Final = 0.1
"""Up to this share of the cells may be many different odd texts, or repeated ones with digits."""
WORDS_SHARE: Final = 0.25
"""Up to this share of the cells may be many different odd texts if none of them has a digit."""
MOSTLY: Final = 0.9
"""With this share of numbers (or dates) in a block, it is worth saying that a column is one of texts for the others."""
_DIGIT: Final = re.compile(r"\d")


@dataclass(slots=True)
class OddCell:
    """A text that occurs among cells of another kind."""

    count: int
    line: int
    """The line of the file, from 1, that the row of its first cell begins on."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first cell that is not written as the others."""

    value: str
    line: int
    """The line of the file, from 1, that its row begins on."""


class OddCells:
    """Cells that are neither numbers (or dates) nor missing, in a column where nearly all cells are."""

    MAX_ASKED: ClassVar[int] = 5
    """With more different odd texts, one question is about all of them."""
    MAX_DISTINCT: ClassVar[int] = 40
    """With more different ones, the column is one of texts."""

    def __init__(self) -> None:
        self.texts: dict[str, OddCell] = {}
        self.first: Misfit | None = None
        """The first odd cell, also one of too many."""
        self.too_many = False
        """Whether too many cells are odd, although most of their block are not."""

    def note(self, cells: pl.Series, value: str, line_of: Callable[[int], int]) -> None:
        """Keep the line of the first odd cell.

        :param cells: of a block, without blanks around.
        :param value: one of them.
        """
        if self.first is None:
            self.first = Misfit(value, line_of(int((cells == value).fill_null(False).arg_max() or 0)))

    def add(self, cells: pl.Series, odd: pl.Series, seen: int, line_of: Callable[[int], int]) -> bool:
        """Take cells of a block as odd.

        :param cells: of the block; missing ones are null.
        :param odd: those that do not fit.
        :param seen: cells of the blocks before that fit.
        :param line_of: the line of the file that a row of the block begins on.
        :returns: whether they are few enough.
        """
        different = odd.unique(maintain_order=True).to_list()
        self.note(cells, different[0], line_of)
        fitting = seen + len(cells) - cells.null_count() - len(odd)
        total = sum(each.count for each in self.texts.values()) + len(odd)
        every = {*self.texts, *different}
        if len(every) > self.MAX_DISTINCT or total > self._most(every, total, fitting):
            return False
        for text in different:
            at = (cells == text).fill_null(False).arg_true()
            known = self.texts.setdefault(text, OddCell(0, line_of(int(at[0]))))
            known.count += len(at)
        return True

    def _most(self, texts: Collection[str], total: int, fitting: int) -> float:
        """The most cells that may be odd.

        :param texts: different ones, in a number of cells in total.
        :param fitting: the number of the other cells.
        """
        if self.are_without_digits(texts):
            return fitting if len(texts) <= self.MAX_ASKED else WORDS_SHARE * fitting
        if len(texts) > self.MAX_ASKED or total >= 2 * len(texts):
            return MANY_SHARE * fitting
        return min(max(SHARE * fitting, 1), fitting)

    def are_without_digits(self, others: Iterable[str] = ()) -> bool:
        """Whether all texts, and some others, are words or signs."""
        return not any(map(_DIGIT.search, (*self.texts, *others)))

    def decisions(self, column: str, kind: Literal["number", "date"]) -> list[Decision]:
        """That each of the texts makes the column one of texts, and could be taken for missing instead. Many texts
        are one question; of too many, a remark says that they make it one of texts.

        :param kind: of all other cells.
        """
        facts: dict[str, float | str]
        if self.too_many and self.first is not None:
            facts = {"value": self.first.value, "line": self.first.line, "kind": kind}
            return [Decision(field="type", column=column, chosen="text", reason=Reason.TOO_MANY_ODD_CELLS, facts=facts)]
        if len(self.texts) > self.MAX_ASKED:
            text, first = min(self.texts.items(), key=lambda each: each[1].line)
            total = sum(each.count for each in self.texts.values())
            facts = {"value": text, "count": total, "line": first.line, "kind": kind, "different": len(self.texts)}
            odd = [OddText(value=text, count=each.count, line=each.line) for text, each in self.texts.items()]
            return [
                Decision(
                    field="type",
                    column=column,
                    chosen="text",
                    reason=Reason.MANY_ODD_CELLS,
                    facts=facts,
                    alternatives=(kind,),
                    odd=tuple(sorted(odd, key=lambda each: (-each.count, each.line))),
                    sure=False,
                )
            ]
        return [
            Decision(
                field="type",
                column=column,
                chosen="text",
                reason=Reason.ODD_CELLS,
                facts={"value": text, "count": each.count, "line": each.line, "kind": kind},
                alternatives=(kind,),
                sure=False,
            )
            for text, each in self.texts.items()
        ]
