"""Values of the UI."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chart_values.blocks import Component, Disruption, Image, Resources, resources


class Ui(Component):
    """The pages. More than one replica needs a proxy with sticky sessions, which the chart configures."""

    image: Image = Image(repository="tablee/ui")
    """Image."""
    replicas: int = Field(default=1, ge=1)
    """Pods."""
    pdb: Disruption = Disruption()
    """What a node drain may take away at once."""
    language: Literal["fr", "en"] = "en"
    """Language for browsers that prefer neither French nor English."""
    resources: Resources = resources("50m", "256Mi", "640Mi")
    """What the container asks for and may use."""
