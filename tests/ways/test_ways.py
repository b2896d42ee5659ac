"""The same row gives the same cells by every way in: nothing decides anew what the model knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tablee.models.contract import Contract, NumberColumn
from ways.generated import TARGET, shown, tables
from ways.over_http import SENDERS
from ways.toy import ToyApi, score, toy_api
from ways.ways import WAYS, answered, by_json
from ways.written import Row


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=tables())
def test_every_way_gives_the_same_cells(way: str, made: tuple[Contract, list[Row]]) -> None:
    contract, rows = made
    expected = answered(way, contract, rows)
    assume(expected)
    assert shown(WAYS[way](contract, rows)) == shown(by_json(contract, expected))


@pytest.fixture(scope="module")
def api() -> Iterator[ToyApi]:
    contract = Contract(model="m", columns=(NumberColumn(name="x", minimum=0, maximum=1),), target=TARGET)
    with toy_api(contract) as running:
        yield running


@pytest.mark.parametrize("sender", SENDERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=tables())
def test_every_route_gives_the_same_scores(api: ToyApi, sender: str, made: tuple[Contract, list[Row]]) -> None:
    contract, rows = made
    api.serve(contract)
    block = by_json(contract, rows)
    expected = [[score(cells)] for cells in zip(*(block.columns[name] for name in contract.names), strict=True)]
    assert SENDERS[sender](api.client, contract, rows) == expected
