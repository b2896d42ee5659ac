"""The fast lane gives the same responses as the application, and leaves all other requests to it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zoo import PENGUINS, read

from tablee_api.models.served_model import QUICK_ROWS

Recorded = list[bool]
ROW = read(PENGUINS).drop("species").head(1).to_dicts()[0]


def both(api: httpx.Client, path: str, content: bytes) -> tuple[httpx.Response, httpx.Response]:
    """The responses of the lane and of the application; a query leads to the application."""
    kind = {"content-type": "application/json"}
    return api.post(path, content=content, headers=kind), api.post(
        f"{path}?explain=false", content=content, headers=kind
    )


def same(answers: tuple[httpx.Response, httpx.Response]) -> dict[str, Any]:
    first, second = (answer.json() for answer in answers)
    assert answers[0].status_code == answers[1].status_code
    for each in (first, second):
        each.pop("prediction_id", None)
        each.pop("request_id", None)
    assert first == second
    assert json.dumps(first) == json.dumps(second)  # in the same order, too
    return dict(first)


def test_every_model_answers_alike(api: httpx.Client, lane: Recorded) -> None:
    for model in api.get("/models").json()["models"]:
        contract = api.get(f"/models/{model['name']}").json()["contract"]
        for row in contract["examples"]:
            for body in ({"row": row}, {"rows": [row]}):
                answers = both(api, f"/models/{model['name']}/predict", orjson.dumps(body))
                same(answers)
                assert answers[0].status_code == 200
                left, right = (set(answer.headers) for answer in answers)
                assert left == right
    assert lane
    assert all(lane)


def test_missing_cells_are_answered_in_the_lane(api: httpx.Client, lane: Recorded) -> None:
    for row in (ROW | {"sex": None}, dict.fromkeys(ROW)):
        answer = same(both(api, "/predict", orjson.dumps({"row": row})))
        assert answer["warning_count"] == list(row.values()).count(None)
    assert lane == [True, True]


ODD = [{}, {"sex": None}, {"island": "Mars"}, {"island": ""}, {"body_mass_g": 1e6}, {"body_mass_g": 3750}]
"""Cells that are predicted, with a warning or without."""


def test_a_few_rows_are_answered_in_the_lane(api: httpx.Client, lane: Recorded) -> None:
    for model in api.get("/models").json()["models"]:
        contract = api.get(f"/models/{model['name']}").json()["contract"]
        for row in contract["examples"]:
            rows = [row | {name: value for name, value in odd.items() if name in row} for odd in ODD] * 4
            bodies = [{"rows": rows}, {"columns": {name: [each[name] for each in rows] for name in row}}]
            for body in (*bodies, *({"row": each} for each in rows[: len(ODD)])):
                answers = both(api, f"/models/{model['name']}/predict", orjson.dumps(body))
                assert same(answers)["predictions"]
    assert lane
    assert all(lane)


def test_refusals_come_from_the_application(api: httpx.Client, lane: Recorded) -> None:
    for cells in ({"body_mass_g": "heavy"}, {"other": 1}, {"sex": 1}):
        answer = same(both(api, "/predict", orjson.dumps({"rows": [ROW] * 20 + [ROW | cells]})))
        assert answer["errors"][0]["row"] == 21
    assert lane == [False] * 3


def test_rows_that_take_long_go_to_a_thread(start_api: Any, full_registry: Any, tmp_path: Any, lane: Recorded) -> None:
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path) as running:
        (served,) = running.repository.served.values()
        assert 1 <= served.quick_rows <= QUICK_ROWS
        served.quick_rows = 5
        for count in (5, 6):
            assert same(both(running.client, "/predict", orjson.dumps({"rows": [ROW] * count})))["predictions"]
    assert lane == [True, False]


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["male", "female", "Biscoe", "Dream", 39.1, 181, 3750.0, 1e400, 10**400, -0.0, 5e-324]),
    st.lists(st.none(), max_size=1),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changed=st.dictionaries(st.sampled_from([*ROW, "species", "other"]), CELLS, max_size=4), left_out=st.integers(0, 12)
)
def test_any_row_gets_the_same_answer(api: httpx.Client, changed: dict[str, Any], left_out: int) -> None:
    row = ROW | changed
    if left_out < len(row):
        row.pop(list(row)[left_out])
    same(both(api, "/predict", json.dumps({"row": row}).encode()))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.from_regex(r"-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
def test_any_number_is_read_alike(api: httpx.Client, number: str) -> None:
    body = json.dumps({"row": ROW | {"body_mass_g": 0}}).replace('"body_mass_g": 0', f'"body_mass_g": {number}')
    same(both(api, "/predict", body.encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"row": 1}',
        b'{"rows": []}',
        b'{"row": {}, "rows": [{}]}',
        orjson.dumps({"row": ROW})[:-1] + b', "row": {}}',
        orjson.dumps({"row": ROW}).replace(b'"sex":', b'"sex": "male", "sex":'),
        orjson.dumps({"row": ROW}).replace(b'"sex":', b'"s\\u0065x":'),
        orjson.dumps({"row": ROW}).replace(b"Torgersen", b"\xff"),
        orjson.dumps({"row": ROW}) + b" ",
        b"\xef\xbb\xbf" + orjson.dumps({"row": ROW}),
        orjson.dumps({"row": ROW | {"sex": "a: b"}}),
        orjson.dumps({"rows": [ROW, ROW]}),
        orjson.dumps({"row": ROW, "more": 1}),
    ],
)
def test_odd_bodies_are_answered_alike(api: httpx.Client, body: bytes) -> None:
    same(both(api, "/predict", body))


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-8"},
        {"content-type": "text/csv"},
        {"accept": "text/csv"},
        {"content-encoding": "gzip"},
        {"transfer-encoding": "chunked"},
        {"connection": "close"},
    ],
)
def test_other_forms_take_the_ordinary_way(api: httpx.Client, lane: Recorded, headers: dict[str, str]) -> None:
    body = orjson.dumps({"row": ROW})
    api.post("/predict", content=iter([body]) if "transfer-encoding" in headers else body, headers=headers)
    assert lane == []


def test_the_key_is_required(start_api: Any, full_registry: Any, tmp_path: Any, lane: Recorded) -> None:
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, key="a key of its own") as running:
        body = {"row": ROW}
        assert running.client.post("/predict", json=body).status_code == 401
        assert running.client.post("/predict", json=body, headers={"authorization": "Bearer no"}).status_code == 401
        assert lane == []
        right = {"authorization": "Bearer a key of its own", "x-request-id": "mine-1"}
        answer = running.client.post("/predict", json=body, headers=right)
        assert (answer.status_code, answer.headers["x-request-id"]) == (200, "mine-1")
        assert lane == [True]
        running.shutdown.begin()
        assert running.client.post("/predict", json=body, headers=right).headers["connection"] == "close"
        assert lane == [True]


def test_below_a_path(start_api: Any, full_registry: Any, tmp_path: Any, lane: Recorded) -> None:
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, base_path="/tables") as running:
        for path in ("/predict", "/tables/predict", "/tables/models/multiclass-gbm/predict"):
            assert running.client.post(path, json={"row": ROW}).status_code == 200
        assert lane == [True] * 3


def test_each_answer_is_counted_once(api: httpx.Client, lane: Recorded) -> None:
    def counted() -> dict[str, float]:
        wanted = 'model_name="multiclass-gbm",model_version="1"'
        names = ("model_infer_request_success_total", "tablee_predicted_rows_total", "request_predict_seconds_count")
        lines = api.get("/metrics").text.splitlines()
        found = {
            name: float(line.split()[1]) for name in names for line in lines if line.startswith(f"{name}{{{wanted}}}")
        }
        missing = f'tablee_cell_warnings_total{{code="missing_value",{wanted}}}'
        routes = 'rest_server_requests_total{endpoint="/predict",method="POST",status_code="200"}'
        return found | {
            key: float(line.split()[1]) for key in (missing, routes) for line in lines if line.startswith(key)
        }

    api.post("/predict", json={"row": ROW | {"sex": None}})
    before = counted()
    for _ in range(5):
        api.post("/predict", json={"row": ROW | {"sex": None}})
    assert {name: value - before[name] for name, value in counted().items()} == dict.fromkeys(before, 5.0)
    assert len(before) == 5
    assert lane == [True] * 6
