"""Values of the API."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Block, Component, Disruption, Image, Resources, ServiceAccount, resources


class Autoscaling(Block):
    """Replicas that follow the load; needs a metrics server."""

    enabled: bool = False
    """Render a HorizontalPodAutoscaler; `replicas` is then not rendered."""
    min: int = Field(default=2, ge=1)
    """Fewest replicas."""
    max: int = Field(default=10, ge=1)
    """Most replicas."""
    target_cpu: int = Field(default=70, ge=1, le=1000, alias="targetCPU")
    """Target utilisation of the requested CPU, in percent."""


class Api(Component):
    """The inference plane. The controller, never the chart, writes which versions it serves."""

    image: Image = Image(repository="tablee/api")
    """Image."""
    replicas: int = Field(default=2, ge=1)
    """Pods, without autoscaling."""
    autoscaling: Autoscaling = Autoscaling()
    """Replicas that follow the load."""
    pdb: Disruption = Disruption()
    """What a node drain may take away at once."""
    default_model: str = ""
    """Model behind `POST /predict`; the first pin when empty."""
    jvm_heap: str = Field(default="384m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap; the memory limit must cover it, the bodies of requests, and about 350 MiB more."""
    shadow_share: float = Field(default=0, ge=0, le=1)
    """Share of the rows that a challenger predicts in the shadow of its champion, for comparison. Each pod then keeps
    a second model in memory."""
    stream_mib: int = Field(default=4096, ge=1, le=1 << 20)
    """Largest stream (Arrow or NDJSON), and the limit of all streams together on a pod's disk; their answers may take
    the same amount again. The limit of `/tmp` is both and 256 MiB."""
    progress_deadline_seconds: int = Field(default=300, ge=30)
    """A roll-out without progress for this time has failed; the previous champion is restored."""
    pre_stop_seconds: int = Field(default=5, ge=1, le=120)
    """A terminating pod still serves for this time, until every proxy knows that it terminates."""
    drain_seconds: int = Field(default=25, ge=1, le=3600)
    """After that, the longest wait for requests in progress."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("100m", "512Mi", "1200Mi")
    """What the container asks for and may use."""
