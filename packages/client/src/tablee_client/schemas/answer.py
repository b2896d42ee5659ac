"""The base class of all responses."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A response of a service. Members that this version of the client does not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
