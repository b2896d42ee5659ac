"""The runtime of a Kubernetes release: the API is a Deployment, trainings and scorings are Jobs, H2O a StatefulSet.

All of it outlives the controller. What must be remembered stands in the objects themselves.
"""

from __future__ import annotations

from tablee_controller.runtimes.kubernetes import template
from tablee_controller.runtimes.kubernetes.cluster import Cluster
from tablee_controller.runtimes.kubernetes.h2o import H2oCluster
from tablee_controller.runtimes.kubernetes.jobs import Jobs
from tablee_controller.runtimes.kubernetes.serving import Serving
from tablee_controller.runtimes.runtime import H2o, Pins, Rollout
from tablee_controller.settings import KubernetesSettings


class KubernetesRuntime:
    """A `Runtime` of Kubernetes objects.

    :param kubeconfig: how to reach the cluster from outside of it; inside, the pod's service account is used.
    :raises KubernetesUnavailable: there is no way to the Kubernetes API.
    """

    def __init__(self, settings: KubernetesSettings, *, kubeconfig: str | None = None) -> None:
        self._cluster = Cluster(settings.namespace, kubeconfig)
        self._serving = Serving(self._cluster, settings.api_deployment, again_seconds=settings.ready_seconds)
        self.trainings = Jobs(self._cluster, settings.train_cronjob)
        self.scorings = Jobs(self._cluster, settings.score_cronjob, template.SCORING, foreign=template.PREDICTION)
        self.predictions = Jobs(self._cluster, settings.score_cronjob, template.PREDICTION, foreign=template.SCORING)
        self.h2o_cluster = H2oCluster(
            self._cluster,
            self.trainings,
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

    def h2o(self, training_id: str, *, recycle: bool) -> H2o:
        return self.h2o_cluster.ask(training_id, recycle=recycle)

    def shutdown(self) -> None:
        """Everything goes on; only our own connections end."""
        self._serving.close()
        self._cluster.close()
