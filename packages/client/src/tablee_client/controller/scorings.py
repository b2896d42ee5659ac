"""Scorings: start, follow, cancel."""

from __future__ import annotations

import builtins

from tablee.http.schemas.jobs import ScoringList
from tablee.jobs.scoring import ScoringRequest, ScoringState
from tablee_client.http import Service, segment


class Scorings:
    """`/scorings` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def start(self, request: ScoringRequest) -> ScoringState:
        body = request.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return self._service.post("/scorings", ScoringState, body)

    def list(self, limit: int | None = None) -> builtins.list[ScoringState]:
        """The scorings, newest first.

        :param limit: how many; None: as many as the controller gives.
        """
        return self._service.get("/scorings", ScoringList, limit=limit).scorings

    def get(self, scoring_id: str) -> ScoringState:
        return self._service.get(f"/scorings/{segment(scoring_id)}", ScoringState)

    def cancel(self, scoring_id: str) -> ScoringState:
        """Ask a scoring to end. Complete outputs are kept.

        :raises ScoringEnded: it has ended already.
        """
        return self._service.post(f"/scorings/{segment(scoring_id)}/cancel", ScoringState)

    def log(self, scoring_id: str, tail: int | None = None) -> str:
        """The last lines of the logs of its workers.

        :param tail: how many lines; None: as many as the controller gives.
        """
        return self._service.request("GET", f"/scorings/{segment(scoring_id)}/log", params={"tail": tail}).text
