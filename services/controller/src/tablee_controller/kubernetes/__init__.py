"""The runtime of a Kubernetes release: the API is a Deployment, trainings and scorings are Jobs, H2O a StatefulSet.

All of it outlives the controller. What must be remembered stands in the objects themselves.
"""

from __future__ import annotations

from collections.abc import Collection

from tablee_controller.kubernetes import template
from tablee_controller.kubernetes.cluster import Cluster
from tablee_controller.kubernetes.h2o import H2oCluster
from tablee_controller.kubernetes.jobs import Jobs
from tablee_controller.kubernetes.serving import Serving
from tablee_controller.runtime import Executions, H2o, Pins, Rollout
from tablee_controller.settings import KubernetesSettings


class KubernetesRuntime:
    """A `Runtime` of Kubernetes objects.

    :param kubeconfig: how to reach the cluster from outside of it; inside, the pod's service account is used.
    :raises KubernetesUnavailable: there is no way to the Kubernetes API.
    """

    def __init__(self, settings: KubernetesSettings, *, kubeconfig: str | None = None) -> None:
        self._cluster = Cluster(settings.namespace, kubeconfig)
        self._serving = Serving(self._cluster, settings.api_deployment, again_seconds=settings.ready_seconds)
        self._trainings = Jobs(self._cluster, settings.train_cronjob)
        self._scorings = Jobs(self._cluster, settings.score_cronjob, template.SCORING)
        self.h2o_cluster = H2oCluster(
            self._cluster,
            self._trainings,
            settings.h2o_statefulset,
            nodes=settings.h2o_nodes,
            always_on=settings.h2o_always_on,
            idle_seconds=settings.h2o_idle_seconds,
        )
        """For the loop."""

    def rollout(self) -> Rollout:
        return self._serving.rollout()

    def pin(self, pins: Pins) -> None:
        self._serving.pin(pins)

    def start_training(self, training_id: str) -> None:
        self._trainings.start(training_id)

    def stop_training(self, training_id: str) -> None:
        self._trainings.stop(training_id)

    def executions(self, training_ids: Collection[str]) -> Executions:
        return self._trainings.executions(training_ids)

    def forget_training(self, training_id: str) -> None:
        self._trainings.forget(training_id)

    def training_log(self, training_id: str, lines: int) -> str:
        return self._trainings.log(training_id, lines)

    def start_scoring(self, scoring_id: str, parallel: int) -> None:
        self._scorings.start(scoring_id, workers=parallel)

    def stop_scoring(self, scoring_id: str) -> None:
        self._scorings.stop(scoring_id)

    def scorings(self, scoring_ids: Collection[str]) -> Executions:
        return self._scorings.executions(scoring_ids)

    def forget_scoring(self, scoring_id: str) -> None:
        self._scorings.forget(scoring_id)

    def scoring_log(self, scoring_id: str, lines: int) -> str:
        return self._scorings.log(scoring_id, lines)

    def h2o(self, training_id: str, *, recycle: bool) -> H2o:
        return self.h2o_cluster.ask(training_id, recycle=recycle)

    def shutdown(self) -> None:
        """Everything goes on; only our own connections end."""
        self._serving.close()
        self._cluster.close()
