"""The third step of a prediction: a block is scored, and explained if the request asks for it."""

from __future__ import annotations

from tablee.models.validation.block import Block
from tablee_api.inference.request import InferenceRequest, ScoredBlock
from tablee_scoring import finite


def score(request: InferenceRequest, block: Block, first_row: int) -> ScoredBlock:
    """The predictions for a block, with explanations if the request asks for them.

    :param first_row: the number of the first row of the block in errors.
    :raises InvalidRows: the score of a row is not finite.
    """
    model = request.served.model
    predictions = finite.predict(model, block, first_row=first_row)
    request.predict += request.lap()
    if not request.format.explain:
        return ScoredBlock(block, predictions, None)
    explanations = model.explain(block, predictions.scores)
    request.explain += request.lap()
    return ScoredBlock(block, predictions, explanations)
