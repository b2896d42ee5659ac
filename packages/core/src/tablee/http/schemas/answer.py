"""The base class of all responses."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A response of a service. A client ignores members that its release does not know; members that a service of an
    older release may not send have defaults."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,  # a service sends all members
    )
