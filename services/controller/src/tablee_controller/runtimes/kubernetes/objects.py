"""The fields of Kubernetes objects that the controller reads, and that are validated in each response."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from tablee_controller.runtimes.runtime import Pins

PINS = "tablee/models"
"""Annotation of the pod template of the API, and thus of its pods: the pinned versions as JSON."""
SERVING = "tablee/serving"
"""Annotation of the Deployment of the API: the pins of the last completed roll-out, as JSON."""

T = TypeVar("T")
Filled = Annotated[T, BeforeValidator(lambda value: {} if value is None else value)]
Items = Annotated[list[T], BeforeValidator(lambda value: [] if value is None else value)]


class Part(BaseModel):
    """A part of a Kubernetes object. Fields that are not declared are ignored."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Metadata(Part):
    name: str = ""
    uid: str = ""
    generation: int = 0
    annotations: Filled[dict[str, str]] = {}
    labels: Filled[dict[str, str]] = {}
    creation_timestamp: datetime = datetime.min.replace(tzinfo=UTC)
    deletion_timestamp: datetime | None = None


class Condition(Part):
    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class Template(Part):
    metadata: Metadata = Metadata()


class Selector(Part):
    match_labels: Filled[dict[str, str]] = {}

    def __str__(self) -> str:
        return labelled(self.match_labels)


class DeploymentSpec(Part):
    replicas: int = 1
    selector: Selector = Selector()
    template: Template = Template()


class DeploymentStatus(Part):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    conditions: Items[Condition] = []


class Deployment(Part):
    metadata: Metadata = Metadata()
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()

    @property
    def pins(self) -> Pins | None:
        """The pins of its pod template; empty if nothing was pinned yet, None if the annotation is invalid."""
        return pins_of(self.spec.template.metadata)

    @property
    def served(self) -> Pins:
        """The pins of the last completed roll-out; empty if there was none."""
        return read_pins(self.metadata.annotations.get(SERVING, "")) or {}


class Terminated(Part):
    exit_code: int = 0
    reason: str = ""
    message: str = ""


class Waiting(Part):
    reason: str = ""
    message: str = ""


class ContainerState(Part):
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(Part):
    name: str = ""
    restart_count: int = 0
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class Variable(Part):
    name: str
    value: str | None = None


class Container(Part):
    name: str = ""
    env: Items[Variable] = []


class PodSpec(Part):
    containers: Items[Container] = []


class PodStatus(Part):
    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: Items[Condition] = []
    container_statuses: Items[ContainerStatus] = []
    pod_ip: str | None = None

    model_config = ConfigDict(alias_generator=lambda name: {"pod_ip": "podIP"}.get(name, to_camel(name)))


class Pod(Part):
    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def ready(self) -> bool:
        return any(each.type == "Ready" and each.status == "True" for each in self.status.conditions)


class PodTemplate(Part):
    spec: PodSpec = PodSpec()


class JobSpec(Part):
    template: PodTemplate = PodTemplate()


class JobStatus(Part):
    conditions: Items[Condition] = []
    start_time: datetime | None = None


class Job(Part):
    metadata: Metadata = Metadata()
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    def variable(self, name: str) -> str | None:
        """The value of an environment variable of its containers; None if no container has it."""
        variables = [each for container in self.spec.template.spec.containers for each in container.env]
        return next((each.value for each in variables if each.name == name), None)


class StatefulSetSpec(Part):
    replicas: int = 1


class StatefulSetStatus(Part):
    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0


class StatefulSet(Part):
    metadata: Metadata = Metadata()
    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


def pins_of(metadata: Metadata) -> Pins | None:
    """The pins of a pod or a pod template; None if the annotation is invalid."""
    return read_pins(metadata.annotations.get(PINS, ""))


def read_pins(text: str) -> Pins | None:
    """Pins from JSON; None if the text is invalid. An empty text means no pins, as in the settings of the API."""
    try:
        pins = json.loads(text) if text else {}
    except ValueError:
        return None
    return pins if isinstance(pins, dict) and all(type(each) is int for each in pins.values()) else None


def written_pins(pins: Pins) -> str:
    return json.dumps(pins, separators=(",", ":"), ensure_ascii=False)


def labelled(labels: dict[str, Any]) -> str:
    """Labels as the text of a label selector."""
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))
