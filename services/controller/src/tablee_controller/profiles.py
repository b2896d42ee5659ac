"""Profiles of versions: computed once, then kept beside the rows they tell of."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from tablee.datasets import DatasetManifest, Datasets
from tablee.profile import Profile
from tablee_data.profile import about_target, profile


class Profiles:
    """The profiles of all data sets."""

    def __init__(self, datasets: Datasets) -> None:
        self._datasets = datasets

    def of(self, name: str, version: str, target: str | None = None) -> Profile:
        """Of a version, `latest` too; with a target, what its rows tell of that column as well.

        :raises DatasetNotFound: there is no such version.
        :raises InvalidRequest: the target is no column of it.
        """
        manifest = self._datasets.manifest(name, version)
        with tempfile.TemporaryDirectory() as folder:
            rows = _Rows(self._datasets, manifest, Path(folder))
            found = self._kept(manifest, "profile.json", lambda: profile(rows.file, manifest))
            if target is None:
                return found
            file = f"profile-{hashlib.sha256(target.encode()).hexdigest()[:12]}.json"
            return self._kept(manifest, file, lambda: about_target(found, rows.file, target))

    def _kept(self, manifest: DatasetManifest, file: str, compute: Callable[[], Profile]) -> Profile:
        if (data := self._datasets.beside(manifest, file)) is not None:
            try:
                return Profile.model_validate_json(data)
            except ValidationError:  # of an earlier release: made anew
                pass
        found = compute()
        self._datasets.keep_beside(manifest, file, found.model_dump_json().encode())
        return found


class _Rows:
    """The rows of a version, fetched when they are needed."""

    def __init__(self, datasets: Datasets, manifest: DatasetManifest, folder: Path) -> None:
        self._datasets, self._manifest, self._folder = datasets, manifest, folder
        self._file: Path | None = None

    @property
    def file(self) -> Path:
        if self._file is None:
            self._file = self._datasets.fetch(self._manifest, self._folder)
        return self._file
