"""Published clients of other protocols, each in an environment of its own, against the running API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tablee_scoring import Model

CLIENTS = Path(__file__).parent / "clients"
PACKAGES = {
    "triton": ("tritonclient[http]==2.73.0",),
    "kserve": ("kserve==0.21.0",),
    "mlserver": ("mlserver==1.7.1", "pandas<3", "requests"),
}
"""Each client needs an environment of its own, because they pin different versions of the same libraries."""
SECONDS = 600


@pytest.fixture
def asked(bundles: dict[str, Any], api: httpx.Client) -> dict[str, Any]:
    """The request of each client: a model, and rows with missing cells and unseen levels among them."""
    made = bundles["multiclass-gbm"]
    rows = made.trained.rows.select(made.contract.names)
    return {
        "host": api.base_url.host,
        "port": api.base_url.port,
        "model": made.contract.model,
        "columns": rows.to_dict(as_series=False),
    }


@pytest.fixture
def expected(bundles: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The predictions of the model itself."""
    made = bundles[asked["model"]]
    model = Model.load(made.directory, made.digest)
    predictions = model.predict(model.validator.columns(asked["columns"], len(asked["columns"]["year"])))
    scores = zip(predictions.classes, predictions.scores.T.tolist(), strict=True)
    return {"prediction": predictions.values} | {f"probability_{label}": column for label, column in scores}


def run(command: list[str], script: str, asked: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [*command, str(CLIENTS / script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def guest(name: str) -> list[str]:
    """A Python with the client's packages in it; uv caches it."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    absent = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    if uv is None:
        absent("uv is not there: pip install uv")
    with_packages = [part for package in PACKAGES[name] for part in ("--with", package)]
    command = [str(uv), "run", "--quiet", "--no-project", "--python", "3.11", *with_packages, "python"]
    probe = subprocess.run([*command, "-c", ""], capture_output=True, text=True, timeout=SECONDS, check=False)
    if probe.returncode:
        absent(f"{PACKAGES[name][0]} cannot be installed: {probe.stderr[-300:]}")
    return command


@pytest.mark.timeout(SECONDS)
def test_mlflow(asked: dict[str, Any], expected: dict[str, Any], bundles: dict[str, Any]) -> None:
    found = run([sys.executable], "mlflow_client.py", asked)
    assert found["columns"] == expected
    assert found["about"][0].startswith("3.")


@pytest.mark.timeout(SECONDS)
def test_triton(asked: dict[str, Any], expected: dict[str, Any], bundles: dict[str, Any]) -> None:
    found = run(guest("triton"), "triton_client.py", asked)
    *about, names, model, error = found["about"]
    assert (about, set(names), model) == ([True, True, True, True, "tablee"], set(bundles), asked["model"])
    assert "no model “nobody” is served here" in error
    assert found["columns"] == expected


@pytest.mark.timeout(SECONDS)
def test_kserve(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    found = run(guest("kserve"), "kserve_client.py", asked)
    *about, error = found["about"]
    assert about == [True, True, True, True, True, 2]
    assert "no model “nobody” is served here" in error
    assert found["columns"] == expected


@pytest.mark.timeout(SECONDS)
def test_mlserver(asked: dict[str, Any], expected: dict[str, Any]) -> None:
    found = run(guest("mlserver"), "mlserver_client.py", asked)
    assert found["columns"] == expected
    assert found["about"] == ["str"]
