"""The pause of roll-outs. It is one object in the object store, so it is kept when the controller restarts.

rollout/paused.json
"""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel

from tablee.errors import NotFound
from tablee.i18n.message import Message
from tablee.storage.locations import PlatformFolder
from tablee.storage.object_store import ObjectStore
from tablee.telemetry import logger

KEY = f"{PlatformFolder.ROLLOUT.prefix}paused.json"

log = logger(__name__)


class Paused(BaseModel):
    """Who paused roll-outs, when and why."""

    by: str
    reason: str
    at: datetime

    @property
    def message(self) -> Message:
        """It as a sentence."""
        key = f"rolled_out.paused{'' if self.by else '_at'}{'_because' if self.reason else ''}"
        return Message(key, {"by": self.by, "at": f"{self.at:%Y-%m-%d %H:%M}", "why": self.reason})


class RolloutPause:
    """While roll-outs are paused, the controller changes no alias and no pins."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def current(self) -> Paused | None:
        """The current pause; None if roll-outs are not paused."""
        try:
            return Paused.model_validate_json(self._objects.get(KEY))
        except NotFound:
            return None

    def begin(self, *, by: str, reason: str) -> None:
        paused = Paused(by=by, reason=reason, at=datetime.now(UTC))
        self._objects.put(KEY, paused.model_dump_json().encode())
        log.warning("rollout_paused", by=by, reason=reason)

    def end(self) -> None:
        self._objects.delete(KEY)
        log.info("rollout_resumed")
