"""A training on its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from canned import Answers
from streamlit.testing.v1 import AppTest

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.privacy import Anonymised, Mask, Pseudonym
from tablee.errors.base import plain
from tablee.recipes.left_out import remarks
from tablee_client import Controller
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext

AT = "2026-01-02T03:04:05Z"
NAMES = ("courriel", "nom", "âge", "y")
MANIFEST = DatasetManifest(
    name="gens",
    version="0" * 12,
    rows=9,
    columns=tuple(ColumnSummary(name=name, kind="category", missing=0, distinct=2) for name in NAMES),
    filename="gens.csv",
    bytes=9,
    sha256="0" * 64,
    created=datetime(2026, 1, 2, tzinfo=UTC),
    anonymised=Anonymised(actions=(Pseudonym(column="courriel"), Mask(column="nom")), fingerprint="f"),
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Left out", "pseudonyms", "masked")),
        ("fr", ("Écartées", "pseudonymes", "masquées")),
    ],
)
def test_columns_that_were_left_out_are_named(
    backend: Backend,
    draw: Callable[..., AppTest],
    serve: Callable[..., Any],
    language: str,
    said: tuple[str, ...],
) -> None:
    told = [plain(each) for each in remarks(MANIFEST, "y")]
    state = {
        "id": "t-1",
        "request": {"dataset": "gens", "target": "y"},
        "phase": "cancelled",
        "created": AT,
        "updated": AT,
        "remarks": [*told, {"key": "of_a_later_release", "facts": {}}],
    }
    backend = replace(backend, controller=Controller(serve(Answers({"GET /trainings/t-1": state}))))

    def page(context: PageContext) -> None:
        from tablee_ui.pages.train import progress

        progress.show(context, "t-1")

    drawn = draw(page, PageContext.create(backend, language))
    assert not drawn.exception
    (shown,) = [each.value for each in drawn.info]
    assert all(word in shown for word in ("courriel", "nom", *said))


def test_nothing_is_said_of_columns_that_models_read() -> None:
    assert remarks(MANIFEST.model_copy(update={"anonymised": None}), "y") == []
    only = Anonymised(actions=(Pseudonym(column="courriel"),), fingerprint="f")
    assert remarks(MANIFEST.model_copy(update={"anonymised": only}), "courriel") == []
