"""Every route gives the scores of the model itself, bit for bit, with real models."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from ways.over_http import SENDERS
from ways.written import Row, Written

from tablee.models.contract import Contract
from tablee_scoring import Model


def rows_of(contract: Contract, cells: list[dict[str, Any]]) -> list[Row]:
    """Cells as they are written in a file without quotes."""
    return [
        {name: Written(row[name], "" if row[name] is None else str(row[name])) for name in contract.names}
        for row in cells
    ]


@pytest.mark.parametrize("name", ["multiclass-gbm", "binary-glm", "regression-deeplearning"])
@pytest.mark.parametrize("sender", SENDERS)
def test_every_route_gives_the_scores_of_the_model(
    name: str, sender: str, bundles: dict[str, Any], api: httpx.Client
) -> None:
    made = bundles[name]
    if sender.startswith("invocations") and name != "multiclass-gbm":
        pytest.skip("it answers with the default model")
    frame = made.trained.rows.select(made.trained.features)[[0, 3, 100, 250, -1]]
    model = Model.load(made.directory, made.digest)
    expected = model.score(model.validator.frame(frame)).tolist()
    assert SENDERS[sender](api, made.contract, rows_of(made.contract, frame.to_dicts())) == expected
