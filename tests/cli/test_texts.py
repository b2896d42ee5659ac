"""The texts of the command: alike in both languages, French without an English word, and no others in the code."""

from __future__ import annotations

import ast
import re
import string
from importlib.resources import files
from pathlib import Path

import pytest
from english_words import english_words

import tablee_cli
from tablee.i18n import Language
from tablee.i18n.catalogue import Entry, catalogue
from tablee_cli.texts import PACKAGE

SOURCES = sorted(Path(str(files(tablee_cli))).rglob("*.py"))
EN, FR = catalogue("en", (PACKAGE,)), catalogue("fr", (PACKAGE,))
PRINTING = {"note", "print", "Text", "table", "add_task", "assemble", "append"}
"""Names of the calls that show their arguments."""
WORDS = re.compile(r"\b(?!bold)[a-z]{2,} [a-z]{2,}")


def forms(entry: Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else [text for name, text in entry.items() if name != "by"]


def shown(entry: Entry) -> set[str]:
    return {name for text in forms(entry) for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts() -> None:
    assert EN.keys() == FR.keys()
    assert {key: shown(entry) for key, entry in EN.items()} == {key: shown(entry) for key, entry in FR.items()}


@pytest.mark.parametrize("key", sorted(FR))
def test_french_is_french_and_typeset(key: str) -> None:
    for text in forms(FR[key]):
        assert english_words(text, PACKAGE) == set()
        assert not re.search(r"(?<!\u00a0)[;?!:](\s|$)|“(?!\u00a0)|(?<!\u00a0)”|'", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_key_is_one_of_the_whole_platform(language: Language) -> None:
    catalogue(language, ("tablee.i18n", PACKAGE))  # raises if one is


def test_every_text_is_used() -> None:
    code = "".join(source.read_text("utf-8") for source in SOURCES)
    unused = [
        key
        for key in EN
        if f'"{key}"' not in code
        and f"'{key}'" not in code
        and f'f"{key.partition(".")[0]}.{{' not in code
        and f"f'{key.partition('.')[0]}.{{" not in code
        and f'"{key.partition(".")[2]}"' not in code
    ]
    assert unused == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_module_shows_a_text_of_its_own(source: Path) -> None:
    own = []
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        lambdas = [argument.body for argument in node.args if isinstance(argument, ast.Lambda)]
        for argument in [*(node.args if name in PRINTING else []), *(lambdas if name == "show" else [])]:
            parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
            own += [
                part.value
                for part in parts
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and WORDS.search(part.value)
            ]
    assert own == []
