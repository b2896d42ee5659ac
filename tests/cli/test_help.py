"""The help of every command and option: in both languages, and in French without an English word."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
import typer.main
from english_words import english_words

from tablee_cli.app import create_app
from tablee_cli.texts import PACKAGE, texts_in
from tablee_cli.texts.help import command_in

EN, FR = texts_in("en"), texts_in("fr")
NAMES = {"preview", "show", "list", "profile", "privacy", "resume", "status", "run", "cancel", "remove", "connections"}
NAMES |= {
    "up",
    "down",
    "add",
    "month",
    "year",
    "none",
    "space",
    "quotes",
    "spaced",
    "apostrophe",
    "backslash",
    "version",
}
NAMES |= {"predict", "promote", "rollback", "models", "trainings", "scorings", "append", "latest"}
NAMES |= {"semicolon", "tab", "binary", "multiclass", "regression", "auto", "source", "name", "file", "what", "own_id"}
"""Names of commands and arguments, and values of options, which are the same in every language."""


def below(command: Any, words: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """A command and all below it, with the words that call them."""
    children = getattr(command, "commands", {}).items()
    return [(words, command), *(each for name, child in children for each in below(child, (*words, name)))]


PLAIN = below(typer.main.get_command(create_app()))
CALLS = [words for words, _ in PLAIN]
ENGLISH, FRENCH = (dict(below(command_in(create_app(), texts))) for texts in (EN, FR))


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_command_and_its_options_have_a_text_in_both_languages(words: tuple[str, ...]) -> None:
    for english, french in zip(_texts(ENGLISH[words]), _texts(FRENCH[words]), strict=True):
        assert english
        assert french
        assert english != french


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_the_page_of_a_command_is_french(tablee: Any, words: tuple[str, ...]) -> None:
    done = tablee(*words, "--help", TABLEE_LANGUAGE="fr")
    assert done.code == 0
    assert done.out.startswith("Utilisation\u00a0: tablee")
    told = re.sub(r"^ {2}(-\S+|[a-z]+ )", "", done.out, flags=re.MULTILINE)
    assert english_words(told.replace("tablee", ""), PACKAGE) - NAMES == set()
    for word in ("default", "required", "env var", "Commands", "Usage", "COLUMN=", "<str>", "<int", "<path>", "list["):
        assert word not in done.out


@pytest.mark.parametrize(("words", "command"), [each for each in PLAIN if not hasattr(each[1], "commands")])
def test_the_docstring_of_a_command_is_its_english_help(words: tuple[str, ...], command: Any) -> None:
    assert _paragraphs(inspect.cleandoc(command.help)) == _paragraphs(ENGLISH[words].help)


def test_each_text_of_an_option_is_of_one() -> None:
    names = {option.name for command in ENGLISH.values() for option in _options(command)}
    own = {
        f"{'_'.join(words) or 'tablee'}.{each.name}" for words, command in ENGLISH.items() for each in _options(command)
    }
    keys = [key for key in EN._entries if key.startswith(("option.", "option_of."))]
    assert {key.partition(".")[2] for key in keys if key.startswith("option.")} <= names
    assert {key.partition(".")[2] for key in keys if key.startswith("option_of.")} <= own


def test_the_language_is_that_of_the_option_of_the_variable_or_of_the_locale(tablee: Any) -> None:
    assert "Options:" in tablee("train", "--help").out
    french = [
        tablee("train", "--help", "--language", "fr"),
        tablee("train", "--language=fr", "--help"),
        tablee("train", "--help", TABLEE_LANGUAGE="fr"),
        tablee("train", "--help", LC_ALL="fr_FR.UTF-8"),
    ]
    assert ["Colonne à prédire.  [obligatoire]" in each.out for each in french] == [True] * 4
    assert tablee("data", LC_ALL="fr_FR.UTF-8").err.startswith("Utilisation")


def _texts(command: Any) -> list[str]:
    return [command.help, *(option.help for option in _options(command))]


def _options(command: Any) -> Any:
    return command.get_params(command.context_class(command))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("\n\n")]
