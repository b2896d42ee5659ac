"""The catalogues of profiles and findings: complete, alike, and typeset as the language wants it."""

from __future__ import annotations

import re
import string
from typing import Any, get_args

import pytest

from tablee.datasets.privacy import Action, Evidence, PersonalData
from tablee.datasets.profile import (
    AssociationMeasure,
    Bases,
    Basis,
    DropColumns,
    DropDuplicateRows,
    GroupRareLevels,
    ParseDates,
    Profile,
    ProfileWarning,
    RankBy,
    WarningAction,
    WarningCode,
)
from tablee.datasets.reading import Decision, Reason
from tablee.i18n import Translator
from tablee.i18n.catalogue import LANGUAGES, Language, catalogue
from tablee.i18n.data_texts import DataTranslator
from tablee.recipes.steps import ParseDate, RareLevels
from tablee.tables.cells.date_words import directives
from tablee.tables.cells.dates import PATTERNS


def texts(language: Language) -> dict[str, list[str]]:
    """All texts of each key: one, or those between which a number decides."""
    return {
        key: [entry] if isinstance(entry, str) else [entry["one"], entry["other"]]
        for key, entry in catalogue(language).items()
    }


def placeholders(entry: list[str]) -> set[str]:
    return {name for text in entry for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    english, french = texts("en"), texts("fr")
    assert english.keys() == french.keys()
    assert {key: placeholders(entry) for key, entry in english.items()} == {
        key: placeholders(entry) for key, entry in french.items()
    }
    same = {key for key, entry in english.items() if french[key] == entry}
    assert all(len(english[key][0]) < 12 or key in ("report.version", "part.comma", "choice.dates") for key in same), (
        "nothing is left untranslated"
    )


def test_everything_there_is_has_its_words() -> None:
    proposals = [model.model_fields["kind"].default for model in get_args(get_args(WarningAction)[0])]
    actions = [model.model_fields["kind"].default for model in get_args(get_args(Action)[0])]
    of_two = (f"{code}_of_two" for code in (WarningCode.DATE_AS_TEXT, WarningCode.NUMBER_AS_TEXT))
    wanted = {
        *(f"warning.{code}" for code in (*WarningCode, *of_two, "empty_column")),
        *(f"action.{kind}" for kind in (*proposals, "parse_percent")),
        *(f"remedy.{kind}" for kind in actions),
        *(f"measure.{measure}" for measure in AssociationMeasure),
        *(f"personal.{kind}" for kind in PersonalData),
        *(f"found.{how}" for how in Evidence),
        *(f"decision.{reason}" for reason in (*Reason, "whatever_ending")),
        *(f"order.{order}" for order in get_args(ParseDate.model_fields["order"].annotation)),
    }
    known = {key for key in catalogue("en") if key.split(".")[0] in {each.split(".")[0] for each in wanted}}
    assert known == wanted


def test_no_decision_is_without_a_reason() -> None:
    for language in LANGUAGES:
        for reason in (None, *Reason):
            entry = "" if reason is None else catalogue(language)[f"decision.{reason}"]
            shown = " ".join([entry] if isinstance(entry, str) else entry.values())
            facts = dict.fromkeys(re.findall(r"\{(\w+)", shown), 2) | {"kind": "number", "count": 2}
            decision = Decision(field="type", column="x", chosen="text", reason=reason, facts=facts)
            assert re.search(r"\w", DataTranslator(language).reason(decision)), reason


def test_french_tells_lines_of_a_file_from_rows_of_data() -> None:
    """Both are `ligne`: a line is `ligne 5 du fichier`, a row is `ligne de données 4`."""
    for key, text in ((key, text) for key, entry in texts("fr").items() for text in entry):
        assert not re.search(r"ligne[ \u00a0]\{line:plain\}(?! du (fichier|texte))", text), key
        assert not re.search(r"ligne[ \u00a0]\{(row|rows):", text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_command_lines_are_quoted_where_a_shell_needs_it(language: Language) -> None:
    """`--text Date de naissance` would be three words."""
    command = re.compile(r"(?:--[a-z-]+ |`tablee [a-z -]*|\./)\{(\w+)(:\w+)?\}")
    for key, text in ((key, text) for key, entry in texts(language).items() for text in entry):
        for name, form in command.findall(text):
            assert form in (":word", ":key"), (key, name)
    shown = Translator(language)("hint.not_a_number", column="Date d=ici")
    assert "--also-missing 'Date d\\=ici'=" in shown
    assert "--text 'Date d=ici'" in shown


def test_french_is_typeset() -> None:
    for key, text in ((key, text) for key, entry in texts("fr").items() for text in entry):
        assert not re.search(r"(?<!\u00a0)[;?!:](\s|$)", text), key
        assert not re.search(r"“(?!\u00a0)|(?<!\u00a0)”", text), key
        assert "'" not in text, key


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 2007, "2007"),
        ("en", 12345, "12,345"),
        ("fr", 12345.678, "12\u202f346"),
        ("fr", 0.05, "0,05"),
        ("en", 1234.5678, "1235"),
        ("en", -0.00001234, "-1.234e-05"),
        ("en", 0, "0"),
    ],
)
def test_numbers(language: Language, value: float, shown: str) -> None:
    assert DataTranslator(language).number(value) == shown


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 0, "0%"),
        ("en", 0.0001, "<\u00a00.1%"),
        ("fr", 0.99999, ">\u00a099,9\u202f%"),
        ("fr", 0.5, "50\u202f%"),
        ("en", 1, "100%"),
    ],
)
def test_shares(language: Language, value: float, shown: str) -> None:
    assert DataTranslator(language).share(value) == shown


