"""The HTML report: complete, in both languages, and without code from names and values."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.profile import Profile
from tablee.i18n.catalogue import LANGUAGES, Language
from tablee.i18n.data_texts import DataTranslator
from tablee_data.profile import about_target, profile
from tablee_data.profile.report import report

ODD = "</title><img src=x onerror=alert(1)>\x00\x1b"
VOID = {"meta"}


class Reader(HTMLParser):
    """Tags, texts and attributes as a browser reads them; fails where tags do not close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"


@pytest.fixture
def looked_at(tmp_path: Path) -> Profile:
    """A column of every kind, as they are stored; one name and one value want to be more than text."""
    rows = 60
    frame = pl.DataFrame(
        {
            ODD: [float(index) for index in range(rows)],
            "date": [f"2024-01-{index % 28 + 1:02d}" for index in range(rows)],
            "nothing": pl.Series([None] * rows, dtype=pl.String),
            "no number": pl.Series([None] * rows, dtype=pl.Float64),
            "kind": [ODD if index % 2 else "b" for index in range(rows)],
            "remark": [f"a remark of some length, number {index}" for index in range(rows)],
            "far": [1e300 if index else -1e-300 for index in range(rows)],
        }
    )
    kinds = ("number", "date", "text", "number", "category", "text", "number")
    columns = tuple(
        ColumnSummary(name=series.name, kind=kind, missing=series.null_count(), distinct=series.drop_nulls().n_unique())  # type: ignore[arg-type]
        for series, kind in zip(frame, kinds, strict=True)
    )
    frame.write_parquet(tmp_path / "data.parquet")
    manifest = DatasetManifest.model_construct(name="d", version="v", rows=rows, columns=columns)
    found = profile(tmp_path / "data.parquet", manifest)
    return about_target(found, tmp_path / "data.parquet", "kind")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_shows_every_column_and_warning(looked_at: Profile, language: Language) -> None:
    page, words = Reader(report(looked_at, language)), DataTranslator(language)
    for column in looked_at.columns:
        assert page.text.count(column.name.replace("\x00\x1b", "\ufffd\ufffd")) >= 2, "in the overview and on a card"
    for warning in looked_at.warnings:
        assert words.warning(warning) in page.text
        assert words.action(warning.action) in page.text
    assert words.basis(looked_at) in page.text
    assert page.tags.count("article") == 7


def test_names_and_values_are_escaped(looked_at: Profile) -> None:
    page = Reader(report(looked_at, "fr"))
    assert not {"img", "script", "link", "iframe"} & set(page.tags)
    assert not {"src", "href", "onerror"} & page.attributes
    assert "\x00" not in page.text


def test_a_profile_survives_its_json(looked_at: Profile) -> None:
    assert Profile.model_validate_json(looked_at.model_dump_json()) == looked_at


def test_a_wide_table_has_all_columns_in_the_overview_and_some_on_cards(stored: Any) -> None:
    frame = pl.DataFrame({f"column {index}": [float(index), index + 1.5, 3.0] for index in range(400)})
    page = Reader(report(profile(*stored(frame)), "en"))
    assert page.tags.count("article") == 200
    assert "column 399\n" in page.text
