"""The table of docs/reading.md against the decisions that the code makes."""

from __future__ import annotations

import ast
import json
import re

from repository import ROOT

from tablee.datasets.reading import Corrections
from tablee.i18n import LANGUAGES, Translator

PAGE = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
ROWS = {row.split("|")[1].strip().strip("`"): row for row in PAGE.splitlines() if row.startswith("| `")}


def decided() -> set[str]:
    """The fields of all decisions that the code makes."""
    found: set[str] = {"decimal", "thousands"}  # counted over columns, by a variable
    for source in ROOT.glob("packages/*/src/**/*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decision":
                fields = [each.value for each in node.keywords if each.arg == "field"]
                found |= {each.value for each in fields if isinstance(each, ast.Constant)}
    return {str(each) for each in found}


def test_every_decision_is_in_the_table() -> None:
    assert decided() <= ROWS.keys()


def test_every_field_has_a_name_in_both_languages() -> None:
    for language in LANGUAGES:
        assert [field for field in ROWS if f"setting.{field}" not in Translator(language)] == []


def test_what_the_table_says_about_the_api_is_a_correction() -> None:
    said = [each for row in ROWS.values() for each in re.findall(r'`("[a-z_]+": [^`]*)`', row.replace(r"\|", "|"))]
    assert len(said) > 15
    for each in said:
        Corrections.model_validate(json.loads(f"{{{each}}}"))
