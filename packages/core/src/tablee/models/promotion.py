"""Who serves: moving the `champion` alias, and the append-only log of every move.

    promotions/{model}/{epoch:08d}.json

A promotion notes the next epoch before it looks at anything else, writes the record of that epoch, which only one
writer can, then moves the alias. So two promotions at once cannot both take epoch n: the loser looks again. The alias
stays the truth; when somebody moved it elsewhere (MLflow's own page), `Promotions.observe` writes that down too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from tablee.errors import AlreadyExists, Conflict, ModelNotFound
from tablee.models.registry import CHALLENGER, CHAMPION, ROLLOUT, Registry
from tablee.storage.object_store import ObjectStore


class Kind(StrEnum):
    """How a champion came to be one."""

    GATE = "gate"
    PERSON = "person"
    ROLLBACK = "rollback"
    RESTORED = "restored"
    """The roll-out of its successor failed."""
    OBSERVED = "observed"
    """The alias was moved past us."""


class PromotionRecord(BaseModel):
    """One move of the alias."""

    model_config = ConfigDict(frozen=True)
    model: str
    epoch: int
    version: int
    previous: int | None
    kind: Kind
    by: str
    reason: str
    at: datetime


class Promotions:
    """Moves of champions, over a registry and the log in an object store."""

    def __init__(self, registry: Registry, objects: ObjectStore) -> None:
        self._registry, self._objects = registry, objects

    def history(self, model: str) -> list[PromotionRecord]:
        """Newest first."""
        return list(self._newest_first(model))

    def _newest_first(self, model: str, *, above: int = 0) -> Iterator[PromotionRecord]:
        for key in reversed(self._objects.list(f"promotions/{model}/")):
            if _epoch(key) <= above:
                return
            yield PromotionRecord.model_validate_json(self._objects.get(key))

    def promote(
        self, model: str, version: int, *, by: str, reason: str, kind: Kind = Kind.PERSON, over: int | None = None
    ) -> PromotionRecord:
        """Make a version the champion.

        :param over: the champion it was compared with; if another one took its place meanwhile, nothing happens. The
            gate's None means that there was no champion.
        :raises Conflict: that, or somebody else promoted at the same moment.
        :raises ModelNotFound: no such version.
        """
        epoch = self._next_epoch(model)
        info = self._registry.version(model, version)
        current = self._registry.champion(model)
        previous = current.version if current else None
        if (kind is Kind.GATE or over is not None) and previous != over:
            raise Conflict(f"the champion of «{model}» is version {previous} by now, not {over}")
        record = self._append(epoch, model, version, previous, kind, by, reason)
        if info.failed:
            self._registry.tag(model, version, ROLLOUT, "")  # promoting it again is asking to try it again
        self._follow(model, record)
        if CHALLENGER in info.aliases:
            self._registry.remove_alias(model, CHALLENGER)
        return record

    def _follow(self, model: str, record: PromotionRecord) -> None:
        """Move the alias to the newest record's version: of two promotions at once, the later epoch stands,
        whichever of them comes to move the alias last."""
        newer: PromotionRecord | None = record
        while newer is not None:
            record = newer
            self._registry.set_alias(model, CHAMPION, record.version)
            later = self._newest_first(model, above=record.epoch)
            newer = next((other for other in later if other.kind is not Kind.OBSERVED), None)

    def roll_back(
        self, model: str, *, by: str, reason: str, kind: Kind = Kind.ROLLBACK, over: int | None = None
    ) -> PromotionRecord:
        """Make the version that served before the champion again.

        :param over: as for `promote`.
        :raises Conflict: there was none, or only versions whose roll-out failed.
        """
        version = self.before(model)
        if version is None:
            raise Conflict(
                f"«{model}» has no earlier champion to go back to", hint="Promote a version by its number instead."
            )
        return self.promote(model, version, by=by, reason=reason, kind=kind, over=over)

    def before(self, model: str) -> int | None:
        """The version that was champion before the present one and whose roll-out did not fail."""
        current = self._registry.champion(model)
        steps_back = self._standing(self.history(model))
        for version in steps_back:
            if current is not None and version == current.version:
                continue
            try:
                if not self._registry.version(model, version).failed:
                    return version
            except ModelNotFound:  # deleted since
                continue
        return None

    @staticmethod
    def _standing(history: list[PromotionRecord]) -> list[int]:
        """Champions from the present one backwards, where a rollback takes its predecessor off the stack.

        Rolling back twice goes back two versions, not forth and back between two.
        """
        stack: list[int] = []
        for record in reversed(history):
            if record.kind in (Kind.ROLLBACK, Kind.RESTORED) and record.version in stack:
                del stack[stack.index(record.version) + 1 :]
            else:
                stack = [version for version in stack if version != record.version] + [record.version]
        return stack[::-1]

    def observe(self, model: str, *, grace: timedelta = timedelta(0)) -> PromotionRecord | None:
        """Write down a champion that came to be one past us; returns the record if there was something to write.

        :param grace: a last record younger than this may be a promotion on its way to the alias: not yet, then.
        """
        epoch = self._next_epoch(model)
        current = self._registry.champion(model)
        last = next(self._newest_first(model), None)
        if current is None or (last and (last.version == current.version or datetime.now(UTC) - last.at < grace)):
            return None
        previous = last.version if last else None
        why = "the alias was moved there"
        return self._append(epoch, model, current.version, previous, Kind.OBSERVED, "registry", why)

    def _next_epoch(self, model: str) -> int:
        keys = self._objects.list(f"promotions/{model}/")
        return _epoch(keys[-1]) + 1 if keys else 1

    def _append(
        self, epoch: int, model: str, version: int, previous: int | None, kind: Kind, by: str, reason: str
    ) -> PromotionRecord:
        record = PromotionRecord(
            model=model,
            epoch=epoch,
            version=version,
            previous=previous,
            kind=kind,
            by=by,
            reason=reason,
            at=datetime.now(UTC),
        )
        try:
            key = f"promotions/{model}/{epoch:08d}.json"
            self._objects.put(key, record.model_dump_json().encode(), if_absent=True)
        except AlreadyExists:
            raise Conflict(f"somebody else promoted a version of «{model}» at the same moment") from None
        return record


def _epoch(key: str) -> int:
    return int(key.rpartition("/")[2].removesuffix(".json"))
