"""Values of the API."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Block, Component, Disruption, Image, Resources, ServiceAccount, resources


class Autoscaling(Block):
    """Replicas by load; needs a metrics server."""

    enabled: bool = False
    """Render a HorizontalPodAutoscaler; `replicas` is then not rendered."""
    min: int = Field(default=2, ge=1)
    """Fewest replicas."""
    max: int = Field(default=10, ge=1)
    """Most replicas."""
    target_cpu: int = Field(default=70, ge=1, le=1000, alias="targetCPU")
    """Share of the CPU asked for, in percent, that is aimed at."""


class Api(Component):
    """The inference plane. Which versions it serves is written on it by the controller, never by the chart."""

    image: Image = Image(repository="tablee/api")
    """Image."""
    replicas: int = Field(default=2, ge=1)
    """Pods, without autoscaling."""
    autoscaling: Autoscaling = Autoscaling()
    """Replicas by load."""
    pdb: Disruption = Disruption()
    """What a node drain may take away at once."""
    default_model: str = ""
    """Model behind `POST /predict`; the first pin when empty."""
    jvm_heap: str = Field(default="384m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap; the memory limit must hold it, bodies of requests and about 350 MiB besides."""
    shadow_share: float = Field(default=0, ge=0, le=1)
    """Part of the rows that a challenger predicts in the shadow of its champion, for comparison. A second model then
    lies in each pod's memory."""
    stream_mib: int = Field(default=4096, ge=1, le=1 << 20)
    """Largest stream (Arrow or NDJSON), and most of all streams on a pod's disk at once; their answers may take as much
    again. `/tmp` is limited to both and 256 MiB."""
    progress_deadline_seconds: int = Field(default=300, ge=30)
    """A roll-out that does not get on for so long has failed; the champion goes back."""
    pre_stop_seconds: int = Field(default=5, ge=1, le=120)
    """A pod that ends serves on for so long, until every proxy knows that it does."""
    drain_seconds: int = Field(default=25, ge=1, le=3600)
    """Then the longest wait for requests in flight."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("100m", "512Mi", "1200Mi")
    """What the container asks for and may use."""
