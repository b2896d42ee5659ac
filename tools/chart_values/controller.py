"""Values of the controller."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Image, Resources, ServiceAccount, resources


class Controller(Component):
    """The control plane: one pod, the only one with a token of Kubernetes."""

    image: Image = Image(repository="tablee/controller")
    """Image."""
    reconcile_seconds: float = Field(default=2, gt=0)
    """Interval at which the registry and the cluster are compared."""
    service_account: ServiceAccount = ServiceAccount()
    """The service account of the pod; its rights are in `controller/role.yaml`."""
    resources: Resources = resources("50m", "192Mi", "512Mi")
    """What the container asks for and may use."""
