"""A model registry in memory: what promotions need of `tablee.models.registry.Registry`, in microseconds.

`tests/core/models/test_registry.py` holds it to the same tests as the registry over MLflow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tablee.errors import ModelNotFound
from tablee.models.registry import CHALLENGER, CHAMPION, VersionInfo


class MemoryRegistry:
    """Versions with tags and aliases."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, int], VersionInfo] = {}
        self._aliases: dict[tuple[str, str], int] = {}
        self.before_alias: Callable[[], None] | None = None
        """Called once, before the next alias is set: what another process does at that moment."""

    def add(self, model: str) -> int:
        """Register a version; returns its number, from 1."""
        version = 1 + sum(name == model for name, _ in self._versions)
        self._versions[model, version] = VersionInfo(model, version, f"run {version}", datetime.now(UTC))
        return version

    def delete(self, model: str, version: int) -> None:
        """Remove a version."""
        del self._versions[model, version]

    def version(self, name: str, version: int) -> VersionInfo:
        if (name, version) not in self._versions:
            raise ModelNotFound("model", name=f"{name} version {version}")
        aliases = (alias for (model, alias), at in self._aliases.items() if (model, at) == (name, version))
        return replace(self._versions[name, version], aliases=tuple(sorted(aliases)))

    def champion(self, name: str) -> VersionInfo | None:
        return self._aliased(name, CHAMPION)

    def challenger(self, name: str) -> VersionInfo | None:
        return self._aliased(name, CHALLENGER)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        if self.before_alias is not None:
            meanwhile, self.before_alias = self.before_alias, None
            meanwhile()
        self.version(name, version)
        self._aliases[name, alias] = version

    def remove_alias(self, name: str, alias: str) -> None:
        self._aliases.pop((name, alias), None)

    def tag(self, name: str, version: int, key: str, value: str) -> None:
        info = self._versions[name, version]
        self._versions[name, version] = replace(info, tags=info.tags | {key: value})

    def _aliased(self, name: str, alias: str) -> VersionInfo | None:
        version = self._aliases.get((name, alias))
        return None if version is None else self.version(name, version)
