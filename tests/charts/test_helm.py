"""Helm 3 and Helm 4 render the same."""

from __future__ import annotations

from typing import Any

import pytest
from charts.chart import Object, key_of, programs, render


@pytest.mark.skipif("helm4" not in programs(), reason="there is no second Helm: set HELM4 to Helm 4")
def test_both_render_the_same(shipped: str) -> None:
    one, other = (plain(render(shipped, program=program)) for program in ("helm", "helm4"))
    assert one == other


def plain(objects: tuple[Object, ...]) -> dict[str, Any]:
    """Objects by name, without random values."""
    return {
        key_of(each): {**each, "data": sorted(each["data"])} if each["kind"] == "Secret" else each for each in objects
    }
