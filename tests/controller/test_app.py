"""The whole app: health, access key, problem JSON, and requests while MLflow is unavailable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from tablee.http.schemas.models import ModelVersion
from tablee_controller.app import Limits


def test_health_and_metrics(controller: Any, until: Any) -> None:
    assert controller.client.get("/healthz").json() == {"status": "ok"}
    until(lambda: controller.client.get("/readyz").status_code == 200)
    assert controller.client.get("/readyz").json() == {"status": "ready", "reason": "", "message": None}
    controller.client.get("/datasets/none")
    text = controller.client.get("/metrics").text
    assert 'rest_server_requests_total{endpoint="/datasets/{name}",method="GET",status_code="404"}' in text
    assert "tablee_serving_version_lag_seconds" in text


def test_the_platform_has_its_addresses(read_only_controller: Any) -> None:
    answer = read_only_controller.client.get("/platform").json()
    assert answer == {
        "name": "tablee",
        "version": "0",
        "api_url": "http://api",
        "ui_url": None,
        "mlflow_url": read_only_controller.sqlite_registry.url,
        "home": None,
    }


@pytest.mark.parametrize("path", ["/datasets", "/trainings", "/models", "/rollout", "/platform", "/docs", "/nothing"])
def test_all_routes_but_health_need_the_key(start_controller: Any, path: str) -> None:
    client = start_controller(key="secret").client
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code in (200, 503)
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "access_denied")
    assert client.get(path, headers={"authorization": "Bearer secret"}).status_code in (200, 404)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/datasets/d", 405, "method_not_allowed"),
        ("GET", "/datasets/", 404, "not_found"),
        ("POST", "/platform", 405, "method_not_allowed"),
    ],
)
def test_an_unknown_path_or_method_is_a_problem(
    read_only_controller: Any, method: str, path: str, status: int, code: str
) -> None:
    answer = read_only_controller.client.request(method, path)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_limit_is_refused(start_controller: Any, declared: bool) -> None:
    client = start_controller(limits=Limits(body_bytes=100)).client
    body = b'{"dataset": "' + b"x" * 1000 + b'"}'
    content = body if declared else iter([body[:500], body[500:]])
    answer = client.post("/trainings", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_without_mlflow_other_routes_answer(controller: Any, until: Any) -> None:
    until(lambda: controller.client.get("/readyz").status_code == 200)
    database = controller.sqlite_registry.folder / "mlflow.db"
    content = database.read_bytes()
    database.write_bytes(b"no database at all" * 1000)
    try:
        until(lambda: controller.client.get("/readyz").status_code == 503)
        assert "does not answer" in controller.client.get("/readyz").json()["reason"]
        answer = controller.client.get("/models")
        assert (answer.status_code, answer.json()["code"]) == (503, "registry_unavailable")
        assert answer.headers["retry-after"]
        assert controller.client.get("/healthz").status_code == 200
        assert controller.client.put("/datasets/d", content=b"a,b\n1,2\n").status_code == 201
        assert controller.client.get("/trainings").status_code == 200
    finally:
        database.write_bytes(content)
    until(lambda: controller.client.get("/readyz").status_code == 200)
    assert controller.client.get("/models").status_code == 200


def test_openapi_describes_every_route(read_only_controller: Any) -> None:
    paths = read_only_controller.client.get("/openapi.json").json()["paths"]
    assert "application/octet-stream" in paths["/datasets/{name}"]["put"]["requestBody"]["content"]
    assert read_only_controller.client.get("/docs").status_code == 200
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert all(operation.get("description") for operation in operations)


def test_every_json_answer_has_a_model_that_is_shared(read_only_controller: Any) -> None:
    """Clients parse the same models: no route answers a bare dict, or a model of the controller's own."""
    paths = read_only_controller.client.get("/openapi.json").json()["paths"]
    found = {
        f"{method.upper()} {path} {status}": re.findall(r"#/components/schemas/(\w+)", json.dumps(content))
        for path, methods in paths.items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
        if (content := response.get("content", {}).get("application/json")) is not None
    }
    assert len(found) > 45
    assert {answer for answer, models in found.items() if not models} == set()
    own = {model.__name__ for model in subclasses(BaseModel) if model.__module__.startswith("tablee_controller.")}
    assert "PreviewRequest" in own
    assert {answer: model for answer, models in found.items() for model in models if model in own} == {}


def subclasses(kind: type) -> Iterator[type]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_the_document_names_the_models_of_answers(read_only_controller: Any) -> None:
    document = read_only_controller.client.get("/openapi.json").json()
    answer = document["paths"]["/models/{name}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/ModelHistory"}
    version = document["components"]["schemas"]["ModelVersion"]
    assert version["required"] == list(ModelVersion.model_fields)
    assert version["properties"]["created"] == {"type": "string", "format": "date-time", "title": "Created"}
    assert version["properties"]["run_id"]["description"] == "The run in MLflow that made it."
