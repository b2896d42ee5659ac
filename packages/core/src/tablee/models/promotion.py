"""Promotions: moving the `champion` alias of a model, and the append-only log of every move.

    promotions/{model}/{epoch:08d}.json

A promotion determines the next epoch first, then checks what it needs, writes the record of that epoch, and moves the
alias last. Only one writer can create the record of an epoch, so of two promotions at once one fails with `Conflict`.
The alias decides what serves. When it was moved by other means, such as MLflow's own page, `Promotions.observe` adds a
record of that to the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from tablee.errors import AlreadyExists, Conflict, ModelNotFound
from tablee.errors.base import Words, said_or, stored
from tablee.i18n.message import Message
from tablee.i18n.translator import Translator
from tablee.models.registry import CHALLENGER, CHAMPION, ROLLOUT, VersionInfo
from tablee.storage.documents import Documents
from tablee.storage.object_store import ObjectStore


class Kind(StrEnum):
    """How a version became champion."""

    GATE = "gate"
    """A training promoted it after the gate."""
    PERSON = "person"
    """A person promoted it."""
    ROLLBACK = "rollback"
    """A person went back to it."""
    RESTORED = "restored"
    """The roll-out of its successor failed, and the controller went back to it."""
    OBSERVED = "observed"
    """The alias was moved by other means than a promotion."""


class PromotionRecord(BaseModel):
    """One move of the alias."""

    model_config = ConfigDict(frozen=True)
    model: str
    epoch: int
    """The number of the record, from 1 for each model."""
    version: int
    """The new champion."""
    previous: int | None
    """The champion before; None if there was none."""
    kind: Kind
    by: str
    """Who moved it."""
    reason: str
    """In a person's own words, or in English."""
    message: dict[str, Any] | None = None
    """A reason that no person wrote, as a key of the catalogue with its facts (`errors.base.plain`)."""
    at: datetime

    def said(self, translator: Translator) -> str:
        """The reason, in the language of `translator` unless a person wrote it."""
        return said_or(self.message, self.reason, translator)

    def who(self, translator: Translator) -> str:
        """Who moved it: the name of a person, or the part of the platform in the language of `translator`."""
        if self.kind not in (Kind.GATE, Kind.RESTORED, Kind.OBSERVED):
            return self.by
        part, _, name = self.by.partition(" ")
        return translator(key, id=name).strip() if (key := f"promoted_by.{part}") in translator else self.by


