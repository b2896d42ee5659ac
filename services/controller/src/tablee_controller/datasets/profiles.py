"""Profiles of versions: computed once, then stored with the version."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.profile import Profile
from tablee.datasets.store import Datasets
from tablee_controller.datasets.derived_documents import stored_or_computed
from tablee_data.profile import about_target, profile


class Profiles:
    """The profiles of all data sets."""

    def __init__(self, datasets: Datasets) -> None:
        self._datasets = datasets

    def get(self, name: str, version: str, target: str | None = None) -> Profile:
        """The profile of a version, also of `latest`.

        :param target: a column to predict; the profile then has the associations with this column, too.
        :raises DatasetNotFound: there is no such version.
        :raises InvalidRequest: the target is not a column of the version.
        """
        manifest = self._datasets.manifest(name, version)
        with tempfile.TemporaryDirectory() as folder:
            rows = _FetchedRows(self._datasets, manifest, Path(folder))
            without_target = stored_or_computed(
                self._datasets, manifest, "profile.json", Profile, lambda: profile(rows.file, manifest)
            )
            if target is None:
                return without_target
            file = f"profile-{hashlib.sha256(target.encode()).hexdigest()[:12]}.json"
            return stored_or_computed(
                self._datasets, manifest, file, Profile, lambda: about_target(without_target, rows.file, target)
            )


class _FetchedRows:
    """The rows of a version. They are read from the object store at the first use."""

    def __init__(self, datasets: Datasets, manifest: DatasetManifest, folder: Path) -> None:
        self._datasets, self._manifest, self._folder = datasets, manifest, folder
        self._file: Path | None = None

    @property
    def file(self) -> Path:
        if self._file is None:
            self._file = self._datasets.fetch(self._manifest, self._folder)
        return self._file
