"""Reasons of errors: each is a key of both catalogues, its sentence shows facts that the raise gives."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from repository import ROOT

from tablee.errors import InvalidInput, InvalidRecipe, InvalidRequest, InvalidRows, InvalidTable, TableeError, tree
from tablee.errors.base import said
from tablee.errors.cells import Cell
from tablee.i18n import LANGUAGES, Message, Translator
from tablee.i18n.catalogue import catalogue

CLASSES = {cls.__name__: cls for cls in tree(TableeError)}
EN, FR = Translator("en"), Translator("fr")
OWN = {"line", "column", "value", "expected", "step", "hint"}


@dataclass(frozen=True)
class Raised:
    """One place that makes an error of ours."""

    where: str
    cls: type[TableeError]
    reason: str | None
    """None where it is no plain text."""
    facts: frozenset[str]
    hint: str | None
    spread: bool
    """Further facts come by `**`."""


def raised() -> Iterator[Raised]:
    for source in sorted(ROOT.glob("*/*/src/**/*.py")):
        place = source.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
            if not isinstance(node, ast.Call) or name not in CLASSES or CLASSES[name] is InvalidRows:
                continue
            first = node.args[0] if node.args else None
            reason = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            if isinstance(first, ast.JoinedStr) and " " in (text := ast.unparse(first)):
                reason = text  # a sentence instead of a code: no key of the catalogue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            hint = given.get("hint")
            text = hint.value if isinstance(hint, ast.Constant) and isinstance(hint.value, str) else None
            facts = frozenset(filter(None, given))
            yield Raised(f"{place}:{node.lineno}", CLASSES[name], reason, facts, text, None in given)


def shown(key: str) -> set[str]:
    """The names of the values that a text shows, in any language."""
    texts: list[str] = []
    for language in LANGUAGES:
        entry = catalogue(language)[key]
        texts += [entry] if isinstance(entry, str) else entry.values()
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("error", list(raised()), ids=lambda error: error.where)
def test_every_reason_is_in_the_catalogue_with_its_facts(error: Raised) -> None:
    if error.reason is None:
        return  # the reason comes from a variable: the test of its module tries it
    keys = [f"reason.{cls.code}.{error.reason}" for cls in error.cls.__mro__ if issubclass(cls, TableeError)]
    key = next((key for key in keys if key in EN), None)
    assert key is not None, f"none of {keys}"
    assert error.spread or shown(key) <= error.facts
    assert error.hint is None or f"hint.{error.hint}" in EN


def test_the_words_of_other_programs_are_quoted() -> None:
    """No fact is the bare text of a caught error, which is in the language of another program: see `errors.causes`."""
    bare = [
        f"{source.relative_to(ROOT)}:{keyword.lineno}"
        for source in sorted(ROOT.glob("*/*/src/**/*.py"))
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES
        for keyword in node.keywords
        if ast.unparse(keyword.value).startswith(("str(error", "error.detail", "error.strerror"))
    ]
    assert bare == []


def test_no_reason_is_left_over() -> None:
    """Every sentence of the catalogue that starts with `reason.` belongs to a class of the tree."""
    codes = {cls.code for cls in CLASSES.values()} | {"at_line", "at_row", "at_step", "near"}
    assert {key.split(".")[1] for key in catalogue("en") if key.startswith("reason.")} <= codes


def test_errors_about_columns_that_do_not_exist_name_near_ones() -> None:
    reason = re.compile(
        r'Invalid\w+\(\s*"(no_column_to_(?:change|correct|repair|erase_by|ignore)|no_column|no_such_column|no_target\w*|no_quasi_\w+|column_not_there)"'
    )
    raised: set[str] = set()
    for path in ROOT.glob("*/*/src/**/*.py"):
        text = path.read_text("utf-8")
        for found in reason.finditer(text):
            raised.add(found[1])
            call = text[found.start() : found.start() + 300]
            assert "**near(" in call or "**similar" in call, (path.name, found[1])
    assert len(raised) >= 8, raised


WIDE = "\u00a0"
WRONG = Cell(2, "age", "x", Message("cell.table", {"value": 1, "expected": "2"}))
NO_REASON = "the service gave no reason"
SANS_RAISON = "le service n’a pas donné de raison"


@pytest.mark.parametrize(
    ("error", "english", "french"),
    [
        (
            InvalidRows([WRONG, Cell(3, "a", 1, "b")]),
            "row 2, column “age”: got 'x', expected the table: got 1, expected 2 (and 1 more)",
            f"ligne de données 2, colonne «{WIDE}age{WIDE}»{WIDE}: reçu «{WIDE}x{WIDE}», attendu{WIDE}: "
            f"le tableau{WIDE}: reçu 1, attendu{WIDE}: 2 (et 1 de plus)",
        ),
        (TableeError("words of another release"), "words of another release", "words of another release"),
        (InvalidRequest("no_reason_given"), NO_REASON, SANS_RAISON),
        (InvalidRecipe("no_reason_given", step=2), f"step 2: {NO_REASON}", f"étape 2{WIDE}: {SANS_RAISON}"),
        (
            InvalidTable("no_reason_given", line=12345),
            f"line 12345: {NO_REASON}",
            f"ligne 12345 du fichier{WIDE}: {SANS_RAISON}",
        ),
        (
            InvalidRows([Cell(2, "age", "x", "b", line=3)]),
            "line 3, column “age”: got 'x', expected b",
            f"ligne 3 du fichier, colonne «{WIDE}age{WIDE}»{WIDE}: reçu «{WIDE}x{WIDE}», attendu{WIDE}: b",
        ),
        (
            InvalidRows([Cell(2, "Ville", None, Message("expected.column", {"expected": "b", "near": "VILLE"}))]),
            "row 2: the column “Ville” is missing; did you mean “VILLE”?",
            f"ligne de données 2{WIDE}: la colonne «{WIDE}Ville{WIDE}» manque{WIDE}; est-ce «{WIDE}VILLE{WIDE}»{WIDE}?",
        ),
        (
            InvalidRequest("no_column_to_correct", column="age", near="âge"),
            "there is no column “age” to be read otherwise; did you mean “âge”?",
            f"il n’y a pas de colonne «{WIDE}age{WIDE}» à lire autrement{WIDE}; est-ce «{WIDE}âge{WIDE}»{WIDE}?",
        ),
    ],
)
def test_an_error_is_said_in_every_language_and_survives_json(error: TableeError, english: str, french: str) -> None:
    again = TableeError.from_problem(error.problem())
    for each in (error, again):
        assert (str(each), each.said(EN), each.said(FR)) == (english, english, french)
    assert again.problem() == error.problem()


def test_an_error_within_an_error_is_said_in_the_same_language() -> None:
    inner = InvalidTable("no_reason_given", line=4)
    outer = TableeError("no_reason_given", cause=inner)
    revived = TableeError.from_problem(outer.problem()).facts["cause"]
    assert (type(revived), revived.said(FR)) == (InvalidTable, inner.said(FR))


def test_a_hint_of_its_own_takes_the_place_of_the_usual_one() -> None:
    error = InvalidTable("no_reason_given", hint="codes_are_texts", column="zip")
    assert error.hint.startswith("Correct the file; if these are codes")
    assert TableeError.from_problem(error.problem()).advised(FR) == error.advised(FR) != error.hint
    assert InvalidRequest("no_reason_given").hint == InvalidInput.usual_hint(EN)


def test_a_hint_without_its_facts_is_the_usual_one() -> None:
    older = InvalidTable("no_reason_given", hint="convert_column")
    assert older.hint == InvalidTable.usual_hint(EN)


def test_a_fact_may_be_called_key_or_reason() -> None:
    facts = {"key": "id", "reason": "it is there twice"}
    error = InvalidTable("no_reason_given", **facts)
    assert (error.detail, error.said(FR), error.facts) == (NO_REASON, SANS_RAISON, facts)
    assert TableeError.from_problem(error.problem()).facts == facts


def test_an_expectation_of_another_release_keeps_its_english_sentence() -> None:
    body = {"row": 1, "column": "a", "value": 1, "expected": "a colour"}
    cell = Cell.from_dict(body | {"expectation": {"key": "expected.of_another_release", "facts": {}}})
    assert str(cell) == "row 1, column “a”: got 1, expected a colour"


def test_messages_in_a_tuple_are_said_in_the_language() -> None:
    facts = (Message("reason.internal_error.no_reason_given"),)
    assert said(facts, FR) == [SANS_RAISON]
