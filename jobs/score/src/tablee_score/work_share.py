"""A worker's share of the parts: scored one after the other, while the next input is fetched."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tablee.errors import ScoringCancelled, TableeError, Unavailable
from tablee.errors.causes import quoted, system_cause
from tablee.errors.panics import panics_as_errors
from tablee.jobs.scoring import Part, PartDone
from tablee.telemetry import logger
from tablee_score.part import Parts
from tablee_score.progress import Progress
from tablee_scoring import Model

log = logger(__name__)


def work(load: Callable[[], Model], parts: Parts, share: Sequence[Part], progress: Progress) -> None:
    """Score the parts that have no marker yet. A part that cannot be scored is reported and does not stop the others.

    :param load: loads the model; called only if there is a part to score.
    :raises Unavailable: a service was not available; completed parts stay.
    :raises ScoringCancelled: a stop was asked for.
    """
    left = _unmarked(parts, share, progress)
    if not left:
        return
    model = load()
    for part, fetching in _fetched(parts, left):
        parts.stop.check()
        progress.begin(part)
        try:
            done, own = _done(model, parts, part, fetching, progress)
        except (ScoringCancelled, Unavailable):
            raise
        except TableeError as error:
            progress.fail(part, error)
            log.error("part_failed", part=part.name, code=error.code, reason=error.detail)
        else:
            progress.finish(part, done, own=own)
            log.info("part_scored" if own else "part_found", part=part.name, rows=done.rows)


def _unmarked(parts: Parts, share: Sequence[Part], progress: Progress) -> list[Part]:
    """The parts of the share that have no marker; those that have one are counted as finished."""
    done = parts.scorings.done(parts.scoring_id)
    for part in share:
        if part.number in done:
            progress.finish(part, parts.scorings.marker(parts.scoring_id, part.number), own=False)
    return [part for part in share if part.number not in done]


def _fetched(parts: Parts, left: Sequence[Part]) -> Iterator[tuple[Part, Future[Path]]]:
    """Each part with the download of its input, while the input of the next part is downloaded, too."""
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as fetcher:
        waiting: deque[tuple[Part, Future[Path]]] = deque()
        try:
            for part in left:
                waiting.append((part, fetcher.submit(parts.fetch, part)))
                if len(waiting) > 1:
                    yield waiting.popleft()
            yield from waiting
        finally:
            fetcher.shutdown(cancel_futures=True)


def _done(model: Model, parts: Parts, part: Part, fetching: Future[Path], progress: Progress) -> tuple[PartDone, bool]:
    """The part's marker, and whether this process has scored it.

    :raises TableeError: it cannot be scored.
    """
    try:
        file = fetching.result()
        try:
            if parts.scorings.marked(parts.scoring_id, part.number):  # another process with the same number was faster
                return parts.scorings.marker(parts.scoring_id, part.number), False
            with panics_as_errors():
                return parts.score(model, part, file, progress.advance), True
        finally:
            parts.drop(part)
    except TableeError:
        raise
    except Exception as error:
        if (
            isinstance(error, OSError) and error.errno is not None
        ):  # a library's error about a broken file has no number
            raise Unavailable("machine_failed", error=system_cause(error), hint="disk_has_room") from error
        log.exception("part_broke", part=part.name)
        raise TableeError("scoring_broke", error=quoted(type(error).__name__, error)) from error
