"""Formulas over columns: parsed once, computed for one row or for a whole frame."""
