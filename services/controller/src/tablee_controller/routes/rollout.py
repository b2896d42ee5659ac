"""The state of the roll-out, and pausing and resuming roll-outs."""

from __future__ import annotations

from fastapi import APIRouter

from tablee.errors.base import stored
from tablee.http.schemas.platform import RolloutStatus
from tablee_controller.loop import ControlLoop
from tablee_controller.routes.models import Decision
from tablee_controller.services import ModelServices


def router(services: ModelServices, loop: ControlLoop) -> APIRouter:
    routes = APIRouter(prefix="/rollout", tags=["platform"])

    def status() -> RolloutStatus:
        found = services.reconciler.status
        return RolloutStatus(
            state=found.state,
            wanted=found.wanted,
            pinned=found.pinned,
            serving=found.serving,
            reason=str(found.reason),
            message=stored(found.reason),
        )

    @routes.get("")
    async def show() -> RolloutStatus:
        """`in_sync`, `rolling`, `failed` or `paused`; and what is wanted, what was pinned last, what answers now."""
        return status()

    @routes.post("/pause")
    def begin(decision: Decision) -> RolloutStatus:
        """From now on the controller changes nothing, neither versions that serve nor aliases, until it is resumed."""
        services.pause.begin(by=decision.by, reason=decision.reason)
        loop.run_round()
        return status()

    @routes.post("/resume")
    def end() -> RolloutStatus:
        """What is wanted by now is rolled out."""
        services.pause.end()
        loop.run_round()
        return status()

    return routes
