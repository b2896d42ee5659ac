"""The version of a model that a job uses if its request does not name one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tablee.errors import Conflict
from tablee.models import bundle
from tablee.models.contract import Contract
from tablee.models.registry import Registry, VersionInfo
from tablee_controller.runtimes.runtime import Rollout


def champion_or_named(registry: Registry, model: str, version: int | None) -> VersionInfo:
    """The named version; without one, the champion.

    :raises ModelNotFound: there is no such model or version.
    :raises Conflict: the model has no champion, or the version no digest.
    """
    if version is not None:
        found = registry.version(model, version)
    elif (champion := registry.champion(model)) is not None:
        found = champion
    else:
        registry.versions(model)  # raises if there is no such model
        raise Conflict("no_champion", hint="promote_or_name", model=model)
    if found.digest is None:
        raise Conflict("without_digest", hint="name_trained_version", version=found.version, model=found.model)
    return found


class ServingVersions:
    """The versions that serve now, and their contracts.

    :param rollout: returns the state of the last roll-out.
    :param cache: directory of verified bundles.
    """

    def __init__(self, registry: Registry, rollout: Callable[[], Rollout], cache: Path) -> None:
        self._registry, self._rollout, self._cache = registry, rollout, cache

    def find(self, model: str, version: int | None) -> VersionInfo:
        """The named version; without one, the version that serves; if none serves, the champion.

        :raises ModelNotFound: there is no such model or version.
        :raises Conflict: the model has no champion, or the version no digest.
        """
        return champion_or_named(self._registry, model, version or self._rollout().serving.get(model))

    def contract(self, info: VersionInfo) -> Contract:
        """The contract of a version.

        :raises BundleCorrupt: the bundle in the registry differs from the one that was registered.
        """
        return bundle.read_contract(self._registry.fetch(info, self._cache))
