"""The process: settings, own routes, shutdown."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tablee.errors import InvalidSettings
from tablee_ui.server import application
from tablee_ui.settings import UiSettings


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
    return kept | variables


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_settings_come_from_the_environment() -> None:
    settings = UiSettings.read({"TABLEE_PORT": "9000", "TABLEE_API_URL": "http://api:8000", "TABLEE_LANGUAGE": "fr"})
    assert (settings.port, settings.api_url, settings.language) == (9000, "http://api:8000", "fr")


@pytest.mark.parametrize("variables", [{"TABLEE_PRT": "1"}, {"TABLEE_PORT": "http"}, {"TABLEE_LANGUAGE": "de"}])
def test_wrong_settings_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match=next(iter(variables))):
        UiSettings.read(variables)


def test_the_page_needs_neither_engine_nor_registry_nor_web_framework(tmp_path: Path) -> None:
    code = "import sys, tablee_ui.frame; print(*{'h2o', 'mlflow', 'fastapi', 'jpype'} & sys.modules.keys())"
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment(), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_one_value_limits_uploads() -> None:
    options = application.options(UiSettings(max_upload_mb=321))
    assert options["server.maxUploadSize"] == 321
    assert options["browser.gatherUsageStats"] is False
    assert options["server.headless"] is True


def test_wrong_settings_end_the_process_with_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tablee_ui"],
        env=environment(TABLEE_NONSENSE="1"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "TABLEE_NONSENSE" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture(params=["", "/la/tablee"])
def base_path(request: pytest.FixtureRequest) -> str:
    """Without and with a path before all paths."""
    return str(request.param)


@pytest.fixture
def process(tmp_path: Path, base_path: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    with (tmp_path / "ui.log").open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "tablee_ui"],
            env=environment(TABLEE_PORT=str(port), TABLEE_BASE_PATH=base_path, TABLEE_KEY="s3cret"),
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        try:
            yield started, f"http://127.0.0.1:{port}"
        finally:
            started.kill()
            started.wait()


def test_the_process_answers_its_probe_and_ends_on_sigterm(
    process: tuple[subprocess.Popen[bytes], str], base_path: str
) -> None:
    started, url = process
    deadline = time.monotonic() + 60
    with httpx.Client(trust_env=False) as client:
        while True:
            assert started.poll() is None
            assert time.monotonic() < deadline
            try:
                assert client.get(f"{url}/healthz").json() == {"status": "ok"}
                break
            except httpx.TransportError:
                pass
        assert client.get(f"{url}{base_path}/healthz").json() == {"status": "ok"}
        assert client.get(f"{url}{base_path}/_stcore/health").text == "ok"
        assert "<title>" in client.get(f"{url}{base_path}/predict").text
        for path in ("/api/readyz", "/controller/models/birds"):  # what a proxy sends here when that service has no pod
            absent = client.post(f"{url}{base_path}{path}", json={})
            assert (absent.status_code, absent.json()["code"]) == (503, "unavailable")
            assert absent.headers["retry-after"]
        for path in ("/metrics", f"{base_path}/metrics"):
            found = client.get(url + path)
            assert (found.status_code, found.headers["content-type"][:10]) == (200, "text/plain")
            outside = {"x-forwarded-for": "192.0.2.1"}
            refused = client.get(url + path, headers=outside)
            assert (refused.status_code, refused.json()["code"]) == (401, "access_denied")
            assert client.get(url + path, headers=outside | {"authorization": "Bearer s3cret"}).is_success
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=60) == 0
