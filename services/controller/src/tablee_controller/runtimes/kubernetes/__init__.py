"""The runtime on Kubernetes: the API is a Deployment, trainings and scorings are Jobs, H2O is a StatefulSet.

All these objects go on running without the controller. Their fields and annotations store the state that the next
controller needs.
"""

from __future__ import annotations

from tablee.http.schemas.jobs import H2oAnswer
from tablee_controller.runtimes.kubernetes import template
from tablee_controller.runtimes.kubernetes.cluster import Cluster
from tablee_controller.runtimes.kubernetes.h2o import H2oCluster
from tablee_controller.runtimes.kubernetes.jobs import Jobs
from tablee_controller.runtimes.kubernetes.serving import Serving
from tablee_controller.runtimes.runtime import Pins, Rollout
from tablee_controller.settings import KubernetesSettings


class KubernetesRuntime:
    """A `Runtime` that works on the objects of one Kubernetes release.

    :param kubeconfig: path of a kubeconfig file, for a process outside of the cluster; None: the service account of the
        pod is used.
    :raises KubernetesUnavailable: there is no usable configuration of the Kubernetes API.
    """

    def __init__(self, settings: KubernetesSettings, *, kubeconfig: str | None = None) -> None:
        self._cluster = Cluster(settings.namespace, kubeconfig)
        self._serving = Serving(self._cluster, settings.api_deployment, retry_seconds=settings.ready_seconds)
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
        """Its `tick` must be called by the control loop."""

    def rollout(self) -> Rollout:
        return self._serving.rollout()

    def pin(self, pins: Pins) -> None:
        self._serving.pin(pins)

    def h2o(self, training_id: str, *, recycle: bool) -> H2oAnswer:
        return self.h2o_cluster.request(training_id, recycle=recycle)

    def shutdown(self) -> None:
        """Close the connections of this process. No Kubernetes object is changed."""
        self._serving.close()
        self._cluster.close()
