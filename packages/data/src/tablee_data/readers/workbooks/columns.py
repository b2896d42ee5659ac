"""The columns of a sheet: where they are, and which of them are numbers or texts."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from tablee.datasets.reading import Corrections, Reading
from tablee_data.readers.column_layout import names_in_order
from tablee_data.readers.workbooks.cell_texts import SHOWN_OTHERWISE

_NUMBERS: Final = ({"int"}, {"float"}, {"int", "float"}, {"u"})


class Columns:
    """The columns of a sheet that have a name or a cell."""

    def __init__(self, about: Any, header: list[str], reading: Reading, asked: Corrections) -> None:
        """
        :param about: what the process says of the columns: the kinds of their cells, errors and missing results of
            formulas, merged cells, the first cell that is no date, and examples of codes and units.
        :param header: the names, where the reading has a header.
        :param asked: what a person has decided about columns.
        :raises InvalidTable: there are none, or too many.
        """
        self.about, self.asked = about, asked
        self._header, self._reading = header, reading
        used = [
            at
            for at in range(max(len(header), len(about["kinds"])))
            if self._name(at) or self._kinds(at).keys() - {"blank"}
        ]
        given = [self._name(at) if reading.header else f"column_{number}" for number, at in enumerate(used, 1)]
        names, self.renamed = names_in_order(given)
        self.places = dict(zip(names, used, strict=True))
        """By name, from 0."""
        self.kinds = {name: self._kinds(at) for name, at in self.places.items()}
        """By name: the kinds of the cells with their counts."""

    def _name(self, at: int) -> str:
        return self._header[at] if at < len(self._header) else ""

    def _kinds(self, at: int) -> dict[str, int]:
        found: list[dict[str, int]] = self.about["kinds"]
        return found[at] if at < len(found) else {}

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Columns whose cells are all numbers or all durations, or blank. A column of whole numbers is none if float64
        may change one of them."""
        return frozenset(name for name, kinds in self.kinds.items() if self._is_number(name, kinds))

    def _is_number(self, name: str, kinds: dict[str, int]) -> bool:
        shown = kinds.keys() & SHOWN_OTHERWISE
        found = kinds.keys() - shown | ({"int"} if shown and self.values_count(name) else shown)
        if "float" in kinds or name in self.asked.numbers:  # then a large number is no code
            found = {"int" if kind == "b" else kind for kind in found}
        known = self._reading.cells.get(name)
        is_text = name in self.asked.texts or (known is not None and known.number is None)
        return found - {"blank"} in _NUMBERS and not is_text

    def values_count(self, name: str) -> bool:
        """Whether the numbers of a column count, and not the texts that number formats show: a person or a model says
        so, or nothing but leading zeros is shown, and some numbers are not whole."""
        known = self._reading.cells.get(name)
        if name in self.asked.numbers or (known is not None and known.number is not None):
            return True
        return "float" in self.kinds[name] and "m" not in self.kinds[name]

    @property
    def texts(self) -> frozenset[str]:
        """Columns without a number: what their cells say is text, even if it looks like a number."""
        return frozenset(
            name
            for name, kinds in self.kinds.items()
            if (
                not {"int", "float", "b"} & kinds.keys()
                or (SHOWN_OTHERWISE & kinds.keys() and name not in self.numbers)
            )
            and name not in self.asked.numbers
        )
