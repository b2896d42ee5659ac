"""Data sets: add, list, read, profile, and derive versions."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from typing import Any

import httpx
from pydantic import TypeAdapter

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Actions, AnonymisationRequest, Anonymity, AnonymityRequest, Findings
from tablee.datasets.profile import Profile, RepairAction
from tablee.datasets.reading import Corrections
from tablee.http.schemas.datasets import DatasetList, DatasetVersions, Rows
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service, parsed, segment

Made = tuple[DatasetManifest, bool]
"""The manifest of a version, and whether that version is new."""

_ACTIONS: TypeAdapter[Actions] = TypeAdapter(Actions)


class Datasets:
    """`/datasets` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def list(self) -> list[DatasetManifest]:
        """The newest version of each data set."""
        return self._service.get("/datasets", DatasetList).datasets

    def versions(self, name: str) -> builtins.list[DatasetManifest]:
        """All versions of a data set, newest first."""
        return self._service.get(f"/datasets/{segment(name)}", DatasetVersions).versions

    def rows(self, name: str, version: str, limit: int) -> Rows:
        """The first rows of a version."""
        return self._service.get(_version(name, version, "rows"), Rows, limit=limit)

    def add(
        self,
        name: str,
        content: Iterable[bytes],
        filename: str,
        *,
        corrections: Corrections | None = None,
        actions: Sequence[Action] = (),
        by: str | None = None,
        strict: bool = False,
    ) -> Made:
        """Store a file as a version.

        :param content: the bytes of the file.
        :param corrections: how to read the file, where inference from its content would be wrong.
        :param actions: privacy actions that are applied before anything is stored.
        :param by: name of the user who adds it.
        :param strict: refuse a file of which something is not sure (`unsure_reading`), instead of taking the default.
        :raises InvalidTable: the file is not a table.
        """
        query = _query(corrections, actions, by, strict=strict) | {"filename": filename}
        headers = {"content-type": "application/octet-stream"}
        return self._made("PUT", f"/datasets/{segment(name)}", content=content, params=query, headers=headers)

    def add_upload(
        self,
        name: str,
        upload_id: str,
        *,
        corrections: Corrections | None = None,
        actions: Sequence[Action] = (),
        by: str | None = None,
        strict: bool = False,
    ) -> Made:
        """Store a complete upload as a version. Parameters and errors are those of `add`."""
        query = _query(corrections, actions, by, strict=strict) | {"upload": upload_id}
        return self._made("PUT", f"/datasets/{segment(name)}", params=query)

    def profile(self, name: str, version: str, target: str | None = None) -> Profile:
        """Statistics of every column, associations, and warnings with an action each.

        :param target: a column to predict; the profile then has the associations with this column, too.
        """
        return self._service.get(
            _version(name, version, "profile"), Profile, timeout=LONG_TIMEOUT_SECONDS, target=target
        )

    def report(self, name: str, version: str, target: str | None, language: str) -> bytes:
        """The profile as one HTML file."""
        query = {"target": target, "language": language}
        path = _version(name, version, "profile.html")
        return self._service.request("GET", path, params=query, timeout=LONG_TIMEOUT_SECONDS).content

    def findings(self, name: str, version: str) -> Findings:
        """Personal data that columns seem to hold."""
        return self._service.get(_version(name, version, "privacy"), Findings, timeout=LONG_TIMEOUT_SECONDS)

    def anonymity(self, name: str, version: str, request: AnonymityRequest) -> Anonymity:
        """k-anonymity of a version before and after actions; nothing is stored."""
        body, path = request.model_dump(mode="json"), _version(name, version, "anonymity")
        return self._service.post(path, Anonymity, body, repeatable=True, timeout=LONG_TIMEOUT_SECONDS)

    def anonymise(self, name: str, version: str, request: AnonymisationRequest) -> Made:
        """Make a version without personal data."""
        return self._made("POST", _version(name, version, "anonymise"), json=request.model_dump(mode="json"))

    def mend(self, name: str, version: str, action: RepairAction) -> Made:
        """Make a version by the action that a warning proposes."""
        return self._made("POST", _version(name, version, "mend"), json={"action": action.model_dump(mode="json")})

    def _made(self, method: str, path: str, **request: Any) -> Made:
        answer = self._service.request(method, path, timeout=LONG_TIMEOUT_SECONDS, **request)
        return parsed(answer, DatasetManifest), answer.status_code == httpx.codes.CREATED


def _version(name: str, version: str, what: str) -> str:
    return f"/datasets/{segment(name)}/versions/{segment(version)}/{what}"


def _query(
    corrections: Corrections | None, actions: Sequence[Action], by: str | None, *, strict: bool
) -> dict[str, str | None]:
    return {
        "strict": "true" if strict else None,
        "options": (corrections or Corrections()).model_dump_json(exclude_defaults=True),
        "actions": _ACTIONS.dump_json(tuple(actions)).decode(),
        "by": by,
    }
