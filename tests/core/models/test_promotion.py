"""Promotions: the alias moves, the log never lies, races have one winner."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest

from tablee.errors import Conflict, ModelNotFound
from tablee.models.promotion import Kind, Promotions
from tablee.models.registry import CHAMPION, ROLLOUT, Registry
from tablee.storage.object_store import DirectoryStore


@pytest.fixture
def promotions(registry: Registry, store: DirectoryStore) -> Promotions:
    return Promotions(registry, store)


def test_promote_then_roll_back(promotions: Promotions, registry: Registry, publish) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        promotions.promote("m1", publish("m1"), by="ana", reason="looks good")
    assert [record.epoch for record in promotions.history("m1")] == [3, 2, 1]
    assert promotions.roll_back("m1", by="ana", reason="complaints").version == 2
    assert promotions.roll_back("m1", by="ana", reason="still").version == 1
    with pytest.raises(Conflict, match="no earlier champion"):
        promotions.roll_back("m1", by="ana", reason="more")
    assert registry.champion("m1").version == 1  # type: ignore[union-attr]
    last = promotions.history("m1")[0]
    assert (last.kind, last.previous, last.by, last.reason) == (Kind.ROLLBACK, 2, "ana", "still")


def test_a_failed_version_is_no_way_back(promotions: Promotions, registry: Registry, publish) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        promotions.promote("m2", publish("m2"), by="ana", reason="")
    registry.tag("m2", 2, ROLLOUT, "failed: corrupt")
    assert promotions.before("m2") == 1
    promotions.promote("m2", 2, by="ana", reason="try again")
    assert registry.version("m2", 2).failed is None


def test_the_gate_only_replaces_what_it_compared_with(promotions: Promotions, publish) -> None:  # type: ignore[no-untyped-def]
    one, two = publish("m3"), publish("m3")
    promotions.promote("m3", one, by="gate", reason="first", kind=Kind.GATE, over=None)
    with pytest.raises(Conflict, match="version 1 by now"):
        promotions.promote("m3", two, by="gate", reason="better", kind=Kind.GATE, over=None)
    assert len(promotions.history("m3")) == 1


def test_an_alias_moved_past_us_is_written_down_once(promotions: Promotions, registry: Registry, publish) -> None:  # type: ignore[no-untyped-def]
    promotions.promote("m4", publish("m4"), by="ana", reason="")
    registry.set_alias("m4", CHAMPION, publish("m4"))
    record = promotions.observe("m4")
    assert record is not None
    assert (record.kind, record.version, record.previous) == (Kind.OBSERVED, 2, 1)
    assert promotions.observe("m4") is None


def test_no_such_version(promotions: Promotions, publish) -> None:  # type: ignore[no-untyped-def]
    publish("m5")
    with pytest.raises(ModelNotFound):
        promotions.promote("m5", 9, by="ana", reason="")
    assert promotions.history("m5") == []


def test_racing_promotions_lose_no_record(promotions: Promotions, registry: Registry, publish) -> None:  # type: ignore[no-untyped-def]
    versions = [publish("m6") for _ in range(4)]
    won: list[int] = []
    start = threading.Barrier(len(versions))

    def race(version: int) -> None:
        start.wait()
        with contextlib.suppress(Conflict):
            won.append(promotions.promote("m6", version, by="race", reason="").epoch)

    threads = [threading.Thread(target=race, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    epochs = [record.epoch for record in promotions.history("m6")]
    assert sorted(won) == epochs[::-1] == list(range(1, len(won) + 1))
    assert registry.champion("m6") is not None


def test_what_was_decided_over_another_champion_does_not_count(promotions: Promotions, publish) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        promotions.promote("m7", publish("m7"), by="ana", reason="")
    with pytest.raises(Conflict, match="version 3 by now, not 2"):
        promotions.roll_back("m7", by="controller", reason="", kind=Kind.RESTORED, over=2)
    assert promotions.roll_back("m7", by="controller", reason="", kind=Kind.RESTORED, over=3).version == 2


def test_a_promotion_on_its_way_is_not_taken_for_one_past_us(
    promotions: Promotions,
    registry: Registry,
    publish,  # type: ignore[no-untyped-def]
) -> None:
    promotions.promote("m8", publish("m8"), by="ana", reason="")
    registry.set_alias("m8", CHAMPION, publish("m8"))
    assert promotions.observe("m8", grace=timedelta(minutes=5)) is None
    assert promotions.observe("m8", grace=timedelta(0)) is not None
