"""Registered models: list, promote, roll back."""

from __future__ import annotations

import builtins

from tablee.http.schemas.models import ModelHistory, ModelList, ModelSummary
from tablee.models.promotion import PromotionRecord
from tablee_client.http import Service, segment


class Models:
    """`/models` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def list(self) -> builtins.list[ModelSummary]:
        """All registered models, in the order of registration."""
        return self._service.get("/models", ModelList).models

    def get(self, name: str) -> ModelHistory:
        """A model with its versions and promotions."""
        return self._service.get(f"/models/{segment(name)}", ModelHistory)

    def promote(self, name: str, version: int, *, by: str, reason: str) -> PromotionRecord:
        """Make a version the champion. The controller then rolls it out.

        :raises Conflict: the version cannot be served.
        """
        body = {"version": version, "by": by, "reason": reason}
        return self._service.post(f"/models/{segment(name)}/promote", PromotionRecord, body)

    def roll_back(self, name: str, *, by: str, reason: str) -> PromotionRecord:
        """Make the champion before this one the champion again."""
        return self._service.post(f"/models/{segment(name)}/rollback", PromotionRecord, {"by": by, "reason": reason})
