"""The form of a training: what a target means, and the request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.errors import InvalidRequest
from tablee_ui.backend import Backend
from tablee_ui.context import PageContext
from tablee_ui.pages.train.request import meaning, request_of


def column(**facts: Any) -> ColumnSummary:
    return ColumnSummary(**{"name": "price", "kind": "number", "missing": 0, "distinct": 90} | facts)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "will estimate a number"),
        ({"integer": True, "distinct": 4}, "only 4 different whole numbers"),
        ({"kind": "category", "distinct": 2, "top": (("no", 5), ("yes", 3))}, "which of two “price” is: no, yes"),
        ({"kind": "category", "distinct": 9, "top": (("a", 5),)}, "which of 9 classes “price” is: a, …"),
    ],
)
def test_a_target_is_explained(backend: Backend, facts: dict[str, Any], said: str) -> None:
    assert said in meaning(PageContext.create(backend, "en"), column(**facts))


def test_an_invalid_request_is_refused_before_it_is_sent() -> None:
    manifest = DatasetManifest(
        name="d", version="1", rows=1, columns=(), filename="f", bytes=1, sha256="", created=datetime.now(UTC)
    )
    assert request_of(manifest, "t", {"model": "", "seed": None, "max_models": 3}).model_name == "d"
    with pytest.raises(InvalidRequest, match="model"):
        request_of(manifest, "t", {"model": "Not A Name"})
