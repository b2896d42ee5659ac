"""docs/api.md and docs/protocols.md describe every route, and their commands work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from repository import DOCS
from starlette.routing import Route

from tablee_api.app import create_routes
from tablee_api.models.repository import ModelRepository
from tablee_api.server.shutdown import Shutdown

PAGE, PROTOCOLS = (DOCS / "api.md").read_text(), (DOCS / "protocols.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
FOREIGN = re.findall(r"```sh\n(.*?)```", PROTOCOLS, re.DOTALL)


@pytest.fixture(scope="module")
def penguins(
    make_registry: Callable[[], Any], bundles: dict[str, Any], tmp_path_factory: pytest.TempPathFactory, start_api: Any
) -> Iterator[httpx.Client]:
    """The API of the page: it serves `penguins`, which predicts the species."""
    model_registry = make_registry()
    model_registry.register("penguins", bundles["multiclass-gbm"].directory)
    with start_api(model_registry, {"penguins": 1}, tmp_path_factory.mktemp("cache")) as running:
        yield running.client


def test_every_route_is_on_the_page() -> None:
    async def endpoint(*_: object) -> None: ...

    repository = ModelRepository({}, registry=lambda: pytest.fail("not started"), cache=Path())
    app = create_routes(repository, Shutdown(), endpoint)  # type: ignore[arg-type]
    paths = {route.path for route in app.routes if isinstance(route, Route)} | set(app.openapi()["paths"])
    paths.remove("/docs/oauth2-redirect")  # Swagger's own
    assert len(paths) == 31
    for path in paths:
        assert f" {path}`" in PAGE + PROTOCOLS, f"neither docs/api.md nor docs/protocols.md tells of {path}"


def test_the_page_of_the_routes_needs_no_other_host(penguins: httpx.Client) -> None:
    page = penguins.get("/docs").text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(loaded) >= 3
    for address in loaded:
        assert address.startswith("/")
        assert penguins.get(address).status_code == 200


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_the_commands_work(penguins: httpx.Client, command: str, tmp_path: Path) -> None:
    address = str(penguins.base_url).rstrip("/")
    run = subprocess.run(
        ["bash", "-ec", command.replace("http://127.0.0.1:8000", address)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    if "--data-binary" in command:
        header, first, _ = run.stdout.splitlines()
        assert header.endswith(",prediction,probability_Adelie,probability_Chinstrap,probability_Gentoo")
        assert "Gentoo" in first
    elif '"island": 3' in command:
        assert json.loads(run.stdout)["error_count"] == 6
    else:
        answer = json.loads(run.stdout)
        assert answer["predictions"][0]["prediction"] == "Gentoo"
        assert ("explanation" in answer["predictions"][0]) == ("explain" in command)
        assert answer["warning_count"] == ("null" in command)


@pytest.mark.parametrize("command", FOREIGN, ids=range(len(FOREIGN)))
def test_the_commands_of_other_protocols_work(penguins: httpx.Client, command: str) -> None:
    address = str(penguins.base_url).rstrip("/")
    command = command.replace("http://127.0.0.1:8000", address)
    run = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, check=True)
    first, *_ = map(json.loads, run.stdout.splitlines())
    if "/v2/" in command:
        assert first["outputs"][0]["data"][0] == "Gentoo"
    else:
        assert first.get("predictions", [first])[0]["prediction"] == "Gentoo"


def test_the_program_works(penguins: httpx.Client) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PROTOCOLS, re.DOTALL)
    program = program.replace("http://127.0.0.1:8000", str(penguins.base_url).rstrip("/"))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Gentoo" in run.stdout
    assert "probability_Adelie" in run.stdout or "…" in run.stdout


def test_the_answer_shown_has_the_form_of_real_ones(penguins: httpx.Client) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    row = json.loads(re.findall(r"-d '(.*?)'", COMMANDS[0], re.DOTALL)[0])
    real = penguins.post("/predict", json=row).json()
    assert form(json.loads(shown)) == form(real)


def form(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: form(inner) for name, inner in value.items()}
    return [form(inner) for inner in value] if isinstance(value, list) else type(value)
