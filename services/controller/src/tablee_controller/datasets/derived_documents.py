"""What was computed of a version and is kept beside its rows: made again when it is gone, or of an earlier release."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tablee.datasets.store import DatasetManifest, Datasets

Found = TypeVar("Found", bound=BaseModel)


def kept(
    datasets: Datasets, manifest: DatasetManifest, file: str, kind: type[Found], compute: Callable[[], Found]
) -> Found:
    """What is in a file beside a version, computed and written there if nothing sound is."""
    if (data := datasets.beside(manifest, file)) is not None:
        try:
            return kind.model_validate_json(data)
        except ValidationError:  # of an earlier release: made anew
            pass
    found = compute()
    datasets.keep_beside(manifest, file, found.model_dump_json().encode())
    return found
