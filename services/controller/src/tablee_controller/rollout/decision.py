"""The decision of the reconciler: the champion aliases of the registry say what should serve.

`decide` is a pure function of what the registry and the runtime say, so that a controller that dies between any two
steps takes the right next one when it is back. What a step leaves behind (a tag, a moved alias, a pin) is exactly what
the next decision reads. One roll-out may change several models; when such a one fails, they are tried one at a time, so
that blame falls on a version and not on its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tablee.models.registry import ROLLOUT, VersionInfo
from tablee_controller.runtimes.runtime import Phase, Pins, Rollout

LIVE, RETIRED = "live", "retired"
"""Values of the roll-out tag: the version serves, or has served. The third value is `failed: reason`."""


class State(StrEnum):
    """The `state` of `GET /rollout`."""

    IN_SYNC = "in_sync"
    ROLLING = "rolling"
    FAILED = "failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Wait:
    """There is nothing to do now."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """Roll these versions out."""

    pins: Pins


@dataclass(frozen=True, slots=True)
class Fail:
    """Tag this version as one that could not be rolled out."""

    version: VersionInfo
    reason: str


@dataclass(frozen=True, slots=True)
class Restore:
    """Move the alias from a version that failed back to the one that still serves; None: to the champion before it."""

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
    """The next step, given the versions behind the champion aliases (in the order of registration) and the runtime."""
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
        leads_there = _leads_there(rollout.pinned, rollout.serving, wanted)
        return Wait(State.ROLLING, rollout.reason) if leads_there else Pin(wanted)
    if rollout.serving != wanted:
        return Pin(wanted)
    fresh = tuple(champion for champion in champions if champion.tags.get(ROLLOUT) != LIVE)
    return Settle(fresh) if fresh else Wait(State.IN_SYNC)


def _leads_there(pinned: Pins, serving: Pins, wanted: Pins) -> bool:
    """Whether a roll-out under way is the wanted one, or a step towards it."""
    coming = {model: version for model, version in pinned.items() if serving.get(model) != version}
    return pinned == wanted or (bool(coming) and all(wanted.get(model) == coming[model] for model in coming))


def _after_failure(champions: Sequence[VersionInfo], wanted: Pins, rollout: Rollout, pinned: Pins) -> Step:
    changed = [model for model, version in pinned.items() if rollout.serving.get(model) != version]
    if not changed or any(wanted.get(model) != pinned[model] for model in changed):
        return Pin(wanted)  # the registry asks for something else by now, or nobody is to blame: once more
    if len(changed) > 1:
        return Pin(_one_step(wanted, rollout.serving, changed[0]))
    suspect = next(champion for champion in champions if champion.model == changed[0])
    if not rollout.serving and suspect.tags.get(ROLLOUT) == LIVE:
        # It served before and nothing serves now: the cause is probably not this version. Try another model first.
        models = list(wanted)
        following = models[(models.index(suspect.model) + 1) % len(models)]
        return Pin({following: wanted[following]})
    return Fail(suspect, rollout.reason)


def _one_step(wanted: Pins, serving: Pins, changed: str) -> Pins:
    """What serves, with one model changed to what is wanted, in the wanted order."""
    step = {model: version if model == changed else serving.get(model) for model, version in wanted.items()}
    return {model: version for model, version in step.items() if version is not None}
