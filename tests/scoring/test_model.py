"""A bundle loads only if it is whole, fits its contract and reproduces its golden rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from structlog.testing import capture_logs

from tablee.errors import BundleCorrupt
from tablee.models.bundle import CONTRACT, MOJO
from tablee.models.contract import Contract
from tablee.models.validation.block import Block
from tablee.recipes import Recipe
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.fitting import fit
from tablee_scoring import Model
from tablee_scoring.mojo import Mojo


def reclassed(contract: Contract, classes: tuple[str, ...]) -> Contract:
    return contract.model_copy(update={"target": contract.target.model_copy(update={"classes": classes})})


def test_a_bundle_loads_and_predicts(trained, tmp_path):
    digest = trained.bundle(tmp_path / "bundle")
    model = Model.load(tmp_path / "bundle", digest)
    assert model.manifest is not None
    assert model.manifest.digest == digest
    assert model.contract == trained.contract
    assert model.algorithm == trained.algorithm
    rows = trained.rows.select(trained.features).to_dicts()[:5]
    predictions = model.predict(model.validator.rows(rows))
    assert len(predictions) == 5
    assert predictions.classes == trained.contract.target.classes
    np.testing.assert_array_equal(predictions.scores, trained.cluster_scores()[:5])
    model.close()


def test_a_golden_row_with_another_score_is_named(trained, tmp_path):
    scores = trained.model.score(trained.background).copy()
    scores[6, -1] = np.nextafter(scores[6, -1], 2.0)  # one bit
    trained.bundle(tmp_path / "bundle", scores=scores)
    with pytest.raises(BundleCorrupt, match=r"golden row 7 gets .* instead of .* \(1 of 150 rows differ\)"):
        Model.load(tmp_path / "bundle")


def test_a_changed_file_is_refused(gbm, tmp_path):
    gbm.bundle(tmp_path)
    with (tmp_path / MOJO).open("ab") as file:
        file.write(b"!")
    with pytest.raises(BundleCorrupt, match=MOJO):
        Model.load(tmp_path)


def test_another_digest_than_the_registry_has_is_refused(gbm, tmp_path):
    gbm.bundle(tmp_path)
    with pytest.raises(BundleCorrupt, match="digest"):
        Model.load(tmp_path, "0" * 64)


def test_a_missing_file_is_refused(gbm, tmp_path):
    gbm.bundle(tmp_path)
    (tmp_path / CONTRACT).unlink()
    with pytest.raises(BundleCorrupt, match=CONTRACT):
        Model.load(tmp_path)


def test_classes_in_another_order_are_refused(gbm):
    with pytest.raises(BundleCorrupt, match=r"answers \('female', 'male'\)"):
        Model.from_mojo(gbm.mojo, reclassed(gbm.contract, ("male", "female")))


def test_what_is_no_mojo_is_refused(gbm, tmp_path):
    (tmp_path / "mojo.zip").write_bytes(b"not a zip")
    with pytest.raises(BundleCorrupt, match=r"mojo\.zip"):
        Model.from_mojo(tmp_path / "mojo.zip", gbm.contract)


class Distrusted(Mojo):
    """A MOJO that reports a difference between its fast scorer and `score0`."""

    def prove_fast(self, matrix: np.ndarray) -> int | None:
        return 3


def test_a_fast_scorer_that_differs_is_not_used_and_is_reported(gbm):
    with capture_logs() as logs:
        model = Model(Distrusted(gbm.mojo), gbm.contract, background=gbm.background)
    assert logs == [
        {"event": "fast_scoring_refused", "log_level": "warning", "model": "penguins", "algorithm": "gbm", "row": 4}
    ]
    assert len(model.score(gbm.block)) == gbm.block.rows


@pytest.mark.parametrize(("threshold", "answers"), [(0.0, {"male"}), (1.1, {"female"})])
def test_the_contracts_threshold_decides_between_two_classes(gbm, threshold, answers):
    contract = gbm.contract.model_copy(update={"threshold": threshold})
    model = Model.from_mojo(gbm.mojo, contract)
    assert model.threshold == threshold
    assert set(model.predict(gbm.block).values) == answers


def test_without_one_the_mojos_threshold_decides(gbm):
    assert gbm.model.threshold == gbm.bare.threshold
    assert 0 < gbm.model.threshold < 1


def test_regression_answers_its_scores(zoo):
    trained = zoo["regression", "glm"]
    predictions = trained.model.predict(trained.block)
    assert predictions.classes == ()
    assert predictions.values == predictions.scores[:, 0].tolist()


def with_recipe(trained, steps: list[dict[str, Any]]) -> FittedRecipe:
    rows = trained.rows.select(
        pl.col(c.name).cast(pl.Float64 if c.kind == "number" else pl.String) for c in trained.contract.columns
    )
    return fit(Recipe.model_validate({"steps": steps}), rows)


def test_the_mojo_reads_what_the_recipe_makes_of_the_columns(gbm):
    recipe = with_recipe(gbm, [{"kind": "missing", "column": "bill_length_mm", "numbers": [-1]}])
    model = Model.from_mojo(gbm.mojo, gbm.contract, background=gbm.background, recipe=recipe)
    block, plain = ({**gbm.block.columns, "bill_length_mm": [value] * gbm.block.rows} for value in (-1.0, None))
    expected = gbm.model.score(Block(plain, gbm.block.rows))
    np.testing.assert_array_equal(model.score(Block(block, gbm.block.rows)), expected)
    one = {name: values[:1] for name, values in block.items()}
    np.testing.assert_array_equal(model.score(Block(one, 1)), expected[:1])
    np.testing.assert_array_equal(model.predict(Block(one, 1)).scores, expected[:1])
    assert model.differing(Block(block, gbm.block.rows)) is None
    assert gbm.model.differing(gbm.block) is None


def test_a_recipe_that_reads_another_column_than_the_contract_has_is_refused(gbm):
    recipe = with_recipe(gbm, [])
    inputs = {**recipe.inputs, "age": "number"}
    with pytest.raises(BundleCorrupt, match=r"the recipe does not fit: .*“age”"):
        Model.from_mojo(gbm.mojo, gbm.contract, recipe=recipe.model_copy(update={"inputs": inputs}))


class Unrepeatable(Model):
    """A model whose recipe makes something else of the fifth row if the row is alone."""

    def differing(self, block: Block) -> int | None:
        return 4


def test_a_bundle_whose_recipe_depends_on_the_other_rows_is_refused(gbm, tmp_path):
    gbm.bundle(tmp_path)
    with pytest.raises(BundleCorrupt, match="golden row 5 alone and among others"):
        Unrepeatable.load(tmp_path)
