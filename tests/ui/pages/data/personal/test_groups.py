"""The columns that are counted, and the table of rows in small groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.privacy import (
    Anonymised,
    Anonymity,
    Drop,
    EquivalenceClasses,
    Findings,
    Prefix,
    Uncounted,
)
from tablee.datasets.profile import Basis
from tablee.i18n import LANGUAGES
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.data.personal import groups
from tablee_ui.pages.data.personal.groups import small_groups


def test_small_groups_are_counted_before_and_after(backend: Backend) -> None:
    before = EquivalenceClasses(columns=("age", "town"), rows=200, groups=150, smallest=1, below=((2, 100), (5, 150)))
    after = EquivalenceClasses(columns=("age",), rows=200, groups=10, smallest=4, below=((2, 0), (5, 4)))
    lines = small_groups(PageContext.create(backend, "en"), Anonymity(before=before, after=after))
    assert [list(line.values()) for line in lines] == [
        ["one row, that is alone", "100 (50.0%)", "0 (0%)"],
        ["fewer than 5 rows", "150 (75.0%)", "4 (2.0%)"],
    ]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {}
    monkeypatch.setattr(groups, "st", SimpleNamespace(session_state=state))
    return state


def test_columns_that_become_coarser_are_added_and_those_taken_out_stay_out(session: dict[str, Any]) -> None:
    def chosen(*proposed: str) -> list[str]:
        found: list[str] = session[groups._with_proposed("people", "0123", proposed)]
        return found

    assert chosen("town", "age") == ["town", "age"]
    session["quasi:people:0123"] = ["town"]
    assert chosen("town", "age") == ["town"], "the visitor took it out"
    assert chosen("town", "age", "income") == ["town", "income"], "it was just made coarser"
    session["quasi:people:0123"] = []
    assert chosen("town", "age", "income") == []
    assert chosen(*(f"c{number}" for number in range(40))) == [f"c{number}" for number in range(32)]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "Not counted, because removed: name and note 1.",
                "Not counted, because nobody knows whose pseudonym it is without the key: mail.",
            ],
        ),
        (
            "fr",
            [
                "Ce qui n’est pas compté, car supprimé\u00a0: name et note 1.",
                "Ce qui n’est pas compté, car sans la clé personne ne sait de qui est un pseudonyme\u00a0: mail.",
            ],
        ),
    ],
)
def test_why_columns_are_not_counted_is_said(backend: Backend, language: Any, lines: list[str]) -> None:
    findings = Findings(
        findings=(),
        quasi_identifiers=(),
        uncounted=(
            Uncounted(column="name", applied="drop"),
            Uncounted(column="mail", applied="pseudonym"),
            Uncounted(column="note 1", applied="drop"),
        ),
        basis=Basis(rows=1, of=1),
    )
    assert groups.uncounted(PageContext.create(backend, language), findings) == lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_coarser_columns_of_a_version_are_counted_until_they_are_taken_out(
    backend: Backend, draw: Callable[..., Any], language: str
) -> None:
    context = PageContext.create(backend, language)
    done = (Prefix(column="code", length=2), Drop(column="name"))
    manifest = DatasetManifest(
        name="people",
        version="0123456789ab",
        rows=4,
        columns=tuple(ColumnSummary(name=name, kind="text", missing=0, distinct=4) for name in ("code", "town", "x")),
        filename="people.csv",
        bytes=1,
        sha256="0" * 64,
        created=datetime(2026, 1, 31, tzinfo=UTC),
        anonymised=Anonymised(actions=done, fingerprint="0"),
    )
    findings = Findings(
        findings=(),
        quasi_identifiers=("code", "town"),
        uncounted=(Uncounted(column="name", applied="drop"),),
        basis=Basis(rows=4, of=4),
    )
    page = draw(groups.show, context, manifest, findings, (Prefix(column="x", length=1),))
    assert not page.exception
    (field,) = page.multiselect
    assert field.value == ["code", "town", "x"]
    assert context.texts("remedy.prefix") in field.options[0]
    assert context.texts("uncounted.drop", columns="name") in [each.value for each in page.caption]
    assert not page.warning
    page = field.set_value(["town", "x"]).run()
    assert page.multiselect[0].value == ["town", "x"]
    assert [each.value for each in page.warning] == [context.texts("personal.quasi_left_out", columns="code")]
