"""Texts that stand for a missing value in files, where nothing else is known about a file."""

from __future__ import annotations

from typing import Final

USUAL: Final = ("NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "\\N", "#N/A", "n.c.", "N.C.", "n.d.", "N.D.")
"""In every column of a file of texts, where the text is a whole cell without quotes."""

EARLIER_AMONG_NUMBERS: Final = (
    *("-", "--", "–", "—", ".", "?", "NC", "nc", "ND", "nd", "NR", "None", "none", "n.r.", "s.o.", "#N/D"),
)
"""Those of `AMONG_NUMBERS` that releases before 0.2 knew."""

AMONG_NUMBERS: Final = (
    *EARLIER_AMONG_NUMBERS,
    *(":", "..", "...", "…", "na", "Na", "n.a.", "N.A.", "n/d", "N/D", "<NA>", "NaT", "-NaN", "-nan", "(null)", "k.A."),
    *("1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "1.#INF", "-1.#INF"),
    *("н/д", "#NV", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"),
    *("#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOMBRE!", "#NOM?"),
)
"""In columns of numbers and dates, too; in other columns they may be words. Those of offices of statistics, of pandas,
of programs in C, and the errors of worksheets among them."""

OF_NUMBERS: Final = (*USUAL, *AMONG_NUMBERS)
"""All those of columns of numbers and dates."""

AMONG_TEXTS: Final = frozenset(
    (
        *("-", "--", "?", ".", "n/a", "na", "n.a.", "n.d.", "nd", "nc", "n.c.", "none", "null", "nan", "#n/a", "nil"),
        *("inconnu", "inconnue", "aucun", "aucune", "vide", "non renseigné", "non renseignée", "unknown", "missing"),
    )
)
"""What a proposed recipe takes for missing in a text column that holds numbers or dates; case-folded."""
