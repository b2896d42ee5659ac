"""Documents that are computed from a version and stored with it, such as its profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets

Document = TypeVar("Document", bound=BaseModel)


def stored_or_computed(
    datasets: Datasets, manifest: DatasetManifest, file: str, kind: type[Document], compute: Callable[[], Document]
) -> Document:
    """A document that is stored in a file of a version. It is computed and stored if it is missing or cannot be
    read."""
    if (data := datasets.document(manifest, file)) is not None:
        try:
            return kind.model_validate_json(data)
        except ValidationError:  # an earlier release has written it in another format
            pass
    computed = compute()
    datasets.put_document(manifest, file, computed.model_dump_json().encode())
    return computed
