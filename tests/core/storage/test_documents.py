"""JSON documents: read, written, created once, listed in pages that read only what they show."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from tablee.errors import AlreadyExists, InvalidRequest, NotFound, TableeError
from tablee.jobs.scoring import Plan, ScoringRequest, Scorings
from tablee.jobs.training import TrainingRequest, Trainings
from tablee.storage.documents import Documents
from tablee.storage.object_store import DirectoryStore


class Note(BaseModel):
    text: str


class CountingStore(DirectoryStore):
    """A directory that remembers which objects were read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read: list[str] = []

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return super().get(key)


@pytest.fixture
def counting(tmp_path: Path) -> CountingStore:
    return CountingStore(tmp_path / "objects")


@pytest.fixture(params=["/note.json", ".json"])
def notes(request: pytest.FixtureRequest, counting: CountingStore) -> Documents[Note]:
    """In a folder each, and all in one folder."""
    return Documents(counting, "notes/", Note, suffix=request.param)


def test_a_document_is_written_read_and_deleted(notes: Documents[Note], counting: CountingStore) -> None:
    with pytest.raises(NotFound):
        notes.get("a")
    assert (notes.find("a"), notes.exists("a"), notes.names()) == (None, False, ())
    notes.create("a", Note(text="one"))
    assert (notes.get("a"), notes.exists("a"), notes.names()) == (Note(text="one"), True, ("a",))
    assert counting.get(notes.key("a")) == b'{"text":"one"}'
    with pytest.raises(AlreadyExists):
        notes.create("a", Note(text="two"))
    notes.put("a", Note(text="two"))
    assert notes.get("a") == Note(text="two")
    notes.delete("a")
    notes.delete("a")
    assert notes.find("a") is None


@pytest.mark.parametrize("name", ["..", "", "a//b"])
def test_a_name_that_is_no_part_of_a_key(counting: CountingStore, name: str) -> None:
    with pytest.raises(InvalidRequest):
        Documents(counting, "notes/", Note, suffix="/note.json").get(name)


def test_pages_follow_each_other_newest_first(notes: Documents[Note]) -> None:
    for number in range(5):
        notes.put(f"{number}", Note(text=f"{number}"))
    shown, cursor = [], None
    for expected in (2, 2, 1):
        page = notes.page(2, cursor)
        assert len(page.documents) == expected
        shown += [note.text for note in page.documents]
        cursor = page.next
    assert (shown, cursor) == (["4", "3", "2", "1", "0"], None)
    assert notes.page(5).next is None
    assert [note.text for note in notes.page(2, "nothing-is-called-so").documents] == ["4", "3"]


def test_a_document_that_comes_meanwhile_moves_no_page(notes: Documents[Note]) -> None:
    for number in (1, 2, 3):
        notes.put(f"{number}", Note(text=f"{number}"))
    first = notes.page(2)
    notes.put("4", Note(text="4"))
    assert [note.text for note in notes.page(2, first.next).documents] == ["1"]


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff", b'{"other": 1}', b'{"text": 5}'])
def test_what_is_no_such_document_hides_no_other(
    notes: Documents[Note], counting: CountingStore, broken: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    notes.put("1", Note(text="1"))
    notes.put("3", Note(text="3"))
    counting.put(notes.key("2"), broken)
    counting.put("notes/4/something-else", b"")  # a folder without such a document
    counting.put("notes/README.txt", b"")
    assert [note.text for note in notes.page(10).documents] == ["3", "1"]
    assert [note.text for note in notes.all()] == ["1", "3"]
    assert capsys.readouterr().out.count("document_skipped") == 1  # once for both lists
    with pytest.raises(TableeError, match=f"the object “{notes.key('2')}” cannot be read"):
        notes.get("2")


def test_a_page_of_a_thousand_trainings_reads_only_what_it_shows(counting: CountingStore) -> None:
    trainings = Trainings(counting)
    request = TrainingRequest(dataset="penguins", target="species")
    for number in range(1000):
        trainings.create(request, f"20260101-{number:06}-aaaaaa")
    counting.put("trainings/20260101-000998-aaaaaa/state.json", b"{")
    counting.read.clear()
    page = trainings.page(20)
    assert [state.id[9:15] for state in page.documents[:3]] == ["000999", "000997", "000996"]
    assert (len(page.documents), len(counting.read)) == (20, 21)
    counting.read.clear()
    page = trainings.page(20, page.next)
    assert (page.documents[0].id[9:15], len(counting.read)) == ("000978", 20)
    counting.read.clear()
    assert trainings.of_job("nothing-ends-so") is None
    assert counting.read == []


def test_a_page_of_scorings_reads_only_what_it_shows(counting: CountingStore) -> None:
    scorings = Scorings(counting)
    for number in range(50):
        scorings.create(ScoringRequest(model="m", version=1, source="in/"), Plan(parts=()), f"s-{number:02}")
    counting.read.clear()
    assert [state.id for state in scorings.page(3).documents] == ["s-49", "s-48", "s-47"]
    assert len(counting.read) == 3
