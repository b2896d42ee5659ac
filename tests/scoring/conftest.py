"""Each model of the zoo in turn."""

from __future__ import annotations

import pytest
from zoo import ALGORITHMS, PROBLEMS, Trained


@pytest.fixture(params=[(p, a) for p in PROBLEMS for a in ALGORITHMS], ids=lambda key: "-".join(key))
def trained(request: pytest.FixtureRequest, zoo: dict[tuple[str, str], Trained]) -> Trained:
    """Each model in turn."""
    return zoo[request.param]


@pytest.fixture
def gbm(zoo: dict[tuple[str, str], Trained]) -> Trained:
    """A model of two classes, with trees."""
    return zoo["binary", "gbm"]
