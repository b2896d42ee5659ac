"""Trainings as Jobs: those we start, and those that somebody made of the same CronJob with kubectl or a schedule."""

from __future__ import annotations

import threading
from collections.abc import Collection

from tablee.errors import KubernetesUnavailable, NotFound
from tablee.telemetry import logger
from tablee_controller.kubernetes import template
from tablee_controller.kubernetes.cluster import Cluster, Exists, Refused
from tablee_controller.kubernetes.execution import ended, execution, owner
from tablee_controller.kubernetes.objects import Job, Pod, labelled
from tablee_controller.kubernetes.template import Json
from tablee_controller.runtime import Execution, Executions

OF_JOB = "batch.kubernetes.io/controller-uid"

log = logger(__name__)


class Jobs:
    """May be called by any thread. Jobs outlive us; what is remembered here is which of them we asked to end."""

    def __init__(self, cluster: Cluster, cron_job: str) -> None:
        self._cluster, self._cron_job = cluster, cron_job
        self._lock = threading.Lock()
        self._selector: str | None = None
        self._stopped: set[str] = set()
        self._ids: dict[str, str] = {}

    def start(self, training_id: str) -> None:
        """Raises `OSError` if the cluster refuses such a Job."""
        try:
            self._cluster.create_job(template.job(self._template(), training_id))
        except Exists:  # made by the controller before us, which died then
            log.info("job_found", training=training_id)
        except Refused as error:
            raise OSError(str(error)) from None

    def stop(self, training_id: str) -> None:
        job = owner(self.all(), training_id)
        if job is None or ended(job):
            return
        with self._lock:
            self._stopped.add(training_id)
        self._cluster.delete_job(job.metadata.name)

    def executions(self, training_ids: Collection[str]) -> Executions:
        jobs = self.all()
        with self._lock:
            stopped = set(self._stopped)
        found: dict[str, Execution] = {}
        owned: dict[str, str] = {}
        for training_id in training_ids:
            if (job := owner(jobs, training_id)) is not None:
                newest = self._newest_pod(job) if ended(job) else None
                found[training_id] = execution(job, newest, stopped=training_id in stopped)
                owned[job.metadata.uid] = training_id
            elif training_id in stopped:
                found[training_id] = Execution(running=False, stopped=True)
        with self._lock:
            self._ids = {job.metadata.uid: self._ids[job.metadata.uid] for job in jobs if job.metadata.uid in self._ids}
            self._ids |= owned
        others = sum(not ended(job) and job.metadata.uid not in owned for job in jobs)
        return Executions(found, others)

    def forget(self, training_id: str) -> None:
        """Its Job stays, with its log, until its time to live is over."""
        with self._lock:
            self._stopped.discard(training_id)

    def log(self, training_id: str, lines: int) -> str:
        job = owner(self.all(), training_id)
        newest = self._newest_pod(job) if job is not None else None
        return self._cluster.log(newest, lines) if newest is not None else ""

    def training_of(self, job: Job) -> str | None:
        """The training that a Job is; None if it has not written itself down yet."""
        with self._lock:
            return job.variable(template.TRAINING) or self._ids.get(job.metadata.uid)

    def all(self) -> list[Job]:
        """Every Job of the CronJob, ended ones too."""
        if self._selector is None:
            try:
                self._selector = template.selector(self._template())
            except ValueError as error:
                raise KubernetesUnavailable(f"the CronJob «{self._cron_job}» cannot be used: {error}") from None
        return self._cluster.jobs(self._selector)

    def _template(self) -> Json:
        try:
            return self._cluster.cron_job(self._cron_job)
        except NotFound as error:
            raise KubernetesUnavailable(error.detail) from None

    def _newest_pod(self, job: Job) -> Pod | None:
        pods = self._cluster.pods(labelled({OF_JOB: job.metadata.uid}))
        return pods[-1] if pods else None
