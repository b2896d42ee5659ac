"""The base class of all groups of values, and the groups that several components share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

Quantity = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$")]
"""A Kubernetes quantity, such as `100m` or `1Gi`."""

Port = Annotated[int, Field(ge=1, le=65535)]


FIRST = ("enabled", "external", "image", "replicas", "nodes", "autoscaling", "pdb")
LAST = ("persistence", "existing_secret", "service_account", "resources", "env", "pod")
"""Order of the keys that several components share: it is the same in each."""


class Block(BaseModel):
    """A group of values. Unknown keys are errors, so that a misspelt key is found at once."""

    @classmethod
    def ordered(cls) -> dict[str, FieldInfo]:
        """The fields in the order in which they are written to files."""
        return dict(sorted(cls.model_fields.items(), key=lambda item: _place(item[0])))

    model_config = ConfigDict(
        extra="forbid", use_attribute_docstrings=True, alias_generator=to_camel, validate_by_name=True, frozen=True
    )


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST) + (1 + LAST.index(name) if name in LAST else 0)


class Image(Block):
    """An image."""

    repository: str
    """Name without tag."""
    tag: str = ""
    """Tag; the chart's `appVersion` when empty."""
    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64})?$")
    """Digest (`sha256:…`); takes precedence over the tag."""


class Quantities(Block):
    """Amounts of CPU and memory."""

    cpu: Quantity | None = None
    """CPU."""
    memory: Quantity | None = None
    """Memory."""


class Resources(Block):
    """Resource requests and limits of a container."""

    requests: Quantities
    """What the scheduler reserves."""
    limits: Quantities
    """What it may use at most."""


def resources(cpu: str, memory: str, limit: str | None = None) -> Resources:
    """CPU and memory requests. Memory has a limit; CPU has none, because throttling makes answers late."""
    return Resources(
        requests=Quantities(cpu=cpu, memory=memory), limits=Quantities(memory=memory if limit is None else limit)
    )


class Pod(Block):
    """Scheduling and metadata of pods."""

    annotations: dict[str, str] = Field(default={})
    """Annotations of the pods."""
    labels: dict[str, str] = Field(default={})
    """Further labels of the pods."""
    node_selector: dict[str, str] = Field(default={})
    """Labels that a node must have."""
    tolerations: list[dict[str, Any]] = Field(default=[])
    """Tolerated taints of nodes."""
    affinity: dict[str, Any] = Field(default={})
    """Affinity, in Kubernetes' form."""
    priority_class_name: str = ""
    """Priority class."""


class Persistence(Block):
    """A volume."""

    size: Quantity
    """Size."""
    storage_class: str = ""
    """Storage class; the cluster's default when empty."""


class Disruption(Block):
    """How many pods a node drain may remove at once."""

    enabled: bool = True
    """Render a PodDisruptionBudget."""
    max_unavailable: int | str = 1
    """Largest number or percentage of unavailable pods."""


class ServiceAccount(Block):
    """The service account of the pods; only the controller mounts its token."""

    annotations: dict[str, str] = Field(default={})
    """Annotations, for cloud identities such as `eks.amazonaws.com/role-arn`."""


class Component(Block):
    """The groups at the end of every component."""

    resources: Resources
    """Resource requests and limits of the container."""
    env: dict[str, str] = Field(default={})
    """Further environment variables of the container."""
    pod: Pod = Pod()
    """Scheduling and metadata of the pods."""


PullPolicy = Literal["IfNotPresent", "Always", "Never"]
