"""HTTP of the prediction routes: methods, media types, headers, queries, sizes, keys."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

Refused = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def row(bundles: dict[str, Any]) -> dict[str, Any]:
    return dict(bundles["multiclass-gbm"].contract.examples[0])


def test_one_row_and_a_list_of_one_are_answered_alike(api: httpx.Client, row: dict[str, Any]) -> None:
    one, many = api.post("/predict", json={"row": row}), api.post("/predict", json={"rows": [row]})
    assert one.json()["predictions"] == many.json()["predictions"]
    assert one.json()["prediction_id"] != many.json()["prediction_id"]


def test_every_answer_names_model_version_and_prediction(api: httpx.Client, row: dict[str, Any]) -> None:
    answer = api.post("/predict", json={"row": row}, headers={"x-request-id": "from-the-client"})
    body, headers = answer.json(), answer.headers
    assert (body["model"], body["version"]) == ("multiclass-gbm", 1)
    assert (headers["tablee-model"], headers["tablee-version"]) == ("multiclass-gbm", "1")
    assert headers["tablee-prediction-id"] == body["prediction_id"]
    assert headers["x-request-id"] == "from-the-client"
    item = body["predictions"][0]
    assert item["probability"] == max(item["probabilities"].values()) == item["probabilities"][item["prediction"]]


def test_warnings_name_row_column_and_value(api: httpx.Client, row: dict[str, Any]) -> None:
    odd = [row, row | {"island": "Atlantis", "sex": None, "year": 1815}]
    body = api.post("/predict", json={"rows": odd}).json()
    assert body["warning_count"] == 3
    assert {(w["row"], w["column"], w["code"], w["value"]) for w in body["warnings"]} == {
        (2, "island", "unseen_level", "Atlantis"),
        (2, "sex", "missing_value", None),
        (2, "year", "out_of_range", 1815.0),
    }


def test_the_target_may_come_along(api: httpx.Client, row: dict[str, Any]) -> None:
    assert api.post("/predict", json={"row": row | {"species": "Adelie"}}).status_code == 200


def test_the_threshold_decides_between_two_classes(api: httpx.Client, bundles: dict[str, Any]) -> None:
    rows = bundles["binary-glm"].trained.rows.select(bundles["binary-glm"].contract.names).to_dicts()
    answer = api.post("/models/binary-glm/predict", json={"rows": rows}).json()
    seen = [(item["probabilities"]["male"], item["prediction"]) for item in answer["predictions"]]
    assert max(p for p, label in seen if label == "female") < min(p for p, label in seen if label == "male")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/predict", 405, "method_not_allowed"),
        ("PUT", "/predict", 405, "method_not_allowed"),
        ("DELETE", "/models/multiclass-gbm/predict", 405, "method_not_allowed"),
        ("POST", "/models", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("POST", "/nothing", 404, "not_found"),
        ("GET", "/models/", 404, "not_found"),
        ("POST", "/models//predict", 404, "not_found"),
        ("POST", "/models/a/b/predict", 404, "not_found"),
        ("POST", "/predict/", 404, "not_found"),
        ("GET", "/models/unheard-of", 404, "model_not_found"),
        ("POST", "/models/unheard-of/predict", 404, "model_not_found"),
        ("POST", "/models/%E2%82%AC%ff/predict", 404, "model_not_found"),
    ],
)
def test_wrong_routes_are_problems(refused: Refused, method: str, path: str, status: int, code: str) -> None:
    refused(status, code, method=method, path=path)


def test_a_refused_method_names_the_allowed(api: httpx.Client) -> None:
    assert api.get("/predict").headers["allow"] == "POST"
    head = api.head("/predict")
    assert (head.status_code, head.content) == (405, b"")


@pytest.mark.parametrize("query", ["explain=maybe", "explain=", "explain=true&explain=false", "explain=%ff", "expl=1"])
def test_an_unknown_query_is_refused(refused: Refused, row: dict[str, Any], query: str) -> None:
    refused(422, "invalid_request", path=f"/predict?{query}", json={"row": row})


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "text/html"},
        {"content-type": "text/csv; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "\xff"},
    ],
)
def test_an_unknown_type_is_refused(refused: Refused, headers: dict[str, str]) -> None:
    refused(415, "unsupported_media_type", content=b"{}", headers={k: v.encode("latin-1") for k, v in headers.items()})


@pytest.mark.parametrize(
    ("content_type", "accept", "answered"),
    [
        ("application/json", "*/*", "application/json"),
        ("application/json", "text/csv", "text/csv"),
        ("application/json; charset=utf-8", "text/html", "application/json"),
        ("application/json", "text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("application/json", "text/*, application/json;q=0.9", "text/csv"),
        ("application/json", "text/csv;q=0, */*", "application/json"),
        ("application/json", "text/csv;q=broken, */*;q=0.1", "application/json"),
        ("application/geo+json", "*/*", "application/json"),
        ("text/csv", "*/*", "text/csv"),
        ("text/csv; charset=UTF-8; header=present", "application/json", "application/json"),
        ("text/csv", "application/json, text/csv", "text/csv"),
    ],
)
def test_the_form_of_the_answer_can_be_chosen(
    api: httpx.Client, row: dict[str, Any], content_type: str, accept: str, answered: str
) -> None:
    table = ",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n"
    content: Any = {"content": table} if "csv" in content_type else {"json": {"row": row}}
    answer = api.post("/predict", headers={"content-type": content_type, "accept": accept}, **content)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].split(";")[0] == answered


@pytest.fixture(scope="module")
def small(full_registry: Any, tmp_path_factory: pytest.TempPathFactory, start_api: Any) -> Iterator[Any]:
    """A service with a key and tight limits."""
    cache = tmp_path_factory.mktemp("cache")
    limits = {"max_body_bytes": 50_000, "max_held_bytes": 60_000}
    with start_api(full_registry, {"binary-gbm": 1}, cache, key=SecretStr("a key"), **limits) as running:
        running.client.headers["authorization"] = "Bearer a key"
        yield running


def test_a_key_is_required(small: Any) -> None:
    for path in ("/models", "/openapi.json", "/docs"):
        denied = small.client.get(path, headers={"authorization": "Bearer another"})
        assert (denied.status_code, denied.json()["code"]) == (401, "access_denied")
        assert small.client.get(path).status_code == 200
    for path in ("/healthz", "/readyz", "/metrics"):
        assert small.client.get(path, headers={"authorization": ""}).status_code == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused(small: Any, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * 1000

    answer = small.client.post("/predict", content=pieces() if chunked else b" " * 60_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "50,000 bytes" in answer.json()["detail"]


def test_a_client_that_reads_only_after_sending_gets_the_refusal(small: Any) -> None:
    connection = http.client.HTTPConnection(*small.address, timeout=30)
    for content in (b" " * 20_000_000, iter([b" " * 1_000_000] * 20)):
        connection.request("POST", "/predict", content, {"authorization": "Bearer a key"}, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "body_too_large")
    connection.close()


def test_all_bodies_together_are_bounded(small: Any, until: Any) -> None:
    head = b"POST /predict HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a key\r\ncontent-length: 45000\r\n\r\n"

    def send() -> httpx.Response:
        answer: httpx.Response = small.client.post("/predict", content=b" " * 30_000)
        return answer

    with socket.create_connection(small.address) as unfinished:
        unfinished.sendall(head + b" " * 40_000)
        until(lambda: send().status_code == 503)
        answer = send()
        assert (answer.json()["code"], answer.headers["retry-after"].isdigit()) == ("overloaded", True)
    until(lambda: send().status_code == 400)  # given back


def test_a_client_that_disconnects_is_no_error(small: Any, until: Any, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_connection(small.address) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a key\r\ncontent-length: 100\r\n\r\n{"
        )
    until(lambda: 'endpoint="/predict",method="POST",status_code="499"' in small.client.get("/metrics").text)
    assert not [record for record in caplog.records if record.levelno >= 30]


def test_the_catalogue(api: httpx.Client, bundles: dict[str, Any]) -> None:
    models = api.get("/models").json()["models"]
    assert [model["name"] for model in models] == list({"multiclass-gbm": 1} | dict.fromkeys(bundles))
    assert [model["name"] for model in models if model["default"]] == ["multiclass-gbm"]
    made = bundles["regression-drf"]
    summary = next(model for model in models if model["name"] == "regression-drf")
    assert summary == {
        "name": "regression-drf",
        "version": 1,
        "default": False,
        "problem_type": "regression",
        "target": "body_mass_g",
        "columns": 7,
        "digest": made.digest,
    }
    detail = api.get("/models/regression-drf").json()
    assert detail["algorithm"] == "drf"
    assert type(made.contract).model_validate(detail["contract"]) == made.contract


def test_metrics_count_models_and_requests(api: httpx.Client, row: dict[str, Any]) -> None:
    def value(line: str) -> float:
        text = api.get("/metrics").text
        return sum(float(each.rsplit(" ", 1)[1]) for each in text.splitlines() if each.startswith(line))

    labels = '{model_name="multiclass-gbm",model_version="1"}'
    names = [
        f"model_infer_request_success_total{labels}",
        f"tablee_predicted_rows_total{labels}",
        f"request_predict_seconds_count{labels}",
        f"model_infer_request_failure_total{labels}",
        'rest_server_requests_total{endpoint="/predict",method="POST",status_code="200"}',
        'tablee_cell_warnings_total{code="missing_value",model_name="multiclass-gbm",model_version="1"}',
    ]
    before = [value(name) for name in names]
    assert api.post("/predict", json={"rows": [row, *[row | {"sex": None}] * 150]}).status_code == 200
    assert api.post("/predict", json={"rows": [1]}).status_code == 422
    grown = [value(name) - earlier for name, earlier in zip(names, before, strict=True)]
    assert grown == [1, 151, 1, 1, 1, 150]
    assert value('tablee_model_info{algorithm="gbm"') >= 1


def test_a_path_with_a_space(full_registry: Any, tmp_path: Path, start_api: Any) -> None:
    with start_api(full_registry, {"binary-glm": 1}, tmp_path / "a cache") as running:
        found = running.client.get("/readyz").json()
        assert (found["status"], found["reason"]) == ("ready", "binary-glm version 1")
    assert [path.name[:13] for path in (tmp_path / "a cache").iterdir()] == ["binary-glm-1-"]


def test_addresses_have_the_base_path(start_api: Any, full_registry: Any, tmp_path: Path, row: dict[str, Any]) -> None:
    options = {"base_path": "/tablee/api", "key": SecretStr("s3cret")}
    with start_api(full_registry, {"multiclass-gbm": 1}, tmp_path, **options) as running:
        client: httpx.Client = running.client
        assert client.get("/tablee/api/readyz").is_success
        assert client.get("/metrics").is_success
        assert client.get("/tablee/api/metrics").status_code == 401
        client.headers["authorization"] = "Bearer s3cret"
        for prefix in ("", "/tablee/api"):
            for path in ("/predict", "/models/multiclass-gbm/predict"):
                assert client.post(prefix + path, json={"row": row}).json()["version"] == 1
            assert client.get(f"{prefix}/models").json()["models"][0]["name"] == "multiclass-gbm"
            page = client.get(f"{prefix}/docs").text
            assert f"'{prefix}/openapi.json'" in page
            for address in re.findall(r'(?:src|href)="([^"]+)"', page):
                assert address.startswith(f"{prefix}/")
                assert client.get(address).is_success
            servers = client.get(f"{prefix}/openapi.json").json().get("servers", [])
            assert servers == ([{"url": prefix}] if prefix else [])
        assert client.post("/tablee/api/nothing").json()["code"] == "not_found"
