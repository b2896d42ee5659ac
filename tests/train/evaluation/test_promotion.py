"""The last step of a training: promotion of what passed the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from english_words import in_french
from memory_registry import MemoryRegistry

from tablee.errors import TrainingCancelled
from tablee.errors.base import plain
from tablee.i18n.message import Message
from tablee.i18n.translator import Translator
from tablee.jobs.training import TrainingRequest, Trainings, Verdict
from tablee.models.promotion import Kind, Promotions
from tablee.models.registry import CHAMPION, VERDICT, VersionInfo
from tablee.storage.object_store import DirectoryStore
from tablee_train.evaluation.promotion import MAX_COMPARISONS, PromotionStep
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.stop import training_stop

Judge = Callable[[VersionInfo | None], Verdict]


class Files:
    """Keeps what is logged to MLflow."""

    def __init__(self) -> None:
        self.logged: list[tuple[str, Any]] = []

    def json(self, value: Any, path: str) -> None:
        self.logged.append((path, value))


class Scene:
    """A registry with a champion, version 1, and a candidate, version 2."""

    def __init__(self, folder: Path) -> None:
        objects = DirectoryStore(folder)
        self.registry, self.files, self.stop = MemoryRegistry(), Files(), training_stop()
        self.promotions = Promotions(self.registry, objects)
        state = Trainings(objects).create(TrainingRequest(dataset="d", target="y"))
        self.progress = Progress(Trainings(objects), state)
        for _ in range(2):
            self.registry.add("d")
        self.promotions.promote("d", 1, by="ana", reason="")
        self.compared: list[int | None] = []

    def run(self, judge: Judge, mode: Literal["auto", "approve"] = "auto") -> str:
        def verdict_over(champion: VersionInfo | None) -> Verdict:
            self.compared.append(champion.version if champion else None)
            return judge(champion)

        step = PromotionStep(
            self.registry,  # type: ignore[arg-type]
            self.promotions,
            self.progress,
            self.files,  # type: ignore[arg-type]
            self.stop,
            mode,
        )
        return step.run(self.registry.version("d", 2), verdict_over)

    @property
    def champion(self) -> int | None:
        found = self.registry.champion("d")
        return found.version if found else None


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def verdict(passed: bool) -> Judge:
    def judge(champion: VersionInfo | None) -> Verdict:
        version = champion.version if champion else None
        return Verdict(passed=passed, reason="So it is.", metric="mae", candidate=1.0, champion_version=version)

    return judge


def test_a_better_one_takes_the_champions_place(scene: Scene) -> None:
    assert str(scene.run(verdict(True))) == "Version 2 is the champion. So it is."
    assert (scene.champion, scene.progress.state.promoted, scene.compared) == (2, True, [1])
    record = scene.promotions.history("d")[0]
    assert (record.kind, record.previous, record.reason) == (Kind.GATE, 1, "So it is.")
    assert record.by == f"training {scene.progress.state.id}"
    found = scene.registry.version("d", 2).tags[VERDICT]
    assert (
        Verdict.model_validate_json(found)
        == scene.progress.state.verdict
        == verdict(True)(scene.registry.version("d", 1))
    )
    assert [path for path, _ in scene.files.logged] == ["verdict.json"]


def test_one_that_is_not_better_stays_registered(scene: Scene) -> None:
    assert str(scene.run(verdict(False))) == "Version 2 is registered, not promoted. So it is."
    assert (scene.champion, scene.progress.state.promoted, len(scene.promotions.history("d"))) == (1, False, 1)
    assert scene.registry.challenger("d") is None


def test_a_better_one_waits_for_approval_where_that_is_wanted(scene: Scene) -> None:
    assert str(scene.run(verdict(True), "approve")) == "Version 2 passed the gate and waits for approval. So it is."
    challenger = scene.registry.challenger("d")
    assert challenger is not None
    assert (scene.champion, challenger.version, scene.progress.state.promoted) == (1, 2, False)


def test_one_that_is_not_better_does_not_wait_for_approval(scene: Scene) -> None:
    scene.run(verdict(False), "approve")
    assert scene.registry.challenger("d") is None


def test_a_candidate_that_a_person_has_promoted_is_not_judged(scene: Scene) -> None:
    scene.promotions.promote("d", 2, by="ana", reason="")
    assert str(scene.run(verdict(False))) == "Version 2 is the champion."
    assert (scene.compared, scene.progress.state.promoted) == ([], True)


def test_the_first_version_is_compared_with_nobody(scene: Scene) -> None:
    scene.registry.remove_alias("d", CHAMPION)
    scene.run(verdict(True))
    assert (scene.champion, scene.compared) == (2, [None])


def test_a_champion_that_changed_meanwhile_is_compared_with_again(scene: Scene) -> None:
    rival = scene.registry.add("d")

    def judge(champion: VersionInfo | None) -> Verdict:
        if scene.compared == [1]:
            scene.promotions.promote("d", rival, by="ana", reason="")
        return verdict(champion is not None and champion.version == 1)(champion)

    assert str(scene.run(judge)) == "Version 2 is registered, not promoted. So it is."
    assert (scene.champion, scene.compared) == (rival, [1, rival])


def test_a_champion_that_changes_again_and_again_ends_the_comparisons(scene: Scene) -> None:
    rivals = [1, scene.registry.add("d")]

    def judge(champion: VersionInfo | None) -> Verdict:
        scene.promotions.promote("d", rivals[len(scene.compared) % 2], by="ana", reason="")
        return verdict(True)(champion)

    assert "the champion changed too often to compare it" in str(scene.run(judge))
    assert (len(scene.compared), scene.champion in rivals) == (MAX_COMPARISONS, True)


def test_a_stop_comes_before_the_promotion(scene: Scene) -> None:
    def judge(champion: VersionInfo | None) -> Verdict:
        scene.stop.request()
        return verdict(True)(champion)

    with pytest.raises(TrainingCancelled):
        scene.run(judge)
    assert scene.champion == 1


@pytest.mark.parametrize(("passed", "mode"), [(True, "auto"), (True, "approve"), (False, "auto")])
def test_the_end_and_the_history_are_told_in_french(
    scene: Scene, passed: bool, mode: Literal["auto", "approve"]
) -> None:
    def judge(champion: VersionInfo | None) -> Verdict:
        message = plain(Message("verdict_reason.not_comparable", {"version": 1}))
        return Verdict(
            passed=passed, reason="So it is.", message=message, metric="mae", candidate=1.0, champion_version=1
        )

    assert "Elle ne peut pas être comparée" in in_french(scene.run(judge, mode))
    for record in scene.promotions.history("d"):
        in_french(record.said(Translator("fr")))
        in_french(record.who(Translator("fr")))
