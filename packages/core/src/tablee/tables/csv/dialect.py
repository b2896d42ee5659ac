"""How the cells of a CSV are separated and quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Dialect:
    """Separator and quote, each one ASCII character."""

    separator: str = ","
    quote: str = '"'
    """Empty if quotation marks are ordinary characters."""

    @property
    def record(self) -> re.Pattern[bytes]:
        """Matches one record with its line break, or the last record of the data without one.

        A cell that begins with a quote ends with one, and quotes inside are doubled; in any other cell a quote is an
        ordinary character. The quantifiers are possessive, so matching takes linear time. Not for an empty quote.
        """
        return _record(self.separator.encode(), self.quote.encode())


RFC_4180 = Dialect()
"""Commas and double quotes (https://www.rfc-editor.org/rfc/rfc4180)."""


@lru_cache(maxsize=32)
def _record(separator: bytes, quote: bytes) -> re.Pattern[bytes]:
    mark, quoted = re.escape(separator), re.escape(quote)
    cell = rb"(?:Q[^Q]*+(?:QQ[^Q]*+)*+Q|(?:[^QS\n][^S\n]*+)?+)".replace(b"Q", quoted).replace(b"S", mark)
    return re.compile(cell + rb"(?:" + mark + cell + rb")*+(?:\r*\n|\Z)")
