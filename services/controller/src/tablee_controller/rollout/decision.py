"""The decision of the reconciler: the versions with a champion alias should serve.

`decide` is a pure function of the state of the registry and of the runtime. Each step changes this state (a tag, an
alias or the pins), and the next decision reads it. Therefore a controller that dies between two steps goes on with the
correct step after its restart. A roll-out may change several models. If it fails, the models are rolled out one at a
time, so that only the version that cannot be rolled out is tagged as failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tablee.models.registry import ROLLOUT, VersionInfo
from tablee_controller.runtimes.runtime import Phase, Pins, Reason, Rollout

LIVE, RETIRED = "live", "retired"
"""Values of the roll-out tag of a version: it serves, or it served earlier. The third value is `failed: reason`."""


class State(StrEnum):
    """The `state` of `GET /rollout`."""

    IN_SYNC = "in_sync"
    ROLLING = "rolling"
    FAILED = "failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Wait:
    """Change nothing now."""

    state: State
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """Start a roll-out of these versions."""

    pins: Pins


@dataclass(frozen=True, slots=True)
class Fail:
    """Tag this version as one that could not be rolled out."""

    version: VersionInfo
    reason: Reason


@dataclass(frozen=True, slots=True)
class Restore:
    """Move the champion alias from a failed version to the version that serves; None: to the previous champion."""

    version: VersionInfo
    serving: int | None


@dataclass(frozen=True, slots=True)
class Settle:
    """Tag these versions as serving."""

    versions: tuple[VersionInfo, ...]


Step = Wait | Pin | Fail | Restore | Settle


def wanted_pins(champions: Sequence[VersionInfo]) -> Pins:
    return {champion.model: champion.version for champion in champions}


def decide(champions: Sequence[VersionInfo], rollout: Rollout) -> Step:
    """The next step.

    :param champions: the versions with a champion alias, in the order in which the models were registered.
    :param rollout: the last roll-out of the runtime.
    """
    for champion in champions:
        if champion.failed is not None:
            serving = rollout.serving.get(champion.model)
            return Restore(champion, None if serving == champion.version else serving)
    wanted = wanted_pins(champions)
    if rollout.pinned is None:
        return Pin(wanted)
    if rollout.phase is Phase.FAILED:
        return _after_failure(champions, wanted, rollout, rollout.pinned)
    if rollout.phase is Phase.ROLLING:
        wait = _is_towards(rollout.pinned, rollout.serving, wanted)
        return Wait(State.ROLLING, rollout.reason) if wait else Pin(wanted)
    if rollout.serving != wanted:
        return Pin(wanted)
    fresh = tuple(champion for champion in champions if champion.tags.get(ROLLOUT) != LIVE)
    return Settle(fresh) if fresh else Wait(State.IN_SYNC)


def _is_towards(pinned: Pins, serving: Pins, wanted: Pins) -> bool:
    """Whether a roll-out under way has the wanted pins, or changes models only to wanted versions."""
    changed = {model: version for model, version in pinned.items() if serving.get(model) != version}
    return pinned == wanted or (bool(changed) and all(wanted.get(model) == changed[model] for model in changed))


def _after_failure(champions: Sequence[VersionInfo], wanted: Pins, rollout: Rollout, pinned: Pins) -> Step:
    changed = [model for model, version in pinned.items() if rollout.serving.get(model) != version]
    if not changed or any(wanted.get(model) != pinned[model] for model in changed):
        return Pin(wanted)  # other versions are wanted now, or no version was changed: try again
    if len(changed) > 1:
        return Pin(_one_step(wanted, rollout.serving, changed[0]))
    suspect = next(champion for champion in champions if champion.model == changed[0])
    if not rollout.serving and suspect.tags.get(ROLLOUT) == LIVE:
        # It served earlier and nothing serves now, so the cause is probably not this version. Try the next model.
        models = list(wanted)
        following = models[(models.index(suspect.model) + 1) % len(models)]
        return Pin({following: wanted[following]})
    return Fail(suspect, rollout.reason)


def _one_step(wanted: Pins, serving: Pins, changed: str) -> Pins:
    """The serving pins with one model changed to its wanted version, in the wanted order."""
    step = {model: version if model == changed else serving.get(model) for model, version in wanted.items()}
    return {model: version for model, version in step.items() if version is not None}
