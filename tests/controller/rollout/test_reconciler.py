"""The reconciler with a real registry, and with a runtime in memory whose roll-outs the test ends."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from controller.rollout.scenario import Clock, Stage, settle
from english_words import in_french

from tablee import metrics
from tablee.errors import BundleCorrupt, KubernetesUnavailable, ObjectStoreUnavailable, RegistryUnavailable
from tablee.i18n import Translator
from tablee.models.promotion import Kind
from tablee.models.registry import CHAMPION, ROLLOUT
from tablee_controller.rollout.decision import State
from tablee_controller.rollout.pause import RolloutPause
from tablee_controller.rollout.reconciler import Reconciler
from tablee_controller.runtimes.runtime import Phase

FR = Translator("fr")


def test_a_promotion_is_rolled_out_and_tagged(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    stage.promotions.promote("m", first, by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", second, by="ana", reason="better")
    stage.reconciler.tick()
    assert asdict(stage.reconciler.status) == {
        "state": State.ROLLING,
        "wanted": {"m": 2},
        "pinned": {"m": 2},
        "serving": {"m": 1},
        "reason": "",
    }
    stage.runtime.succeed()
    stage.settle()
    assert (stage.reconciler.status.state, stage.reconciler.status.serving) == (State.IN_SYNC, {"m": 2})
    tags = [info.tags.get(ROLLOUT) for info in stage.sqlite_registry.registry.versions("m")]
    assert tags == ["live", "retired"]
    assert stage.runtime.pins == [{"m": 1}, {"m": 2}]


def test_promotions_of_all_processes_are_counted_once(stage: Stage) -> None:
    def counted() -> dict[str, float]:
        return {
            kind.value: metrics.REGISTRY.get_sample_value("tablee_promotion_total", {"kind": kind.value}) or 0.0
            for kind in (Kind.GATE, Kind.PERSON, Kind.RESTORED)
        }

    first, second = stage.sqlite_registry.register("old"), stage.sqlite_registry.register("old")
    stage.promotions.promote("old", first, by="ana", reason="before the controller started")
    stage.serve()
    before = counted()
    stage.promotions.promote("old", second, by="ana", reason="")
    new = stage.sqlite_registry.register("new")
    stage.promotions.promote("new", new, by="a training elsewhere", reason="", kind=Kind.GATE)
    stage.serve()
    assert {kind: now - before[kind] for kind, now in counted().items()} == {"gate": 1, "person": 1, "restored": 0}


def test_the_alias_of_a_failed_version_is_restored(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    stage.promotions.promote("m", first, by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", second, by="ana", reason="")
    stage.settle()
    stage.runtime.fail("the golden rows\ndiffer")
    stage.settle()
    assert stage.sqlite_registry.champion("m") == first
    assert stage.sqlite_registry.registry.version("m", second).failed == "the golden rows differ"
    record = stage.promotions.history("m")[0]
    assert (record.kind, record.version, record.previous, record.by) == (Kind.RESTORED, 1, 2, "controller")
    assert "the golden rows differ" in record.reason
    assert stage.reconciler.status.state is State.IN_SYNC
    assert "version 2 could not be rolled out" in str(stage.reconciler.status.reason)
    assert stage.reconciler.status.serving == {"m": 1}
    stage.settle()
    assert stage.runtime.pins[-1] == {"m": 1}


def test_status_and_history_say_in_french_why_a_version_was_taken_back(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    in_french(stage.reconciler.status.reason)
    stage.promotions.promote("m", first, by="training 20260131-110000-aaaaaa", reason="", kind=Kind.GATE)
    stage.serve()
    for reason in (BundleCorrupt("changed_file", file="mojo.zip"), " "):
        stage.promotions.promote("m", second, by="ana", reason="")
        stage.settle()
        stage.runtime.fail(reason)
        in_french(stage.reconciler.status.reason)
        stage.settle()
        assert "la version 2 n’a pas pu être mise en service" in in_french(stage.reconciler.status.reason)
        for record in stage.promotions.history("m"):
            in_french(record.said(FR))
            in_french(record.who(FR))
    stage.pause.begin(by="ana", reason="c’est vendredi")
    stage.settle()
    assert "en pause, par ana" in in_french(stage.reconciler.status.reason)


@pytest.mark.parametrize(
    ("told", "kept"), [("x" * 500, "x" * 500), ("x" * 501, "x" * 500), (" \n", "it did not become ready")]
)
def test_the_reason_of_a_failure_is_cut_and_never_empty(stage: Stage, told: str, kept: str) -> None:
    version = stage.sqlite_registry.register("m")
    stage.promotions.promote("m", version, by="ana", reason="")
    stage.settle()
    stage.runtime.fail(told)
    stage.settle()
    assert stage.sqlite_registry.registry.version("m", version).failed == kept


def test_a_failed_version_that_is_promoted_again_is_rolled_out_again(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    stage.promotions.promote("m", first, by="ana", reason="")
    stage.serve()
    for _ in range(2):
        stage.promotions.promote("m", second, by="ana", reason="")
        stage.settle()
        assert stage.runtime.pinned == {"m": 2}
        stage.runtime.fail()
        stage.settle()
        assert stage.sqlite_registry.champion("m") == first


def test_without_a_predecessor_there_is_no_champion(stage: Stage) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.settle()
    stage.runtime.fail()
    stage.settle()
    assert stage.sqlite_registry.champion("m") is None
    assert stage.runtime.pinned == {}


def test_an_alias_moved_in_mlflow_is_rolled_out_and_recorded(stage: Stage) -> None:
    stage.sqlite_registry.register("m", champion=True)
    stage.serve()
    assert [(record.kind, record.version) for record in stage.promotions.history("m")] == [(Kind.OBSERVED, 1)]
    assert stage.reconciler.status.serving == {"m": 1}


def test_one_bad_model_of_two_is_found(stage: Stage) -> None:
    for model in ("a", "b"):
        stage.promotions.promote(model, stage.sqlite_registry.register(model), by="ana", reason="")
    stage.serve()
    for model in ("a", "b"):
        stage.promotions.promote(model, stage.sqlite_registry.register(model), by="ana", reason="")
    for _ in range(8):
        stage.settle()
        stage.runtime.fail() if (stage.runtime.pinned or {}).get("b") == 2 else stage.runtime.succeed()
    assert stage.runtime.serving == {"a": 2, "b": 1}
    assert stage.sqlite_registry.registry.version("a", 2).tags[ROLLOUT] == "live"
    assert stage.sqlite_registry.registry.version("b", 2).failed


def test_a_version_that_served_and_cannot_start_is_retried_after_growing_pauses(stage: Stage, clock: Clock) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    stage.runtime.serving = {}
    stage.runtime.fail("no memory")
    stage.settle()
    assert (stage.reconciler.status.state, str(stage.reconciler.status.reason)) == (State.FAILED, "no memory")
    assert len(stage.runtime.pins) == 1
    clock.now += 6
    stage.settle()
    assert len(stage.runtime.pins) == 2
    stage.runtime.fail("no memory")
    stage.settle()
    clock.now += 6
    stage.settle()
    assert len(stage.runtime.pins) == 2
    clock.now += 6
    stage.settle()
    assert len(stage.runtime.pins) == 3
    assert stage.sqlite_registry.champion("m") == 1


def test_a_failure_while_the_registry_was_unavailable_tags_no_version(stage: Stage) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.settle()
    database = stage.sqlite_registry.folder / "mlflow.db"
    content = database.read_bytes()
    database.write_bytes(b"no database at all" * 100)
    with pytest.raises(RegistryUnavailable):
        stage.reconciler.tick()
    assert stage.reconciler.status.serving == {"m": 1}
    assert "does not answer" in str(stage.reconciler.status.reason)
    database.write_bytes(content)
    stage.runtime.fail("no registry")
    stage.settle()
    assert stage.runtime.pins[-2:] == [{"m": 2}, {"m": 2}]
    stage.runtime.succeed()
    stage.settle()
    assert stage.reconciler.status.serving == {"m": 2}


def test_models_without_a_digest_are_ignored(stage: Stage) -> None:
    stage.sqlite_registry.register("theirs", digest=None, champion=True)
    stage.serve()
    assert stage.runtime.pins == [{}]
    assert stage.reconciler.status.state is State.IN_SYNC


def test_a_model_without_an_alias_stops_serving(stage: Stage) -> None:
    for model in ("a", "b"):
        stage.promotions.promote(model, stage.sqlite_registry.register(model), by="ana", reason="")
    stage.serve()
    stage.sqlite_registry.registry.remove_alias("a", CHAMPION)
    stage.serve()
    assert stage.runtime.serving == {"b": 1}


def state_metric() -> set[str]:
    """The states whose metric is 1."""
    return {
        each.value
        for each in State
        if metrics.REGISTRY.get_sample_value("tablee_rollout_state", {"state": each.value}) == 1
    }


def test_while_paused_only_the_status_changes(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    stage.promotions.promote("m", first, by="ana", reason="")
    stage.serve()
    assert state_metric() == {"in_sync"}
    stage.pause.begin(by="bob", reason="Friday")
    stage.promotions.promote("m", second, by="ana", reason="")
    stage.settle()
    status = stage.reconciler.status
    assert (status.state, status.wanted, status.serving) == (State.PAUSED, {"m": 2}, {"m": 1})
    assert str(status.reason).startswith("paused by bob at ")
    assert str(status.reason).endswith("UTC: Friday")
    assert stage.runtime.pins == [{"m": 1}]
    assert (state_metric(), stage.reconciler.busy) == ({"paused"}, False)
    stage.pause.end()
    stage.serve()
    assert stage.reconciler.status.serving == {"m": 2}


def test_a_version_that_fails_while_paused_is_restored_after_the_pause(stage: Stage) -> None:
    first, second = stage.sqlite_registry.register("m"), stage.sqlite_registry.register("m")
    stage.promotions.promote("m", first, by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", second, by="ana", reason="")
    stage.settle()
    stage.pause.begin(by="", reason="")
    stage.runtime.fail("corrupt")
    stage.settle()
    assert (stage.sqlite_registry.champion("m"), stage.sqlite_registry.registry.version("m", second).failed) == (
        second,
        None,
    )
    stage.pause.end()
    stage.settle()
    assert stage.sqlite_registry.champion("m") == first


def test_a_pause_is_kept_by_the_next_controller(stage: Stage, store: Any) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.pause.begin(by="ana", reason="")
    later = Reconciler(stage.sqlite_registry.registry, stage.promotions, stage.runtime, RolloutPause(store))
    settle(later)
    assert (later.status.state, stage.runtime.pins) == (State.PAUSED, [])


def test_without_the_object_store_nothing_is_changed_and_no_version_is_tagged(stage: Stage, store: Any) -> None:
    """The pause cannot be read, and a bundle cannot be fetched."""
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.settle()
    stage.runtime.fail("no store")

    def away(_: str) -> bytes:
        raise ObjectStoreUnavailable("the store is away")

    there, store.get = store.get, away
    with pytest.raises(ObjectStoreUnavailable):
        stage.reconciler.tick()
    assert (stage.reconciler.status.serving, str(stage.reconciler.status.reason)) == ({"m": 1}, "the store is away")
    store.get = there
    stage.settle()
    assert stage.runtime.pins[-2:] == [{"m": 2}, {"m": 2}]


def test_a_runtime_that_does_not_answer_is_the_reason_of_the_status(stage: Stage) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()

    def away() -> Any:
        raise KubernetesUnavailable("the Kubernetes API does not answer")

    stage.runtime.rollout = away
    with pytest.raises(KubernetesUnavailable):
        stage.reconciler.tick()
    assert str(stage.reconciler.status.reason) == "the Kubernetes API does not answer"
    assert stage.reconciler.status.serving == {"m": 1}


def test_only_a_change_of_pins_counts_as_a_rollout(stage: Stage) -> None:
    def done() -> float:
        return metrics.REGISTRY.get_sample_value("tablee_rollout_total", {"result": "done"}) or 0.0

    before = done()
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    assert done() == before + 1
    stage.runtime.phase, stage.runtime.serving = Phase.ROLLING, {}  # its pod is replaced
    stage.settle()
    stage.runtime.succeed()
    stage.settle()
    assert done() == before + 1


def test_failed_pins_are_pinned_again_at_the_end_of_the_pause_and_not_before(stage: Stage, clock: Clock) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    pauses = [5, 10, 20, 40, 80, 160, 300, 300]
    for number, seconds in enumerate(pauses, 1):
        stage.runtime.serving = {}
        stage.runtime.fail("no memory")
        stage.settle()
        clock.now += seconds - 0.1
        stage.settle()
        assert len(stage.runtime.pins) == number
        clock.now += 0.1
        stage.settle()
        assert len(stage.runtime.pins) == number + 1


def lag() -> float | None:
    """Seconds for which the serving versions have differed from the champions."""
    return metrics.REGISTRY.get_sample_value("tablee_serving_version_lag_seconds")


def test_the_lag_grows_until_the_champion_serves(stage: Stage, clock: Clock) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.reconciler.tick()
    clock.now = 7.0
    stage.reconciler.tick()
    assert lag() == 7.0
    stage.serve()
    assert lag() == 0.0
    clock.now = 20.0
    stage.reconciler.tick()
    assert lag() == 0.0


def test_a_pause_is_a_lag_only_if_another_version_is_wanted(stage: Stage, clock: Clock) -> None:
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.serve()
    stage.pause.begin(by="bob", reason="")
    clock.now = 5.0
    stage.reconciler.tick()
    assert lag() == 0.0
    stage.promotions.promote("m", stage.sqlite_registry.register("m"), by="ana", reason="")
    stage.reconciler.tick()
    clock.now = 9.0
    stage.reconciler.tick()
    assert lag() == 4.0
