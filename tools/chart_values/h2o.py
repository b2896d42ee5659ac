"""Values of H2O."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Image, Resources, resources


class H2o(Component):
    """An H2O cluster of fixed size. The controller sets its number of replicas, which is 0 between trainings."""

    image: Image = Image(repository="tablee/h2o")
    """Image."""
    nodes: int = Field(default=1, ge=1, le=100)
    """Nodes of the cluster; data is sent only when all of them are ready."""
    always_on: bool = False
    """Keep the cluster running between trainings."""
    idle_seconds: int = Field(default=600, ge=10)
    """It is scaled to 0 when no training ran for this time."""
    heap_percent: int = Field(default=50, ge=20, le=80)
    """Java heap in percent of the memory limit; XGBoost needs memory outside the heap, which grows with the table."""
    existing_secret: str = ""
    """Secret with `username`, `password`, `login.conf` (`user: password`) and `probe` (`user:password`)."""
    resources: Resources = resources("200m", "1536Mi")
    """Resource requests and limits of each node; memory request and limit are the same."""
