"""Profiles of versions: computed once, then kept beside the rows they tell of."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from tablee.datasets.profile import Profile
from tablee.datasets.store import DatasetManifest, Datasets
from tablee_controller.datasets.derived_documents import kept
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
            found = kept(self._datasets, manifest, "profile.json", Profile, lambda: profile(rows.file, manifest))
            if target is None:
                return found
            file = f"profile-{hashlib.sha256(target.encode()).hexdigest()[:12]}.json"
            return kept(self._datasets, manifest, file, Profile, lambda: about_target(found, rows.file, target))


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
