"""Requests about sources that do not go through HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

import pytest

from tablee.errors import TableeError
from tablee.jobs.source import SourceOrder
from tablee_controller.sources.requests import SourceRequests


class Broken:
    """A puller that raises an error that no code expects."""

    def look(self, *_: Any) -> NoReturn:
        raise RuntimeError("Wilhelmine")


def test_a_preview_shows_nothing_of_an_unexpected_error() -> None:
    nothing: Any = None
    puller: Any = Broken()
    requests = SourceRequests(nothing, nothing, puller, nothing, now=lambda: datetime.now(UTC))
    with pytest.raises(TableeError) as caught:
        requests.look(SourceOrder.model_validate({"of": {"kind": "prefix", "address": "inbox/"}}))
    assert caught.value.detail == "something went wrong inside the controller"
