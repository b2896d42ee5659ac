"""What the progress bar of a file shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tablee.i18n import Language
from tablee_cli.sending import bar
from tablee_cli.session import Session
from tablee_cli.stack.home import Home


@pytest.mark.parametrize(
    ("language", "sizes"), [("en", "14.6\u00a0kB of 22.5\u00a0kB"), ("fr", "14,6\u00a0ko sur 22,5\u00a0ko")]
)
def test_sizes_are_written_as_the_language_does(tmp_path: Path, language: Language, sizes: str) -> None:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=120)
    session = Session(Home(tmp_path), None, None, False, terminal, terminal, language)
    with bar(session) as progress:
        progress.add_task("x", total=23_000, completed=15_000)
        progress.refresh()
    assert sizes in screen.getvalue()
