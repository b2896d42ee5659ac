"""Names of data sets and models."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from tablee.errors import InvalidRequest

NAME = r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"
"""The pattern of a name, as a regular expression."""
Name = Annotated[str, StringConstraints(pattern=NAME)]
"""Name of a data set or model: 1 to 63 lower-case letters, digits, dashes and underscores."""

_NAME: TypeAdapter[str] = TypeAdapter(Name)


def checked_name(name: str) -> str:
    """Return the name unchanged.

    :raises InvalidRequest: it cannot name a data set or a model.
    """
    try:
        return _NAME.validate_python(name)
    except ValidationError:
        raise InvalidRequest("data_set_name", name=name) from None


def proposed_name(filename: str) -> str:
    """A name for the data set of a file: `Ventes été 2024.csv.gz` becomes `ventes-ete-2024`; empty if the name of the
    file has no letter from A to Z and no digit."""
    stem = PurePath(filename.replace("\\", "/")).name.lower()
    stem = re.sub(r"(\.(gz|zip))?$", "", stem)
    stem = PurePath(stem).stem if not stem.startswith(".") else stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:63].strip("-_")