class AliasRegistry(Protocol):
    """What promotions need of a model registry; `tablee.models.registry.Registry` is the one over MLflow."""

    def version(self, name: str, version: int) -> VersionInfo:
        """:raises ModelNotFound: there is no such version."""

    def champion(self, name: str) -> VersionInfo | None:
        """The version that the alias `champion` names; None if the model has none."""

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point an alias of the model at a version; it points at one version at most."""

    def remove_alias(self, name: str, alias: str) -> None:
        """Remove an alias of the model."""

    def tag(self, name: str, version: int, key: str, value: str) -> None:
        """Set a tag of a version."""


class Promotions:
    """Promotions and rollbacks, over a registry and the log in an object store."""

    def __init__(self, registry: AliasRegistry, objects: ObjectStore) -> None:
        self._registry, self._objects = registry, objects

    def history(self, model: str) -> list[PromotionRecord]:
        """The records of a model, the newest first."""
        return list(self._newest_first(model))

    def _newest_first(self, model: str, *, above: int = 0) -> Iterator[PromotionRecord]:
        """The records with an epoch greater than `above`, the newest first."""
        records = self._records(model)
        for name in reversed(records.names()):
            if int(name) <= above:
                return
            yield records.get(name)

    def promote(
        self,
        model: str,
        version: int,
        *,
        by: str,
        reason: Words,
        kind: Kind = Kind.PERSON,
        over: int | None = None,
    ) -> PromotionRecord:
        """Make a version the champion.

        :param over: the champion that the version was compared with. None means that there was no champion if `kind`
            is that of the gate, else that nothing was compared.
        :raises Conflict: the champion is not `over`, or somebody else promoted at the same moment; nothing is changed.
        :raises ModelNotFound: there is no such version.
        """
        epoch = self._next_epoch(model)
        info = self._registry.version(model, version)
        current = self._registry.champion(model)
        previous = current.version if current else None
        if (kind is Kind.GATE or over is not None) and previous != over:
            raise Conflict("other_champion", model=model, champion=previous, over=over)
        record = self._append(epoch, model, version, previous, kind, by, reason)
        if info.failed:
            self._registry.tag(
                model, version, ROLLOUT, ""
            )  # promoting a failed version asks for another attempt to roll it out
        self._move_alias(model, record)
        if CHALLENGER in info.aliases:
            self._registry.remove_alias(model, CHALLENGER)
        return record

    def _move_alias(self, model: str, record: PromotionRecord) -> None:
        """Move the alias to the version of the record, or of a newer one if there is one by now.

        So the alias ends at the version of the latest epoch, whichever process moves it last.
        """
        newer: PromotionRecord | None = record
        while newer is not None:
            record = newer
            self._registry.set_alias(model, CHAMPION, record.version)
            later = self._newest_first(model, above=record.epoch)
            newer = next((other for other in later if other.kind is not Kind.OBSERVED), None)

    def roll_back(
        self, model: str, *, by: str, reason: str, kind: Kind = Kind.ROLLBACK, over: int | None = None
    ) -> PromotionRecord:
        """Make the former champion the champion again.

        :param over: as for `promote`.
        :raises Conflict: there is no former champion, or only versions whose roll-out failed; or as for `promote`.
        """
        version = self.before(model)
        if version is None:
            raise Conflict("no_way_back", model=model, hint="promote_by_number")
        return self.promote(model, version, by=by, reason=reason, kind=kind, over=over)

    def before(self, model: str) -> int | None:
        """The version that a rollback would go to: the latest former champion whose roll-out did not fail."""
        current = self._registry.champion(model)
        for version in self._former_champions(self.history(model)):
            if current is not None and version == current.version:
                continue
            try:
                if not self._registry.version(model, version).failed:
                    return version
            except ModelNotFound:  # deleted since
                continue
        return None

    @staticmethod
    def _former_champions(history: list[PromotionRecord]) -> list[int]:
        """The champions from the present one backwards, without those that were rolled back.

        So two rollbacks go back two versions, and not to the second version and back to the first.
        """
        stack: list[int] = []
        for record in reversed(history):
            if record.kind in (Kind.ROLLBACK, Kind.RESTORED) and record.version in stack:
                del stack[stack.index(record.version) + 1 :]
            else:
                stack = [version for version in stack if version != record.version] + [record.version]
        return stack[::-1]

    def observe(self, model: str, *, grace: timedelta = timedelta(0)) -> PromotionRecord | None:
        """Add a record if the alias was moved by other means than a promotion; returns the record, or None.

        :param grace: nothing is added while the last record is younger than this, since its promotion may not have
            moved the alias yet.
        """
        epoch = self._next_epoch(model)
        current = self._registry.champion(model)
        last = next(self._newest_first(model), None)
        if current is None or (last and (last.version == current.version or datetime.now(UTC) - last.at < grace)):
            return None
        previous = last.version if last else None
        why = Message("promotion_reason.alias_moved")
        return self._append(epoch, model, current.version, previous, Kind.OBSERVED, "registry", why)

    def _next_epoch(self, model: str) -> int:
        names = self._records(model).names()
        return int(names[-1]) + 1 if names else 1

    def _append(
        self, epoch: int, model: str, version: int, previous: int | None, kind: Kind, by: str, reason: Words
    ) -> PromotionRecord:
        record = PromotionRecord(
            model=model,
            epoch=epoch,
            version=version,
            previous=previous,
            kind=kind,
            by=by,
            reason=str(reason),
            message=stored(reason),
            at=datetime.now(UTC),
        )
        try:
            self._records(model).create(f"{epoch:08d}", record)
        except AlreadyExists:
            raise Conflict("promoted_meanwhile", model=model) from None
        return record

    def _records(self, model: str) -> Documents[PromotionRecord]:
        """The log of a model; a record is named by its epoch in eight digits."""
        return Documents(self._objects, f"promotions/{model}/", PromotionRecord)
