"""Scorings: start, follow, cancel."""

from __future__ import annotations

import builtins

from tablee.http.schemas.jobs import ScoringList
from tablee.jobs.scoring import ScoringRequest, ScoringState
from tablee_client.controller.jobs import Jobs
from tablee_client.http import Service


class Scorings(Jobs[ScoringState]):
    """`/scorings` of the controller."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, "/scorings", ScoringState)

    def start(self, request: ScoringRequest) -> ScoringState:
        body = request.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return self._service.post(self._path, ScoringState, body)

    def list(self, limit: int | None = None) -> builtins.list[ScoringState]:
        """The scorings, newest first.

        :param limit: how many; None: as many as the controller gives.
        """
        return self._service.get(self._path, ScoringList, limit=limit).scorings
