"""A PostgreSQL for the session, and connections to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import postgres
import pytest


@pytest.fixture(scope="session")
def database() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[str, str], None]:
    """Gives a connection, as the administrator does: `connect(name, content)`."""

    def give(name: str, content: str) -> None:
        folder = tmp_path / "connections"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"{content}\n")

    return give


@pytest.fixture
def ran(house: Any, until: Callable[..., Any]) -> Callable[..., Any]:
    """Keeps an order and runs it: `ran(name, order)` is the source after its run."""

    def run(name: str, order: dict[str, Any] | None = None) -> Any:
        if order is not None:
            kept = house.client.put(f"/sources/{name}", json=order)
            assert kept.status_code in (200, 201), kept.text
        assert house.client.post(f"/sources/{name}/run", params={"by": "Zoé"}).status_code == 202

        def ended() -> Any:
            view = house.client.get(f"/sources/{name}").json()
            return view if view["phase"] == "idle" and view["asked"] is None else None

        return until(ended)

    return run
