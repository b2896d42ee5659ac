"""What Typer finds wrong with a call is an error with a code, facts and a repair, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
import typer.main
from english_words import english_words

from tablee_cli.app import create_app
from tablee_cli.texts import PACKAGE

COMMANDS = set(typer.main.get_command(create_app()).commands)  # type: ignore[attr-defined]
CALLS: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {
    ("models", "--nonsense"): ("usage.no_option", {"option": "--nonsense"}),
    ("models", "--jsn"): ("reason.near", {"near": "--json"}),
    ("modls",): ("reason.near", {"near": "models"}),
    ("xyz",): ("usage.no_command", {"command": "xyz"}),
    ("data", "xyz"): ("usage.no_command", {"command": "xyz"}),
    ("train",): ("usage.missing_option", {"name": "--data"}),
    ("promote", "x"): ("usage.missing_argument", {"name": "version"}),
    ("trainings", "--limit"): ("usage.needs_value", {"option": "--limit"}),
    ("models", "--wait=3", "x"): ("usage.no_option", {"option": "--wait"}),
    ("promote", "x", "1", "--wait=3"): ("usage.takes_no_value", {"option": "--wait"}),
    ("trainings", "a", "b", "c"): ("usage.too_many_arguments", {"arguments": "b c"}),
}


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_what_typer_finds_has_a_code_with_facts(tablee: Any, call: tuple[str, ...]) -> None:
    key, facts = CALLS[call]
    first = next((place for place, word in enumerate(call) if word.startswith("--")), len(call))
    done = tablee(*call[:first], "--json", *call[first:])
    message = done.problem["facts"]["message"]
    assert (done.code, message["key"]) == (2, key)
    assert facts.items() <= message["facts"].items()


@pytest.mark.parametrize("call", [*CALLS, ("promote", "x", "first"), ("trainings", "--limit", "0")], ids=" ".join)
def test_it_is_said_in_french_with_the_help_to_call(tablee: Any, call: tuple[str, ...]) -> None:
    done = tablee(*call, TABLEE_LANGUAGE="fr")
    assert done.code == 2
    assert "--help`" in done.err
    assert english_words(done.err.removeprefix("invalid_request"), PACKAGE) - COMMANDS == set(), done.err


def test_a_value_is_said_with_what_was_expected(tablee: Any) -> None:
    assert "“version”: got 'first', expected a valid integer" in tablee("promote", "x", "first").err
    assert "“--limit”: got '0', expected greater than or equal to 1" in tablee("trainings", "--limit", "0").err


def test_the_help_of_the_command_is_named(tablee: Any) -> None:
    assert "`tablee sources add --help`" in tablee("sources", "add", "x").err
    assert "`tablee sources add --help`" in tablee("sources", "add", "x", "--nonsense").err


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (("train", "--data", "A B", "--target", "y"), "“--data”: got 'A B'"),
        (("train", "--data", "x", "--target", "y", "--problem", "z"), "“--problem”: got 'z'"),
        (("train", "--data", "x", "--target", "y", "--include", "FOO"), "“--include”: got 'FOO'"),
        (("sources", "add", "x", "--query", "SELECT 1", "--dataset", "A B"), "“--dataset”: got 'A B'"),
    ],
)
def test_a_refused_request_names_the_option(tablee: Any, server: Any, call: tuple[str, ...], named: str) -> None:
    done = tablee(*call, "--url", server.url)
    assert (done.code, named in done.err) == (1, True), done.err
