"""The model registry, kept by MLflow: versions, digests, tags, the `champion` alias, verified downloads."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tablee.errors import BundleCorrupt, ModelNotFound, ObjectStoreUnavailable, RegistryUnavailable
from tablee.errors.base import Words, restored
from tablee.errors.causes import quoted
from tablee.models import bundle
from tablee.settings import MlflowSettings

CHAMPION = "champion"
CHALLENGER = "challenger"
BUNDLE_PATH = "artifacts/bundle"
"""Where the bundle lies inside a version's MLflow model."""

ROLLOUT_MESSAGE = "tablee.rollout_message"
"""The tag with the reason of a failed roll-out, as JSON of a message of the catalogue."""
DIGEST, ROLLOUT, VERDICT, METRICS = "tablee.digest", "tablee.rollout", "tablee.verdict", "tablee.holdout"

S3_DEFAULTS = {
    "AWS_RETRY_MODE": "standard",
    "AWS_MAX_ATTEMPTS": "2",
    "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
}
"""Settings of MLflow's own S3 client, as for our object store; those of the environment come first."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A registered version."""

    model: str
    version: int
    run_id: str
    created: datetime
    tags: dict[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    source: str = ""

    @property
    def digest(self) -> str | None:
        return self.tags.get(DIGEST)

    @property
    def failed(self) -> str | None:
        """Why its last roll-out failed, if it did."""
        status, _, reason = self.tags.get(ROLLOUT, "").partition(":")
        return reason.strip() or "no reason given" if status == "failed" else None

    @property
    def failed_because(self) -> Words:
        """As `failed`, as a message or an error where the release that tagged the version stored one."""
        return restored(_unpacked(self.tags.get(ROLLOUT_MESSAGE)), self.failed or "")

    def to_dict(self) -> dict[str, Any]:
        """For JSON answers; verdict and hold-out metrics are unpacked."""
        return {
            "model": self.model,
            "version": self.version,
            "run_id": self.run_id,
            "created": self.created.isoformat(),
            "aliases": list(self.aliases),
            "digest": self.digest,
            "rollout": self.tags.get(ROLLOUT),
            "rollout_message": _unpacked(self.tags.get(ROLLOUT_MESSAGE)),
            "verdict": _unpacked(self.tags.get(VERDICT)),
            "holdout": _unpacked(self.tags.get(METRICS)),
            "algorithm": self.tags.get("tablee.algorithm"),
            "dataset": self.tags.get("tablee.dataset"),
            "dataset_version": self.tags.get("tablee.dataset_version"),
            "training": self.tags.get("tablee.training"),
        }


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A registered model and the version its champion alias names."""

    name: str
    champion: int | None
    created: datetime
    updated: datetime


class Registry:
    """All calls raise `RegistryUnavailable` when MLflow does not answer, `ModelNotFound` for what is not there."""

    def __init__(self, settings: MlflowSettings) -> None:
        # MLflow reads these at each call; its defaults (7 retries of 120 s) would block for minutes.
        os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(settings.timeout_seconds)
        os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "2"
        for name, value in S3_DEFAULTS.items():
            os.environ.setdefault(name, value)
        from mlflow.tracking import MlflowClient

        self.url = settings.url
        self._client = MlflowClient(tracking_uri=settings.url, registry_uri=settings.url)

    def models(self) -> list[ModelInfo]:
        """Every model, in the order in which they were registered."""
        found = self._call(lambda: list(_pages(self._client.search_registered_models)))
        return sorted((_model(model) for model in found), key=lambda model: (model.created, model.name))

    def versions(self, name: str) -> list[VersionInfo]:
        """The versions of a model, the newest first."""
        model = self._call(lambda: self._client.get_registered_model(name), name)
        found = self._call(
            lambda: list(_pages(self._client.search_model_versions, filter_string=f"name = '{name}'")), name
        )
        infos = (_version(version, model.aliases) for version in found)
        return sorted(infos, key=lambda info: info.version, reverse=True)

    def version(self, name: str, version: int) -> VersionInfo:
        found = self._call(lambda: self._client.get_model_version(name, str(version)), f"{name} version {version}")
        return _version(found, dict.fromkeys(found.aliases, str(version)))

    def champion(self, name: str) -> VersionInfo | None:
        """The version that should serve, or None if the model has none (or does not exist)."""
        return self._aliased(name, CHAMPION)

    def challenger(self, name: str) -> VersionInfo | None:
        """The version that waits for a person's approval, or None."""
        return self._aliased(name, CHALLENGER)

    def _aliased(self, name: str, alias: str) -> VersionInfo | None:
        from mlflow.exceptions import MlflowException

        try:
            found = self._client.get_model_version_by_alias(name, alias)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise RegistryUnavailable("no_answer", url=self.url, error=quoted("MLflow", error)) from error
        return _version(found, dict.fromkeys(found.aliases, found.version))

    def register(
        self, name: str, *, source: str, run_id: str, model_id: str | None, tags: dict[str, str]
    ) -> VersionInfo:
        """Register a version. A run registers at most one, so that a retry returns the existing version."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise RegistryUnavailable("no_answer", url=self.url, error=quoted("MLflow", error)) from error
        for info in self.versions(name):
            if info.run_id == run_id:
                return info
        created = self._call(
            lambda: self._client.create_model_version(name, source, run_id=run_id, model_id=model_id, tags=tags)
        )
        return self.version(name, int(created.version))

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point the alias at a version. MLflow inserts a new alias without a lock, so a failed call is repeated."""
        for left in (2, 1, 0):
            try:
                self._call(lambda: self._client.set_registered_model_alias(name, alias, str(version)), name)
                return
            except RegistryUnavailable:
                if not left:
                    raise

    def remove_alias(self, name: str, alias: str) -> None:
        self._call(lambda: self._client.delete_registered_model_alias(name, alias), name)

    def tag(self, name: str, version: int, key: str, value: str) -> None:
        self._call(lambda: self._client.set_model_version_tag(name, str(version), key, value), name)

    def fetch(self, info: VersionInfo, cache: Path) -> Path:
        """The bundle of a version as a directory below `cache`, its digest verified; downloaded at most once.

        :raises BundleCorrupt: the bundle in the registry was changed after it was registered.
        """
        target = cache / f"{info.model}-{info.version}-{(info.digest or 'unknown')[:12]}"
        if target.is_dir():
            try:
                bundle.verify(target, info.digest)
                return target
            except BundleCorrupt:  # a damaged cache is fetched again; a damaged registry fails below
                shutil.rmtree(target)
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as folder:
            path = self._download(info, folder)
            bundle.verify(path, info.digest)
            try:
                path.rename(target)
            except OSError:  # another process was faster
                bundle.verify(target, info.digest)
        return target

    def _download(self, info: VersionInfo, folder: str) -> Path:
        from mlflow.artifacts import download_artifacts

        def call() -> str:
            root = self._client.get_model_version_download_uri(info.model, str(info.version))
            return str(download_artifacts(f"{root}/{BUNDLE_PATH}", dst_path=folder, tracking_uri=self.url))

        return Path(self._call(call, f"{info.model} version {info.version}"))

    def _call(self, call: Callable[[], T], what: str = "") -> T:
        from mlflow.exceptions import MlflowException
        from requests.exceptions import RequestException

        try:
            return call()
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"):
                raise ModelNotFound("model", name=what) from None
            raise RegistryUnavailable("no_answer", url=self.url, error=quoted("MLflow", error)) from error
        except (RequestException, OSError) as error:
            raise RegistryUnavailable("no_answer", url=self.url, error=quoted("MLflow", error)) from error
        except Exception as error:
            if of_s3(error):
                raise ObjectStoreUnavailable("mlflow_files_not_read", error=quoted("MLflow", error)) from error
            raise


def of_s3(error: Exception) -> bool:
    """Whether S3's client raised the error; MLflow does not translate such errors."""
    return type(error).__module__.partition(".")[0] in ("boto3", "botocore", "s3transfer")


def _pages(search: Callable[..., Any], **query: Any) -> Any:
    token = None
    while True:
        page = search(**query, page_token=token)
        yield from page
        if not (token := page.token):
            return


def _model(found: Any) -> ModelInfo:
    champion = found.aliases.get(CHAMPION)
    return ModelInfo(
        found.name,
        int(champion) if champion else None,
        _time(found.creation_timestamp),
        _time(found.last_updated_timestamp),
    )


def _version(found: Any, aliases: dict[str, Any]) -> VersionInfo:
    return VersionInfo(
        model=found.name,
        version=int(found.version),
        run_id=found.run_id or "",
        created=_time(found.creation_timestamp),
        tags=dict(found.tags),
        aliases=tuple(sorted(alias for alias, version in aliases.items() if str(version) == str(found.version))),
        source=found.source or "",
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _unpacked(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
