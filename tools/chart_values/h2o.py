"""Values of H2O."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Image, Resources, resources


class H2o(Component):
    """A cloud of a fixed size. The controller owns its scale: it sleeps at 0 between trainings."""

    image: Image = Image(repository="tablee/h2o")
    """Image."""
    nodes: int = Field(default=1, ge=1, le=100)
    """Nodes of the cloud; data is sent only when all of them are there."""
    always_on: bool = False
    """Keep the cloud up between trainings."""
    idle_seconds: int = Field(default=600, ge=10)
    """It goes to sleep when no training ran for so long."""
    heap_percent: int = Field(default=50, ge=20, le=80)
    """Java's share of the memory limit: XGBoost's data is not in it, and grows with the table."""
    existing_secret: str = ""
    """Secret with `username`, `password`, `login.conf` (`user: password`) and `probe` (`user:password`)."""
    resources: Resources = resources("200m", "1536Mi")
    """What each node asks for and may use; memory asked for and limit are the same."""
