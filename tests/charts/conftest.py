"""Every shipped values file, rendered once."""

from __future__ import annotations

import pytest
from charts.chart import SHIPPED, Object, render


@pytest.fixture(params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> str:
    """The name of a values file."""
    return str(request.param)


@pytest.fixture
def objects(shipped: str) -> tuple[Object, ...]:
    """The objects that it renders."""
    return render(shipped)
