"""The platform that a command uses: address and access key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tablee_cli.stack.state_file import Recorded, StackRecord


def test_the_access_key_is_sent(server: Any, tablee: Any) -> None:
    server.on("GET /models", {"models": []})
    tablee("models", "--url", server.url, "--key", "k1")
    tablee("models", TABLEE_URL=server.url, TABLEE_KEY="k2")
    assert [request.headers.get("authorization") for request in server.requests] == ["Bearer k1", "Bearer k2"]


def test_address_and_key_of_the_local_stack_are_the_default(server: Any, tablee: Any, tmp_path: Path) -> None:
    server.on("GET /models", {"models": []})
    controller = Recorded(name="controller", url=server.url, port=1, log="", started=datetime.now(UTC))
    (tmp_path / "un home").mkdir()
    record = tmp_path / "un home" / "stack.json"
    StackRecord(key="k3", components={"controller": controller}).write(record)
    assert record.stat().st_mode & 0o777 == 0o600
    assert tablee("models").code == 0
    assert server.requests[-1].headers["authorization"] == "Bearer k3"
