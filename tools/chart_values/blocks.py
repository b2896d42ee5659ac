"""What every group of values is, and the groups that several components share."""

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
"""Keys that components share stand at the same place in each."""


class Block(BaseModel):
    """A group of values; closed, so that a misspelt key is an error at once."""

    @classmethod
    def ordered(cls) -> dict[str, FieldInfo]:
        """The fields in the order of the files that are written."""
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
    """Digest (`sha256:…`); wins over the tag."""


class Quantities(Block):
    """Amounts of CPU and memory."""

    cpu: Quantity | None = None
    """CPU."""
    memory: Quantity | None = None
    """Memory."""


class Resources(Block):
    """What a container asks for and may use."""

    requests: Quantities
    """What the scheduler sets aside."""
    limits: Quantities
    """What it may use at most."""


def resources(cpu: str, memory: str, limit: str | None = None) -> Resources:
    """CPU and memory asked for; memory is limited, CPU is not, for a throttled answer is a late one."""
    return Resources(
        requests=Quantities(cpu=cpu, memory=memory), limits=Quantities(memory=memory if limit is None else limit)
    )


class Pod(Block):
    """Where pods run and what else is written on them."""

    annotations: dict[str, str] = Field(default={})
    """Annotations of the pods."""
    labels: dict[str, str] = Field(default={})
    """Further labels of the pods."""
    node_selector: dict[str, str] = Field(default={})
    """Labels a node must have."""
    tolerations: list[dict[str, Any]] = Field(default=[])
    """Taints that are borne."""
    affinity: dict[str, Any] = Field(default={})
    """Affinity, as Kubernetes writes it."""
    priority_class_name: str = ""
    """Priority class."""


class Persistence(Block):
    """A volume."""

    size: Quantity
    """Size."""
    storage_class: str = ""
    """Storage class; the cluster's default when empty."""


class Disruption(Block):
    """What a node drain may take away at once."""

    enabled: bool = True
    """Render a PodDisruptionBudget."""
    max_unavailable: int | str = 1
    """Most pods that may be gone, as a number or a share."""


class ServiceAccount(Block):
    """The identity of the pods; a token of it is mounted nowhere but in the controller."""

    annotations: dict[str, str] = Field(default={})
    """Annotations, for cloud identities such as `eks.amazonaws.com/role-arn`."""


class Component(Block):
    """What every component ends with."""

    resources: Resources
    """What the container asks for and may use."""
    env: dict[str, str] = Field(default={})
    """Further environment variables of the container."""
    pod: Pod = Pod()
    """Scheduling and metadata of the pods."""


PullPolicy = Literal["IfNotPresent", "Always", "Never"]
