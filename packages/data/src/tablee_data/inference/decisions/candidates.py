"""What one column can be, by the rows so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tablee.tables.cells.cell_format import NumberFormat
from tablee.tables.table_reader import RowBlock
from tablee_data.inference.dates import DateFormatInference
from tablee_data.inference.numbers import NumberFormatInference
from tablee_data.inference.texts import TextInference, usual_markers, without_texts


class Candidates:
    """What one column can be, by the rows so far."""

    def __init__(
        self,
        formats: Iterable[NumberFormat],
        dates: Iterable[str],
        *,
        quoted_missing: bool = False,
        typed: bool = False,
    ) -> None:
        """
        :param quoted_missing: whether texts between quotes stand for a missing value, too.
        :param typed: whether the column is one of texts or dates by the file's format, even if it could be one of
            numbers.
        """
        self.typed = typed
        self._quoted_missing = quoted_missing
        self.numbers, self.dates = NumberFormatInference(formats), DateFormatInference(dates)
        self.texts = TextInference()

    def update(
        self, name: str, block: RowBlock, missing: Collection[str], missing_texts: Collection[str], *, untyped: bool
    ) -> None:
        """Look at the next cells.

        :param missing: texts that stand for a missing number or date.
        :param missing_texts: texts that stand for a missing text.
        :param untyped: whether the file's format does not tell texts from missing values.
        """
        texts = block.frame[name]
        self.numbers.update(texts, missing, block.line_of)
        self.dates.update(texts, missing, block.line_of)
        quoted = block.quoted_markers.get(name, {}) if untyped else usual_markers(texts)
        markers = block.markers.get(name, {})
        if self._quoted_missing:
            texts, markers, quoted = without_texts(texts, markers, missing_texts)
        self.texts.update(texts, markers, quoted, missing_texts)
