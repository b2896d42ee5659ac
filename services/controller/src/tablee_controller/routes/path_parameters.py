"""Types of path parameters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
"""Id of a training, version of a data set."""

ModelName = Annotated[str, Path(max_length=128, pattern=r"^[^'\"/\\\x00-\x1f]+$")]
"""Name of a registered model; the registry may hold names that we would not give."""
