"""A loaded model: it validates rows, predicts and explains. It contains no code for Java."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tablee.errors import BundleCorrupt
from tablee.errors.causes import quoted
from tablee.models.bundle import MOJO, BundleManifest, Golden, read_contract, read_golden, read_recipe, verify
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.models.validation.block import Block
from tablee.models.validation.frames import FrameValidator
from tablee.recipes.fitted import FittedRecipe
from tablee.recipes.transformer import Transformer
from tablee.telemetry import logger
from tablee_scoring import jvm
from tablee_scoring.encoder import Encoder
from tablee_scoring.explain import Explainer, Explanation
from tablee_scoring.mojo import Matrix, Mojo, scores_of
from tablee_scoring.predictions import Predictions
from tablee_scoring.single_row import SingleRowScorer

WARM_UP_CALLS = 5000
WARM_UP_ROWS = 2500
"""Rows of the largest block that is scored before the first request: enough for more than one core."""
WARM_UP_SECONDS = 2.0
MISSING_SHARES = (0.1, 0.4)
"""Shares of cells that are removed from background rows to try the fast scorers on missing values."""

log = logger(__name__)


class Model:
    """A loaded model; threads may share it.

    `contract` says what it reads and predicts, and `validator` checks rows against it. `manifest` lists the files of
    its bundle (None for a MOJO that is not bundled yet). `single_row` is the fast scorer of single rows. `threshold` is
    the probability from which the second of two classes is predicted: that of the contract, else that of the MOJO.
    `recipe` makes the features of the MOJO from the columns of the contract (None if the MOJO reads the columns
    themselves).
    """

    def __init__(
        self,
        mojo: Mojo,
        contract: Contract,
        *,
        manifest: BundleManifest | None = None,
        background: Block | None = None,
        recipe: FittedRecipe | None = None,
    ) -> None:
        """
        :param background: rows that stand for columns that are not known in explanations; the fast scorers are tried on
            them.
        :raises BundleCorrupt: the MOJO, the contract and the recipe do not fit each other.
        """
        if mojo.classes != contract.target.classes:
            raise BundleCorrupt("other_classes", found=str(mojo.classes), expected=str(contract.target.classes))
        self.contract = contract
        self.manifest = manifest
        self.validator = FrameValidator(contract)
        self.threshold = mojo.threshold if contract.threshold is None else contract.threshold
        self.recipe = recipe
        self._mojo = mojo
        self._preparer = None if recipe is None else _preparer(recipe, contract)
        read = contract if recipe is None else recipe.contract(contract)
        self._encoder = Encoder(read, mojo.features, mojo.domains)
        self._background = None if background is None else self._encoder.matrix(self._prepared(background))
        self._try_fast()
        self.single_row = SingleRowScorer(mojo, read, self.threshold, self._preparer)
        self._explainer: Explainer | None = None
        self._explaining = threading.Lock()

    @classmethod
    def load(cls, bundle: Path, digest: str | None = None) -> Model:
        """Load a bundle and make it ready for requests: verify its files, reproduce the golden rows bit for bit, warm
        up.

        :param digest: the digest of the bundle in the registry, checked if given.
        :raises BundleCorrupt: a file is missing or changed, or a golden row gets another score.
        :raises EngineUnavailable: there is no suitable Java.
        """
        manifest = verify(bundle, digest)
        contract = read_contract(bundle)
        golden = read_golden(bundle, contract)
        block = Block(golden.rows, len(golden))
        recipe = read_recipe(bundle, manifest)
        model = cls(Mojo(bundle / MOJO), contract, manifest=manifest, background=block, recipe=recipe)
        model._prove(block, golden)
        model._warm_up(block)
        return model

    @classmethod
    def from_mojo(
        cls, mojo: Path, contract: Contract, *, background: Block | None = None, recipe: FittedRecipe | None = None
    ) -> Model:
        """A MOJO that is not bundled yet. Training scores the golden rows with it."""
        return cls(Mojo(mojo), contract, background=background, recipe=recipe)

    @property
    def algorithm(self) -> str:
        return self._mojo.algorithm

    @property
    def is_fast(self) -> bool:
        """Whether the scorers of this package are used (trees, networks, ensembles) instead of H2O's `score0`."""
        return self._mojo.is_fast

    def score(self, block: Block) -> Matrix:
        """n × k scores: the value for regression (k = 1), else a probability per class in the order of the contract."""
        return scores_of(self._answers(block))

    def predict(self, block: Block) -> Predictions:
        """Labels or values, with their scores.

        Of two classes the second is predicted from the threshold on. Of more classes the most probable is predicted; of
        equally probable ones that which H2O predicts.
        """
        answers = self._answers(block)
        target = self.contract.target
        if target.problem_type is ProblemType.REGRESSION:
            return Predictions(answers)
        scores = answers[:, 1:]
        if target.problem_type is ProblemType.BINARY:
            picked = (scores[:, 1] >= self.threshold).astype(np.int64)
        else:
            picked = answers[:, 0].astype(np.int64)
        return Predictions(scores, target.classes, picked)

    def explain(self, block: Block, scores: Matrix) -> list[Explanation]:
        """The contributions of the columns of the contract to the score of each row.

        :param scores: the scores that `score` or `predict` gave for the block.
        :raises ValueError: the model has no background rows (`from_mojo` without them).
        """
        with self._explaining:
            if self._explainer is None:
                if self._background is None:
                    raise ValueError("a model needs background rows to explain its scores")
                sources = None if self.recipe is None else self.recipe.sources
                self._explainer = Explainer(self._mojo, self.contract, self._background, sources)
        return self._explainer.explain(self._encoder.matrix(self._prepared(block)), scores)

    def differing(self, block: Block) -> int | None:
        """The first row (from 0) for which the recipe makes other features if the row is alone than in the block,
        compared bit for bit; None if there is none."""
        return None if self._preparer is None else self._preparer.first_difference(block)

    def close(self) -> None:
        """Release the MOJO; the garbage collector of the JVM frees its memory later. The model cannot be used
        afterwards."""
        del self._mojo, self._explainer, self.single_row

    def _prepared(self, block: Block) -> Block:
        """The block that the encoder reads: the features of the recipe, or the block itself."""
        return block if self._preparer is None else self._preparer.block(block)

    def _answers(self, block: Block) -> Matrix:
        block = self._prepared(block)
        if block.rows == 1:
            return np.array([self._mojo.answer(self._encoder.row(block))])
        return self._mojo.answers(self._encoder.matrix(block))

    def _try_fast(self) -> None:
        """Compare the fast scorers with H2O's on trial rows. If they differ, the MOJO uses H2O's."""
        if self._background is not None and (row := self._mojo.prove_fast(_trial(self._background))) is not None:
            log.warning("fast_scoring_refused", model=self.contract.model, algorithm=self.algorithm, row=row + 1)

    def _prove(self, block: Block, golden: Golden) -> None:
        """Check that the golden rows get the same scores, bit for bit, and the same features alone and in a block."""
        if (row := self.differing(block)) is not None:
            raise BundleCorrupt("recipe_not_repeatable", row=row + 1)
        scores = self._mojo.scores(self._encoder.matrix(self._prepared(block)))
        if differing := golden.differing(scores):
            row = differing[0]
            raise BundleCorrupt(
                "golden_score",
                row=row + 1,
                found=_shown(scores[row]),
                expected=_shown(golden.scores[row]),
                differing=len(differing),
                rows=len(golden),
            )

    def _warm_up(self, block: Block) -> None:
        """Score rows alone and in blocks until the JVM has compiled the code of both, before the first request."""
        matrix = self._encoder.matrix(self._prepared(block))
        rows, large = matrix.tolist(), np.resize(matrix, (WARM_UP_ROWS, matrix.shape[1]))
        end = time.monotonic() + WARM_UP_SECONDS
        for call in range(WARM_UP_CALLS):
            self._mojo.answer(rows[call % len(rows)])
            if call % 100 == 0:
                self._mojo.answers(matrix if call % 1000 else large)
            if time.monotonic() > end:
                break
        jvm.collect()


def _preparer(recipe: FittedRecipe, contract: Contract) -> Transformer:
    try:
        return Transformer(recipe, contract)
    except (ValueError, KeyError) as error:
        raise BundleCorrupt("recipe_not_fitting", error=quoted("Python", error)) from error


def _trial(background: Matrix) -> Matrix:
    """Background rows, the same rows with missing cells, and a row without values. Unknown levels are encoded as
    missing."""
    draw = np.random.default_rng(1)
    gone = [np.where(draw.random(background.shape) < share, np.nan, background) for share in MISSING_SHARES]
    return np.concatenate([background, *gone, np.full((1, background.shape[1]), np.nan)])


def _shown(scores: Sequence[float] | Matrix) -> str:
    return "[" + ", ".join(repr(float(score)) for score in scores) + "]"
