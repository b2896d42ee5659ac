"""Scorings: ask for, list, show, cancel, read the log of."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from tablee.http.schemas.jobs import ScoringList
from tablee.jobs.scoring import ScoringRequest, ScoringState
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.paging import Cursor, Limit, Tail, link_next
from tablee_controller.routes.path_parameters import Id
from tablee_controller.services import ScoringServices


def router(services: ScoringServices, loop: ControlLoop) -> APIRouter:
    scorings, queue = services.scorings, services.queue
    routes = APIRouter(prefix="/scorings", tags=["scorings"])

    @routes.post("", status_code=202)
    def ask(request: ScoringRequest) -> ScoringState:
        """Queue a scoring: its version is the champion of this moment unless it names one, its parts are the
        Parquet and CSV files that are there at this moment."""
        state = queue.submit(*services.planner.plan(request))
        loop.wake()
        return state

    @routes.get("")
    def list_page(response: Response, limit: Limit = 100, cursor: Cursor = None) -> ScoringList:
        """Newest first, without the progress of those that run."""
        page = scorings.page(limit, cursor)
        link_next(response, page, limit)
        return ScoringList(scorings=page.documents)

    @routes.get("/{scoring_id}")
    def show(scoring_id: Id) -> ScoringState:
        """Phase, parts and rows done, rows per second of each worker, expected end; in the end how it ended, with the
        parts that failed and why."""
        return scorings.get(scoring_id)

    @routes.post("/{scoring_id}/cancel", status_code=202)
    def cancel(scoring_id: Id) -> ScoringState:
        """Take it out of the queue, or ask its workers to end; outputs that are complete stay."""
        return queue.cancel(scoring_id)

    @routes.get("/{scoring_id}/log", response_class=PlainTextResponse)
    def log(scoring_id: Id, tail: Tail = 200) -> str:
        """The last lines of its workers' logs."""
        scorings.stored(scoring_id)
        return services.jobs.log(scoring_id, tail)

    return routes
