"""Sources in the object store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from tablee.errors import SourceNotFound
from tablee.jobs.source import Outcome, Source, SourceOrder, SourceRun, Sources, SourceState, Taken
from tablee.storage.object_store import DirectoryStore

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ORDER = {"of": {"kind": "prefix", "address": "inbox/"}}


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(DirectoryStore(tmp_path))


def test_an_order_its_state_and_what_it_took_are_kept_beside_each_other(sources: Sources, tmp_path: Path) -> None:
    source = Source(name="visits", order=SourceOrder.model_validate(ORDER), created=NOW)
    assert source.dataset == "visits"
    sources.save(source)
    assert (sources.all(), sources.get("visits")) == ([source], source)
    assert sources.state("visits") == SourceState()
    state = SourceState(run=SourceRun(started=NOW, outcome=Outcome.ADDED), failures=2)
    sources.save_state("visits", state)
    sources.save_taken("visits", Taken(etags={"a": "1"}))
    assert sources.state("visits") == state
    assert sources.taken("visits").etags == {"a": "1"}
    sources.remove("visits")
    assert sources.all() == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["none", "..", "a/b", ""])
def test_what_is_not_there(sources: Sources, name: str) -> None:
    with pytest.raises(SourceNotFound):
        sources.get(name)


@pytest.mark.parametrize("connection", ["..", ".hidden", "a/b", "", "-x", "x" * 64])
def test_a_connection_is_named_as_a_file_of_one_folder(connection: str) -> None:
    with pytest.raises(ValidationError):
        SourceOrder.model_validate({"of": {"kind": "query", "connection": connection, "sql": "SELECT 1"}})
