"""The prediction of one uploaded file: read as training files are, answered in the file's own form."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tablee.errors import ScoringCancelled, TableeError, Unavailable
from tablee.jobs.file_prediction import FilePredictions, FileReading
from tablee.jobs.scoring import Part, PartDone
from tablee_data import prediction_files
from tablee_score.part import Parts
from tablee_score.summary import SummaryBuilder
from tablee_scoring import Model
from tablee_scoring.file_scorer import score_prediction_file


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile(Parts):
    """The one part of a prediction."""

    predictions: FilePredictions

    def score(self, model: Model, part: Part, file: Path, advance: Callable[[int], None]) -> PartDone:
        """Answer the file, keep the result with its summary, and mark the part.

        :raises InvalidTable, InvalidRows: why the file cannot be predicted; also kept as a problem.
        :raises ScoringCancelled: a stop was asked for; no result is kept.
        """
        try:
            return self._answer(model, part, file, advance)
        except (ScoringCancelled, Unavailable):
            raise
        except TableeError as error:
            self.predictions.save_problem(self.scoring_id, error.problem())
            raise

    def _answer(self, model: Model, part: Part, file: Path, advance: Callable[[int], None]) -> PartDone:
        uploaded = self.predictions.file(self.scoring_id)
        started = time.perf_counter()
        opened = prediction_files.open_file(file, uploaded.filename, model.contract, self.asked)
        self.stop.check()
        reading = FileReading(filename=opened.filename, rows=opened.rows, reading=opened.reading)
        self.predictions.save_reading(self.scoring_id, reading)
        output = file.with_name("result")
        with SummaryBuilder(file.with_name("answers")) as builder:
            try:
                scored = score_prediction_file(
                    model,
                    opened,
                    output,
                    advance=advance,
                    stop=self.stop.requested,
                    explain=uploaded.explain,
                    observe=builder.observe,
                )
            finally:
                self.stop.check()  # says why it was stopped
            self.predictions.save_result(self.scoring_id, output, builder.summary())
        return self._mark(part, scored, output, seconds=time.perf_counter() - started)
