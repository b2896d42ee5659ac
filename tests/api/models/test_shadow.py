"""A challenger predicts a share of the champion's rows in the background, and metrics report the differences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zoo import PENGUINS, read

from tablee import metrics
from tablee.models.registry import CHALLENGER
from tablee.models.validation.block import Block
from tablee_api.models import shadow as shadows
from tablee_api.models.served_model import ServedModel
from tablee_api.models.shadow import ShadowRow, ShadowScorer
from tablee_scoring import Model

ROWS = 50


def sample(name: str, model: str, version: int) -> float:
    labels = {"model_name": model, "model_version": str(version)}
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def served(bundles: dict[str, Any]) -> Callable[..., ServedModel]:
    def load(bundle: str, name: str, version: int) -> ServedModel:
        made = bundles[bundle]
        return ServedModel(name, version, made.digest, Model.load(made.directory, made.digest))

    return load


def shadowed(
    served: Callable[..., ServedModel], champion: str, challenger: str, name: str
) -> tuple[ShadowScorer, ServedModel]:
    """A shadow scorer that has asked the registry once, and the champion."""
    shadow = ShadowScorer(
        1.0, models=lambda: [name], challenger=lambda _: 2, load=lambda name, version: served(challenger, name, version)
    )
    shadow.look()
    return shadow, served(champion, name, 1)


def rows(champion: ServedModel) -> Block:
    """The first penguins, as the champion reads them."""
    found = read(PENGUINS).select(champion.contract.names).head(ROWS).to_dicts()
    return champion.model.validator.rows(found)


def offer(shadow: ShadowScorer, champion: ServedModel) -> None:
    block = rows(champion)
    shadow.offer_all(champion, block.columns, champion.model.predict(block))


def test_a_twin_differs_nowhere(served: Callable[..., ServedModel]) -> None:
    shadow, champion = shadowed(served, "multiclass-gbm", "multiclass-gbm", "twin")
    offer(shadow, champion)
    shadow.work()
    assert sample("tablee_shadow_rows_total", "twin", 2) == ROWS
    assert sample("tablee_shadow_changed_total", "twin", 2) == 0
    assert sample("tablee_shadow_difference_sum", "twin", 2) == 0
    assert sample("tablee_shadow_difference_count", "twin", 2) == ROWS


@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
def test_differences_are_those_of_the_predictions(served: Callable[..., ServedModel], problem: str) -> None:
    name = f"{problem} pair"
    shadow, champion = shadowed(served, f"{problem}-gbm", f"{problem}-glm", name)
    challenger = served(f"{problem}-glm", name, 2)
    offer(shadow, champion)
    shadow.work()
    block = rows(champion)
    ours, theirs = champion.model.predict(block), challenger.model.predict(block)
    scores = abs(ours.scores - theirs.scores)
    if problem == "regression":
        scores = scores / abs(ours.scores)
    else:
        other = sum(a != b for a, b in zip(ours.values, theirs.values, strict=True))
        assert sample("tablee_shadow_changed_total", name, 2) == other
    assert sample("tablee_shadow_difference_sum", name, 2) == pytest.approx(scores.max(axis=1).sum())
    assert sample("tablee_shadow_rows_total", name, 2) == ROWS


def test_a_challenger_of_other_columns_is_counted_as_unfit(served: Callable[..., ServedModel]) -> None:
    shadow, champion = shadowed(served, "multiclass-gbm", "regression-gbm", "unfit")
    offer(shadow, champion)
    shadow.work()
    assert sample("tablee_shadow_unfit_total", "unfit", 2) == ROWS
    assert sample("tablee_shadow_rows_total", "unfit", 2) == 0


def test_what_does_not_fit_into_the_queue_is_dropped(served: Callable[..., ServedModel]) -> None:
    shadow, champion = shadowed(served, "multiclass-gbm", "multiclass-gbm", "full")
    cells = tuple(column[0] for column in rows(champion).columns.values())
    for _ in range(shadows.QUEUE + 7):
        shadow.offer(ShadowRow(champion, cells, "Adelie", [1.0, 0.0, 0.0]))
    assert metrics.REGISTRY.get_sample_value("tablee_shadow_dropped_total", {"model_name": "full"}) == 7
    shadow.work()
    assert sample("tablee_shadow_rows_total", "full", 2) == shadows.QUEUE


def test_without_a_challenger_nothing_is_copied(served: Callable[..., ServedModel]) -> None:
    shadow = ShadowScorer(1.0, models=lambda: ["alone"], challenger=lambda _: None, load=served)
    shadow.look()
    assert not shadow.wants(served("multiclass-gbm", "alone", 1))


def test_a_share_is_a_share(served: Callable[..., ServedModel]) -> None:
    champion = served("multiclass-gbm", "share", 1)
    shadow = ShadowScorer(
        0.2,
        models=lambda: ["share"],
        challenger=lambda _: 2,
        load=lambda name, version: served("multiclass-gbm", name, version),
    )
    shadow.look()
    wanted = sum(shadow.wants(champion) for _ in range(10_000))
    assert 1_700 < wanted < 2_300  # seven standard deviations either way


def test_through_the_service(
    start_api: Any, model_registry: Any, bundles: dict[str, Any], tmp_path: Path, until: Callable[..., None]
) -> None:
    """Single rows, many rows and CSV are all compared with the version that the registry calls challenger."""
    name = "multiclass-drf"
    champion = model_registry.register(name, bundles[name].directory)
    challenger = model_registry.register(name, bundles[name].directory, champion=False)
    model_registry.registry.set_alias(name, CHALLENGER, challenger)
    before = sample("tablee_shadow_rows_total", name, challenger)
    with start_api(model_registry, {name: champion}, tmp_path, shadow_share=1.0) as running:
        until(lambda: running.shadow is not None and bool(running.shadow.challengers))
        penguins = read(PENGUINS).drop("species").head(20).to_dicts()
        answers = [running.client.post("/predict", json={"row": row}).json() for row in penguins[:5]]
        answers.append(running.client.post("/predict", json={"rows": penguins}).json())
        assert {answer["version"] for answer in answers} == {champion}
        until(lambda: sample("tablee_shadow_rows_total", name, challenger) - before == 25)
        assert sample("tablee_shadow_changed_total", name, challenger) == 0