def test_warnings_and_their_actions_are_sentences() -> None:
    rare = ProfileWarning(
        code=WarningCode.IMBALANCE,
        columns=("gone",),
        figures={"level": "yes", "share": 0.05, "largest_share": 0.95},
        action=RankBy(metric="aucpr"),
    )
    assert DataTranslator("en").warning(rare).startswith("“yes” is rare in “gone”: 5% of the rows.")
    assert DataTranslator("fr").action(rare.action) == "Classer les modèles selon aucpr"
    near = ProfileWarning(
        code=WarningCode.NEAR_DUPLICATE,
        columns=("a", "{b}"),
        figures={"strength": 1.0},
        action=DropColumns(columns=("{b}",)),
    )
    assert DataTranslator("en").warning(near) == "“{b}” says the same as “a”."
    assert DataTranslator("en").action(near.action) == "Leave out “{b}”"
    group = GroupRareLevels(step=RareLevels(column="town", least=10))
    assert DataTranslator("fr").action(group) == "Réunir en une seule les valeurs qui ont moins de 10 lignes"
    months = ParseDates(step=ParseDate(column="since", order="month_year"))
    assert DataTranslator("en").action(months) == "Read as dates, month and year alone"
    assert DataTranslator("fr").action(DropDuplicateRows()) == "Garder la première des lignes identiques"


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [
        (1, "1 row (5%) repeats", "1 ligne (5\u202f%) répète "),
        (2, "2 rows (5%) repeat", "2 lignes (5\u202f%) répètent "),
    ],
)
def test_one_is_not_many(count: int, english: str, french: str) -> None:
    figures: dict[str, float | str] = {"duplicates": count, "share": 0.05}
    rows = ProfileWarning(code=WarningCode.DUPLICATE_ROWS, figures=figures, action=DropDuplicateRows())
    assert DataTranslator("en").warning(rows).startswith(english)
    assert DataTranslator("fr").warning(rows).startswith(french)


def test_french_counts_in_the_plural_from_two_on() -> None:
    figures: dict[str, float | str] = {"distinct": 90, "rows_per_level": 1.9}
    many = ProfileWarning(
        code=WarningCode.MANY_LEVELS,
        columns=("ville",),
        figures=figures,
        action=GroupRareLevels(step=RareLevels(column="ville")),
    )
    assert "1,9 ligne chacune" in DataTranslator("fr").warning(many)
    assert "1.9 rows each" in DataTranslator("en").warning(many)


