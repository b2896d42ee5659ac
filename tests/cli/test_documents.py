"""docs/cli.md and docs/troubleshooting.md describe every command, option, exit code and check."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer.main
from repository import DOCS

from tablee_cli.app import create_app
from tablee_cli.diagnosis.checks import CHECKS
from tablee_cli.exits import Exit

COMMANDS = DOCS / "cli.md"
TROUBLES = DOCS / "troubleshooting.md"


def leaves(command: Any, path: str) -> list[tuple[str, Any]]:
    """All commands below a group, with their full names."""
    if not hasattr(command, "commands"):
        return [(path, command)]
    return [leaf for name, child in command.commands.items() for leaf in leaves(child, f"{path} {name}")]


LEAVES = leaves(typer.main.get_command(create_app()), "tablee")


@pytest.mark.parametrize(("name", "command"), LEAVES, ids=[name for name, _ in LEAVES])
def test_every_command_has_a_section_with_its_options(name: str, command: Any) -> None:
    page = COMMANDS.read_text(encoding="utf-8")
    sections = re.split(r"^##+ ", page, flags=re.MULTILINE)
    section = next((text for text in sections if text.startswith((f"`{name}`", f"`{name} "))), None)
    assert section is not None, f"docs/cli.md has no section on {name}"
    shared = next(text for text in sections if text.startswith("Options of every command"))
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    unknown = [option for option in options if f"{option}" not in section + shared and option != "--help"]
    assert unknown == []
    assert command.help, f"{name} has no help"


def test_every_section_is_about_a_command() -> None:
    page = COMMANDS.read_text(encoding="utf-8")
    told = re.findall(r"^### `(tablee(?: [a-z]+)+)", page, flags=re.MULTILINE)
    assert set(told) == {name for name, _ in LEAVES}


def test_every_exit_code_is_explained() -> None:
    table = COMMANDS.read_text(encoding="utf-8").partition("## Exit codes")[2].partition("##")[0]
    assert re.findall(r"^\| (\d+) \|", table, flags=re.MULTILINE) == [str(code.value) for code in Exit]


def test_every_check_is_explained_in_the_same_order() -> None:
    told = re.findall(r"^### `([a-z0-9-]+)`$", TROUBLES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert told == [check.id for check in CHECKS]
