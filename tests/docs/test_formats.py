"""All texts that say which files can be read have the same list of formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.i18n import LANGUAGES, Language, Translator
from tablee_cli.texts import texts_in

ROOT = Path(__file__).parents[2]
PLACES = (
    *("docs/ui.md", "docs/cli.md", "docs/reading.md"),
    "services/controller/src/tablee_controller/routes/datasets/datasets.py",
)


@pytest.mark.parametrize("place", PLACES)
def test_every_document_lists_all_formats(place: str) -> None:
    assert Translator("en")("formats.files") in ROOT.joinpath(place).read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["help.data_add", "option.file", "option_of.predict.file"])
def test_the_help_lists_all_formats(language: Language, key: str) -> None:
    assert Translator(language)("formats.files") in texts_in(language)(key)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["known_file", "known_format"])
def test_every_error_lists_all_formats(language: Language, key: str) -> None:
    translator = Translator(language)
    assert translator("formats.files") in translator(f"expected.table.{key}")
