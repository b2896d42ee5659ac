"""Roll-outs: status, pause, resume."""

from __future__ import annotations

from tablee.http.schemas.platform import RolloutStatus
from tablee_client.http import Service


class Rollout:
    """`/rollout` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def status(self) -> RolloutStatus:
        return self._service.get("/rollout", RolloutStatus)

    def pause(self, *, by: str, reason: str) -> RolloutStatus:
        """Pause roll-outs: the served versions stay until `resume`."""
        return self._service.post("/rollout/pause", RolloutStatus, {"by": by, "reason": reason})

    def resume(self) -> RolloutStatus:
        """Resume roll-outs: the API is brought to the versions that the registry names."""
        return self._service.post("/rollout/resume", RolloutStatus)
