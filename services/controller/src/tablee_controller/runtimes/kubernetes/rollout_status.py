"""Where a roll-out stands, derived from the API's Deployment alone: pure functions.

Serving is what the Deployment's own annotation says, written when a roll-out was completed. So a controller that dies
at any step finds everything where it belongs, and a roll-out under way never looks like one that is done.
"""

from __future__ import annotations

from tablee_controller.runtimes.kubernetes.objects import Condition, Deployment
from tablee_controller.runtimes.runtime import Phase, Rollout


def rollout_status(deployment: Deployment) -> Rollout:
    """The roll-out as Kubernetes sees it. No pins at all count as pinned to nothing: pods run from the start."""
    pins, served = deployment.pins, deployment.served
    serving = served if deployment.status.available_replicas else {}
    if deployment.spec.replicas == 0:
        return Rollout(Phase.ROLLING, pins, {}, "the API is scaled to 0 replicas")
    if pins is None:
        return Rollout(Phase.ROLLING, None, serving, "the pins in the pod template are no JSON object of versions")
    if not observed(deployment):
        return Rollout(Phase.ROLLING, pins, serving, "Kubernetes has not looked at the change yet")
    if completed(deployment) or (pins == served and _only_new_pods(deployment)):
        return Rollout(Phase.DONE, pins, pins)
    if (condition := overdue(deployment)) is not None:
        return Rollout(Phase.FAILED, pins, serving, condition.message or "the deadline of the Deployment has passed")
    return Rollout(Phase.ROLLING, pins, serving, _progress(deployment))


def observed(deployment: Deployment) -> bool:
    """Whether the status is about the present pod template."""
    return deployment.status.observed_generation >= deployment.metadata.generation


def completed(deployment: Deployment) -> bool:
    """Every pod is one of the present template, and available: what `kubectl rollout status` waits for."""
    wanted, status = deployment.spec.replicas, deployment.status
    return (
        observed(deployment)
        and wanted > 0
        and status.updated_replicas == status.replicas == wanted
        and status.available_replicas >= wanted
    )


def overdue(deployment: Deployment) -> Condition | None:
    """The condition that says that pods of the present template did not get ready in time."""
    late = (each for each in deployment.status.conditions if each.type == "Progressing" and each.status == "False")
    return next(late, None)


def _only_new_pods(deployment: Deployment) -> bool:
    """It was completed before, and is only being scaled, or a pod is replaced; something must answer."""
    status = deployment.status
    return status.replicas == status.updated_replicas and status.available_replicas > 0


def _progress(deployment: Deployment) -> str:
    status, wanted = deployment.status, deployment.spec.replicas
    if any(each.reason == "DeploymentPaused" for each in status.conditions):
        return "the Deployment is paused: see `kubectl rollout resume`"
    if not status.available_replicas:
        return f"no pod of the API is available, of {wanted}"
    return f"{min(status.updated_replicas, wanted)} of {wanted} pods are new, {status.available_replicas} available"
