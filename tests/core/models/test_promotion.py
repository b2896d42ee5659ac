"""Promotions: the alias moves, the log has every move, and of two at the same time one wins."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from memory_registry import MemoryRegistry

from tablee.errors import Conflict, ModelNotFound
from tablee.i18n import Translator
from tablee.i18n.message import Message
from tablee.models.promotion import Kind, PromotionRecord, Promotions
from tablee.models.registry import CHALLENGER, CHAMPION, ROLLOUT
from tablee.storage.object_store import DirectoryStore


class Store(DirectoryStore):
    """A store in which a test can do something just before the next document is written."""

    before_put: Callable[[], object] | None = None

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        if self.before_put is not None:
            meanwhile, self.before_put = self.before_put, None
            meanwhile()
        super().put(key, data, if_absent=if_absent)


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "objects")


@pytest.fixture
def promotions(registry: MemoryRegistry, store: Store) -> Promotions:
    return Promotions(registry, store)


def promote(promotions: Promotions, registry: MemoryRegistry, *versions: int) -> None:
    """Promote these versions of the model m one after the other; new ones are registered first."""
    for version in versions:
        while (newest := registry.add("m")) < version:
            pass
        if newest > version:
            registry.delete("m", newest)
        promotions.promote("m", version, by="ana", reason="looks good")


def champion(registry: MemoryRegistry) -> int | None:
    found = registry.champion("m")
    return found.version if found else None


def back(promotions: Promotions) -> int:
    return promotions.roll_back("m", by="ana", reason="complaints").version


def test_a_promotion_moves_the_alias_and_is_written_down(
    promotions: Promotions, registry: MemoryRegistry, store: Store
) -> None:
    before = datetime.now(UTC)
    registry.add("m")
    record = promotions.promote("m", 1, by="ana", reason="looks good")
    assert champion(registry) == 1
    assert (record.model, record.epoch, record.version, record.previous) == ("m", 1, 1, None)
    assert (record.kind, record.by, record.reason) == (Kind.PERSON, "ana", "looks good")
    assert before <= record.at <= datetime.now(UTC)
    assert list(store.list("promotions/m/")) == ["promotions/m/00000001.json"]
    assert json.loads(store.get("promotions/m/00000001.json"))["kind"] == "person"
    assert promotions.history("m") == [record]
    registry.add("m")
    assert promotions.promote("m", 2, by="zoé", reason="").previous == 1


def test_the_history_has_the_newest_record_first(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, *range(1, 13))
    assert [record.epoch for record in promotions.history("m")] == list(range(12, 0, -1))
    assert promotions.history("other") == []


def test_promote_then_roll_back(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2, 3)
    assert back(promotions) == 2
    assert back(promotions) == 1
    with pytest.raises(Conflict, match="no earlier champion"):
        back(promotions)
    assert champion(registry) == 1
    last = promotions.history("m")[0]
    assert (last.kind, last.previous, last.version, last.epoch) == (Kind.ROLLBACK, 2, 1, 5)


def test_a_version_that_was_rolled_back_is_no_rollback_target(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2, 3)
    assert back(promotions) == 2
    promote(promotions, registry, 4)
    assert promotions.before("m") == 2, "not 3, which was taken back"
    assert [back(promotions), back(promotions)] == [2, 1]


def test_a_version_promoted_again_counts_at_its_last_place(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2, 3)
    promotions.promote("m", 1, by="ana", reason="again")
    assert [back(promotions), back(promotions)] == [3, 2]
    with pytest.raises(Conflict):
        back(promotions)


def test_a_restored_version_takes_its_successor_off_like_a_rollback(
    promotions: Promotions, registry: MemoryRegistry
) -> None:
    promote(promotions, registry, 1, 2, 3)
    restored = promotions.roll_back("m", by="controller", reason="golden rows differ", kind=Kind.RESTORED)
    assert (restored.version, restored.kind) == (2, Kind.RESTORED)
    assert promotions.before("m") == 1, "and not the version that was taken back"
    promote(promotions, registry, 4)
    assert promotions.before("m") == 2


def test_a_rollback_to_a_version_that_never_served_is_a_promotion(
    promotions: Promotions, registry: MemoryRegistry
) -> None:
    promote(promotions, registry, 1, 2)
    registry.add("m")
    promotions.promote("m", 3, by="ana", reason="", kind=Kind.ROLLBACK)
    assert promotions.before("m") == 2


def test_a_failed_or_deleted_version_is_no_rollback_target(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2, 3, 4)
    registry.tag("m", 3, ROLLOUT, "failed: corrupt")
    assert promotions.before("m") == 2
    registry.delete("m", 2)
    assert promotions.before("m") == 1
    registry.tag("m", 1, ROLLOUT, "live")
    assert promotions.before("m") == 1
    registry.tag("m", 1, ROLLOUT, "failed")
    assert promotions.before("m") is None


def test_without_a_champion_the_last_one_is_the_rollback_target(
    promotions: Promotions, registry: MemoryRegistry
) -> None:
    assert promotions.before("m") is None
    promote(promotions, registry, 1, 2)
    registry.remove_alias("m", CHAMPION)
    assert promotions.before("m") == 2


def test_promoting_a_failed_version_asks_for_another_try(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2)
    registry.tag("m", 2, ROLLOUT, "failed: corrupt")
    promotions.promote("m", 2, by="ana", reason="try again")
    assert registry.version("m", 2).failed is None
    registry.tag("m", 1, ROLLOUT, "live")
    promotions.promote("m", 1, by="ana", reason="")
    assert registry.version("m", 1).tags[ROLLOUT] == "live", "only a failure is forgotten"


def test_a_promoted_challenger_is_no_challenger_any_more(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1)
    registry.add("m")
    registry.set_alias("m", CHALLENGER, 2)
    promotions.promote("m", 2, by="ana", reason="")
    assert registry.challenger("m") is None


def test_the_challenger_stays_when_another_version_is_promoted(
    promotions: Promotions, registry: MemoryRegistry
) -> None:
    for _ in range(3):
        registry.add("m")
    registry.set_alias("m", CHALLENGER, 2)
    promotions.promote("m", 3, by="ana", reason="")
    challenger = registry.challenger("m")
    assert challenger is not None
    assert challenger.version == 2


@pytest.mark.parametrize(
    ("kind", "over", "passes"),
    [
        (Kind.GATE, 1, True),
        (Kind.GATE, None, False),
        (Kind.GATE, 2, False),
        (Kind.PERSON, None, True),
        (Kind.PERSON, 1, True),
        (Kind.PERSON, 2, False),
        (Kind.RESTORED, 2, False),
    ],
)
def test_a_decision_over_another_champion_does_not_count(
    promotions: Promotions, registry: MemoryRegistry, kind: Kind, over: int | None, passes: bool
) -> None:
    promote(promotions, registry, 1)
    registry.add("m")
    if passes:
        assert promotions.promote("m", 2, by="x", reason="", kind=kind, over=over).version == 2
        return
    with pytest.raises(Conflict, match=f"the champion of “m” is version 1 by now, not {over}"):
        promotions.promote("m", 2, by="x", reason="", kind=kind, over=over)
    assert (champion(registry), len(promotions.history("m"))) == (1, 1)


def test_the_gate_promotes_the_first_version_over_none(promotions: Promotions, registry: MemoryRegistry) -> None:
    registry.add("m")
    promotions.promote("m", 1, by="gate", reason="first", kind=Kind.GATE, over=None)
    assert champion(registry) == 1


def test_a_rollback_over_another_champion_does_not_count(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1, 2, 3)
    with pytest.raises(Conflict, match="version 3 by now, not 2"):
        promotions.roll_back("m", by="controller", reason="", over=2)
    assert promotions.roll_back("m", by="controller", reason="", over=3).version == 2


def test_a_version_that_does_not_exist_is_not_promoted(promotions: Promotions, registry: MemoryRegistry) -> None:
    registry.add("m")
    with pytest.raises(ModelNotFound):
        promotions.promote("m", 9, by="ana", reason="")
    assert promotions.history("m") == []


def test_of_two_promotions_at_one_epoch_the_first_writer_wins(
    promotions: Promotions, registry: MemoryRegistry, store: Store
) -> None:
    promote(promotions, registry, 1)
    for _ in range(2):
        registry.add("m")
    store.before_put = lambda: promotions.promote("m", 2, by="zoé", reason="")
    with pytest.raises(Conflict, match="somebody else promoted a version of “m” at the same moment"):
        promotions.promote("m", 3, by="ana", reason="")
    assert champion(registry) == 2
    assert [record.version for record in promotions.history("m")] == [2, 1]


def test_the_later_epoch_stands_whoever_moves_the_alias_last(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1)
    for _ in range(3):
        registry.add("m")

    def meanwhile() -> None:
        promotions.promote("m", 3, by="zoé", reason="")
        promotions.promote("m", 4, by="zoé", reason="")

    registry.before_alias = meanwhile
    promotions.promote("m", 2, by="ana", reason="")
    assert [record.version for record in promotions.history("m")] == [4, 3, 2, 1]
    assert champion(registry) == 4


def test_an_observed_move_is_not_followed(promotions: Promotions, registry: MemoryRegistry, store: Store) -> None:
    promote(promotions, registry, 1)
    for _ in range(2):
        registry.add("m")
    observed = PromotionRecord(
        model="m",
        epoch=3,
        version=3,
        previous=1,
        kind=Kind.OBSERVED,
        by="registry",
        reason="",
        at=datetime.now(UTC),
    )
    registry.before_alias = lambda: store.put("promotions/m/00000003.json", observed.model_dump_json().encode())
    promotions.promote("m", 2, by="ana", reason="")
    assert champion(registry) == 2


def test_an_alias_that_somebody_else_moved_is_observed_once(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1)
    registry.add("m")
    registry.set_alias("m", CHAMPION, 2)
    record = promotions.observe("m")
    assert record is not None
    assert (record.kind, record.version, record.previous, record.epoch) == (Kind.OBSERVED, 2, 1, 2)
    assert (record.by, record.reason) == ("registry", "the alias was moved there")
    assert promotions.observe("m") is None
    assert champion(registry) == 2


def test_a_reason_that_no_person_wrote_can_be_said_in_french(promotions: Promotions, registry: MemoryRegistry) -> None:
    french = Translator("fr")
    for _ in range(3):
        registry.add("m")
    message = Message("promotion_reason.not_rolled_out", {"version": 2, "why": "no Java"})
    promotions.promote("m", 1, by="controller", reason=message, kind=Kind.RESTORED)
    promotions.promote("m", 2, by="lea", reason="because")
    registry.set_alias("m", CHAMPION, 3)
    promotions.observe("m")
    said = [record.said(french) for record in promotions.history("m")]
    assert said == [
        "l’alias y a été déplacé",
        "because",
        "la version 2 n’a pas pu être mise en service\u00a0: no Java",
    ]
    assert promotions.history("m")[2].reason == "version 2 could not be rolled out: no Java"


def test_an_observed_champion_is_a_rollback_target(promotions: Promotions, registry: MemoryRegistry) -> None:
    promote(promotions, registry, 1)
    registry.add("m")
    registry.set_alias("m", CHAMPION, 2)
    promotions.observe("m")
    promote(promotions, registry, 3)
    assert back(promotions) == 2


def test_there_is_nothing_to_observe_without_a_move(promotions: Promotions, registry: MemoryRegistry) -> None:
    assert promotions.observe("m") is None
    promote(promotions, registry, 1)
    assert promotions.observe("m") is None
    registry.remove_alias("m", CHAMPION)
    assert promotions.observe("m") is None


def test_a_champion_before_any_record_is_observed(promotions: Promotions, registry: MemoryRegistry) -> None:
    registry.add("m")
    registry.set_alias("m", CHAMPION, 1)
    record = promotions.observe("m", grace=timedelta(minutes=5))
    assert record is not None
    assert (record.epoch, record.previous) == (1, None)


def test_a_promotion_that_is_about_to_move_the_alias_is_not_observed(
    promotions: Promotions, registry: MemoryRegistry
) -> None:
    promote(promotions, registry, 1)
    registry.add("m")
    registry.set_alias("m", CHAMPION, 2)
    assert promotions.observe("m", grace=timedelta(minutes=5)) is None
    assert promotions.observe("m", grace=timedelta(0)) is not None
