"""The base of all answers."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """An answer of a service. Members that this version does not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
