"""Names of columns that a data set may have, and that one part or another could fail to carry."""

from __future__ import annotations

NAMES = (
    '"q" name',
    "back\\slash",
    "😀 emoji",
    "long " * 39 + "name!",
    "__proto__",
    "constructor",
    "a.b[0]",
    "<x> é",
    "2010",
    "100 %s",
    "{} {x}",
    "a:b",
    "a;b|c",
    "=1+1",
    "prediction",
    "c0",
    "%",
    "'",
    "$ref",
)
"""In order; none has a line break, a tab or outer blanks, which are mended when a file is read."""
TARGET = 'label "é" \\'
