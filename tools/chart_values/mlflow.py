"""Values of MLflow."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Disruption, Image, Resources, ServiceAccount, resources


class Mlflow(Component):
    """The tracking and registry server; clients write artefacts directly to the object store."""

    image: Image = Image(repository="tablee/mlflow")
    """Image."""
    replicas: int = Field(default=1, ge=1)
    """Pods."""
    pdb: Disruption = Disruption()
    """What a node drain may take away at once."""
    workers: int = Field(default=1, ge=1, le=32)
    """Processes per pod."""
    public_url: str = Field(default="", pattern=r"^(https?://[^/]+(/.*)?)?$")
    """Address of MLflow for browsers, if it has one; the UI then links to it."""
    allowed_hosts: list[str] = Field(default=[])
    """Further host names MLflow answers to, besides its own in the cluster and that of `publicUrl`."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("100m", "512Mi", "768Mi")
    """What the container asks for and may use."""
