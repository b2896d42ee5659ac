"""Texts that stand for a missing value in files: every list of them."""

from __future__ import annotations

STRICT = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL")
"""Missing in CSV bodies of the API, in comma-separated files that a scoring reads without type inference, and in
arguments of the command."""

USUAL = (*STRICT, "#N/A", "n.c.", "N.C.", "n.d.", "N.D.")
"""Missing in files that become data sets or are predicted, in every column, where the text is the whole cell."""

AMONG_NUMBERS = ("-", "--", "–", "—", ".", "?", "NC", "nc", "ND", "nd", "NR", "None", "none", "n.r.", "s.o.", "#N/D")
"""Missing in such files, too, but only in columns of numbers or dates: in other columns they may be words."""

AMONG_TEXTS = frozenset(
    (
        *("-", "--", "?", ".", "n/a", "na", "n.a.", "n.d.", "nd", "nc", "n.c.", "none", "null", "nan", "#n/a", "nil"),
        *("inconnu", "inconnue", "aucun", "aucune", "vide", "non renseigné", "non renseignée", "unknown", "missing"),
    )
)
"""What a proposed recipe takes for missing in a text column that holds numbers or dates; case-folded."""
