"""The status of a roll-out, computed from the Deployment of the API alone. Pure functions.

The serving versions are those of an annotation of the Deployment, which is written when a roll-out is completed.
Therefore the next controller reads the same status if the controller dies at any step, and an unfinished roll-out is
never taken for a completed one.
"""

from __future__ import annotations

from tablee.errors.causes import quoted
from tablee.i18n.message import Message
from tablee_controller.runtimes.kubernetes.objects import Condition, Deployment
from tablee_controller.runtimes.runtime import Phase, Rollout


def rollout_status(deployment: Deployment) -> Rollout:
    """The status of the roll-out. A Deployment without pins counts as pinned to no model, because its pods run from the
    start."""
    pins, served = deployment.pins, deployment.served
    serving = served if deployment.status.available_replicas else {}
    if deployment.spec.replicas == 0:
        return Rollout(Phase.ROLLING, pins, {}, Message("rolled_out.no_replicas"))
    if pins is None:
        return Rollout(Phase.ROLLING, None, serving, Message("rolled_out.pins_unreadable"))
    if not observed(deployment):
        return Rollout(Phase.ROLLING, pins, serving, Message("rolled_out.not_observed"))
    if completed(deployment) or (pins == served and _only_new_pods(deployment)):
        return Rollout(Phase.DONE, pins, pins)
    if (condition := overdue(deployment)) is not None:
        return Rollout(Phase.FAILED, pins, serving, by_kubernetes(condition.message) or Message("rolled_out.deadline"))
    return Rollout(Phase.ROLLING, pins, serving, _progress(deployment))


def observed(deployment: Deployment) -> bool:
    """Whether the status belongs to the current pod template."""
    return deployment.status.observed_generation >= deployment.metadata.generation


def completed(deployment: Deployment) -> bool:
    """Whether every pod has the current template and is available. `kubectl rollout status` waits for the same."""
    wanted, status = deployment.spec.replicas, deployment.status
    return (
        observed(deployment)
        and wanted > 0
        and status.updated_replicas == status.replicas == wanted
        and status.available_replicas >= wanted
    )


def overdue(deployment: Deployment) -> Condition | None:
    """The condition that pods of the current template did not become ready in time; None if there is none."""
    late = (each for each in deployment.status.conditions if each.type == "Progressing" and each.status == "False")
    return next(late, None)


def _only_new_pods(deployment: Deployment) -> bool:
    """Whether all pods have the current template and at least one is available. This holds while a completed roll-out
    is scaled, or while one of its pods is replaced."""
    status = deployment.status
    return status.replicas == status.updated_replicas and status.available_replicas > 0


def by_kubernetes(words: str) -> Message | None:
    """The words of Kubernetes; None if it says nothing."""
    return quoted("Kubernetes", words) if words else None


def _progress(deployment: Deployment) -> Message:
    status, wanted = deployment.status, deployment.spec.replicas
    if any(each.reason == "DeploymentPaused" for each in status.conditions):
        return Message("rolled_out.deployment_paused")
    if not status.available_replicas:
        return Message("rolled_out.no_pod", {"wanted": wanted})
    updated = min(status.updated_replicas, wanted)
    facts = {"updated": updated, "wanted": wanted, "available": status.available_replicas}
    return Message("rolled_out.pods", facts)