@pytest.mark.parametrize(("value", "said"), [("", "“x” is empty:"), ("France", "“x” has a single value, “France”:")])
def test_an_empty_column_is_said_to_be_empty(value: str, said: str) -> None:
    drop = DropColumns(columns=("x",))
    constant = ProfileWarning(
        code=WarningCode.CONSTANT, columns=("x",), figures={"value": value, "missing": 3}, action=drop
    )
    assert DataTranslator("en").warning(constant).startswith(said)


@pytest.mark.parametrize(
    ("reason", "facts", "english", "french"),
    [
        ("nothing_tells", {}, "no day is above 12, and nothing else tells", "aucun jour ne dépasse 12"),
        (
            "even",
            {"share": 0.975, "cells": 3},
            "97.5% of the first lines have 3 cells",
            "97,5\u202f% des premières lignes",
        ),
        ("columns", {"columns": 2}, "columns written so: 2", "colonnes écrites ainsi\u00a0: 2"),
        ("cells", {"ending": ".json"}, "its lines have cells, whatever its name ends in (.json)", "(.json)"),
        (
            None,
            {},
            "the release of Tablée that read the file did not keep the reason",
            "la raison n’a pas été gardée par la version de Tablée qui a lu le fichier",
        ),
    ],
)
def test_decisions_have_their_reason_in_both_languages(reason: Any, facts: Any, english: str, french: str) -> None:
    decision = Decision(field="dates", chosen="%d", reason=reason, facts=facts)
    assert DataTranslator("en").reason(decision) == english
    assert french in DataTranslator("fr").reason(decision)


def test_the_prose_of_earlier_manifests_is_no_reason() -> None:
    before = {"field": "format", "column": None, "chosen": "csv", "why": "its lines have cells", "sure": True}
    assert Decision.model_validate(before).reason is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kept", "compared"), [(100, 100), (100, 20), (50, 20)])
def test_the_basis_is_said(language: Language, kept: int, compared: int) -> None:
    basis = Bases(
        counts=Basis(rows=100, of=100),
        distributions=Basis(rows=kept, of=100),
        associations=Basis(rows=compared, of=100),
    )
    found = Profile(
        dataset="d",
        version="v",
        rows=100,
        columns=(),
        duplicate_rows=0,
        compared=(),
        between=(),
        warnings=(),
        basis=basis,
    )
    said = DataTranslator(language).basis(found)
    assert ("100" in said, "20" in said, "50" in said) == (
        kept == 100 == compared or kept == 50,
        compared == 20,
        kept == 50,
    )


@pytest.mark.parametrize(
    ("texts", "english", "french"),
    [([], "", ""), (["a"], "a", "a"), (["a", "b"], "a or b", "a ou b"), (["a", "b", "c"], "a, b or c", "a, b ou c")],
)
def test_several_texts_are_listed_as_a_sentence_does(texts: list[str], english: str, french: str) -> None:
    shown = {"value": "x", "choices": texts}
    assert Translator("en")("reason.invalid_request.unknown_no_choice", **shown).endswith(f"it may be {english}")
    assert Translator("fr")("reason.invalid_request.unknown_no_choice", **shown).endswith(f"valoir {french}")


FORMATS = {
    "%d/%m/%Y": ("dd/mm/yyyy", "jj/mm/aaaa"),
    "%Y-%m-%dT%H:%M:%S%.f": ("yyyy-mm-ddThh:mm:ss.f", "aaaa-mm-jjThh:mm:ss.f"),
    "%m/%d/%y %H:%M": ("mm/dd/yy hh:mm", "mm/jj/aa hh:mm"),
    "%d %B %Y": ("dd mmmm yyyy", "jj mmmm aaaa"),
    "%d.%m.%Y %Hh%M": ("dd.mm.yyyy hhhmm", "jj.mm.aaaa hhhmm"),
}


@pytest.mark.parametrize("pattern", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_date_formats_are_said_and_read_in_letters_of_the_language(pattern: str, language: Language) -> None:
    translator = Translator(language)
    written = FORMATS[pattern][LANGUAGES.index(language)]
    assert translator.date_format(pattern) == written
    assert directives(written) == pattern
    assert directives(pattern) == pattern


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_date_format_has_letters(language: Language) -> None:
    assert not re.search("%", Translator(language).date_format(" ".join(PATTERNS)))
