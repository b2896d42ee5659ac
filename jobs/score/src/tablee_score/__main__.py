"""`python -m tablee_score`: runs one worker of a scoring, described by the environment (docs/scale.md)."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from tablee.datasets.reading import Corrections
from tablee.errors import BundleCorrupt, InvalidRequest, ScoringCancelled, TableeError
from tablee.jobs.file_prediction import FilePredictions
from tablee.jobs.process import StopRequest
from tablee.jobs.scoring import ScoringRequest, Scorings
from tablee.models.registry import Registry
from tablee.storage.locations import Locations
from tablee.storage.object_store import ObjectStore, open_store
from tablee.telemetry import bind_contextvars, configure, logger
from tablee_score.outcome import ExitCode, exit_code
from tablee_score.part import Parts
from tablee_score.progress import Progress
from tablee_score.settings import ScoreSettings
from tablee_score.uploaded_file import UploadedFile
from tablee_score.work_share import work
from tablee_scoring import Model, jvm

log = logger(__name__)


def main() -> int:
    stop = StopRequest(ScoringCancelled("worker_interrupted"))
    stop.listen()
    try:
        settings = ScoreSettings.read()
        configure(settings.log, service="score")
        code, sentence = run(settings, open_store(settings.objects), stop)
    except TableeError as error:
        code, sentence = exit_code(error), f"{error.detail[:1].upper()}{error.detail[1:]}. {error.hint}"
    except OSError as error:  # a full disk, a directory that may not be written
        code, sentence = ExitCode.UNAVAILABLE, f"This machine could not do it: {error}."
    print(sentence, file=sys.stdout if code is ExitCode.DONE else sys.stderr)
    return code


def run(settings: ScoreSettings, objects: ObjectStore, stop: StopRequest) -> tuple[ExitCode, str]:
    """Score the parts of this worker; returns the exit code and the sentence for a person.

    :raises TableeError: the worker could not complete its share.
    """
    predictions, locations = FilePredictions(objects), Locations(settings.objects, objects)
    scorings = Scorings(objects) if settings.prediction_id is None else predictions.scorings
    job_id = settings.job_id
    request, plan = scorings.request(job_id), scorings.plan(job_id)
    if settings.worker >= request.parallel:
        raise InvalidRequest("no_such_worker", worker=settings.worker, workers=request.parallel)
    bind_contextvars(scoring=job_id, worker=settings.worker, model=request.model)
    share = plan.share(settings.worker, request.parallel)
    if settings.scratch is not None:
        settings.scratch.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=settings.scratch, prefix="tablee-score-") as folder,
        Progress(scorings, job_id, settings.worker, share, stop) as progress,
    ):
        scratch = Path(folder)
        if scorings.cancel_asked(job_id):
            raise ScoringCancelled("cancelled_before_start")
        source, target = locations.find(request.source), locations.find(request.target or "")
        asked = request.reading or Corrections()
        given = (scorings, job_id, settings.worker, source, target, scratch, stop, asked)
        uploaded = settings.prediction_id is not None
        parts = UploadedFile(*given, predictions=predictions) if uploaded else Parts(*given)
        work(partial(load, settings, request, settings.cache or scratch / "cache"), parts, share, progress)
    state = progress.state
    if state.failed_parts:
        named = ", ".join(f"“{part.name}” ({part.reason})" for part in state.failed)
        return ExitCode.HOPELESS, f"{state.failed_parts} of {state.parts} parts could not be scored: {named}"
    return ExitCode.DONE, f"{state.parts_done} parts, {state.rows} rows"


def load(settings: ScoreSettings, request: ScoringRequest, cache: Path) -> Model:
    """The model version that the scoring is pinned to; its digest is verified and its golden rows are reproduced."""
    jvm.start(heap=settings.jvm_heap)
    registry = Registry(settings.mlflow)
    info = registry.version(request.model, request.version or 0)
    if info.digest is None:
        raise BundleCorrupt("version_without_digest", version=info.version, model=info.model)
    model = Model.load(registry.fetch(info, cache), info.digest)
    log.info("model_loaded", version=info.version, algorithm=model.algorithm, digest=info.digest[:12])
    return model


if __name__ == "__main__":
    sys.exit(main())
