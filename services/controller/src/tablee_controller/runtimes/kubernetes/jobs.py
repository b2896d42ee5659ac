"""Trainings and scorings as Kubernetes Jobs: those that the controller creates, and those that were created from the
same CronJob with kubectl or by its schedule.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from tablee.errors import KubernetesUnavailable, NotFound
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes import template
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Exists, Refused
from tablee_controller.runtimes.kubernetes.job_status import ended, execution, newest, newest_job
from tablee_controller.runtimes.kubernetes.objects import Job, Pod, labelled
from tablee_controller.runtimes.kubernetes.template import Json
from tablee_controller.runtimes.runtime import Execution, Executions

JOB_UID = "batch.kubernetes.io/controller-uid"
"""Label of the pods of a Job: the uid of the Job."""

log = logger(__name__)


class Jobs:
    """The Jobs of one CronJob. May be used by several threads.

    :param variable: the environment variable of a Job whose value is the id of the training or scoring.
    :param foreign: the environment variable of Jobs that are made from the same CronJob but are of another kind. Jobs
        that have this variable are ignored.
    """

    def __init__(
        self, cluster: Cluster, cron_job: str, variable: str = template.TRAINING, *, foreign: str | None = None
    ) -> None:
        self._cluster, self._cron_job, self._variable, self._foreign = cluster, cron_job, variable, foreign
        self._lock = threading.Lock()
        self._selector: str | None = None
        self._stopped: set[str] = set()
        self._ids: dict[str, str] = {}

    def start(self, own_id: str, parallel: int | None = None) -> None:
        """Create a Job. Does nothing if it exists.

        :param parallel: number of workers of an Indexed Job. An Indexed Job that has ended is followed by a new one.
        :raises OSError: Kubernetes refuses the Job.
        """
        previous = self._job(self.all(), own_id) if parallel is not None else None
        if previous is not None and not ended(previous):
            log.info("job_found", id=own_id)
            return
        after = previous.metadata.uid if previous is not None else ""
        job = template.job(self._template(), own_id, variable=self._variable, workers=parallel, after=after)
        try:
            self._cluster.create_job(job)
        except Exists:  # a previous controller created it and died before it recorded the start
            log.info("job_found", id=own_id)
        except Refused as error:
            raise OSError(str(error)) from None

    def stop(self, own_id: str) -> None:
        job = self._job(self.all(), own_id)
        if job is None or ended(job):
            return
        with self._lock:
            self._stopped.add(own_id)
        self._cluster.delete_job(job.metadata.name)

    def executions(self, own_ids: Collection[str]) -> Executions:
        jobs = self.all()
        with self._lock:
            stopped = set(self._stopped)
        found: dict[str, Execution] = {}
        ids: dict[str, str] = {}
        for own_id in own_ids:
            if (job := self._job(jobs, own_id)) is not None:
                pods = self._pods(job) if ended(job) else []
                found[own_id] = execution(job, pods, stopped=own_id in stopped)
                ids[job.metadata.uid] = own_id
            elif own_id in stopped:
                found[own_id] = Execution(running=False, stopped=True)
        with self._lock:
            self._ids = {job.metadata.uid: self._ids[job.metadata.uid] for job in jobs if job.metadata.uid in self._ids}
            self._ids |= ids
        others = sum(not ended(job) and job.metadata.uid not in ids for job in jobs)
        return Executions(found, others)

    def forget(self, own_id: str) -> None:
        """Kubernetes keeps the Job and its log until the time to live of the Job has passed."""
        with self._lock:
            self._stopped.discard(own_id)

    def log(self, own_id: str, lines: int) -> str:
        """The last lines of each worker's newest pod, one worker after the other."""
        job = self._job(self.all(), own_id)
        pods = newest(self._pods(job)) if job is not None else {}
        tails = {number: self._cluster.log(pod, lines) for number, pod in pods.items()}
        if len(tails) < 2:
            return "".join(tails.values())
        return "".join(f"worker {number}:\n{tail}" for number, tail in tails.items())

    def id_of(self, job: Job) -> str | None:
        """The id of the training or scoring of a Job; None if a Job that somebody else created has not stored its state
        yet."""
        with self._lock:
            return job.variable(self._variable) or self._ids.get(job.metadata.uid)

    def all(self) -> list[Job]:
        """All Jobs of this kind that were made from the CronJob, also those that have ended."""
        if self._selector is None:
            try:
                self._selector = template.selector(self._template())
            except ValueError as error:
                raise KubernetesUnavailable("cron_job_unusable", name=self._cron_job, why=error.args[0]) from None
        found = self._cluster.jobs(self._selector)
        return [job for job in found if self._foreign is None or job.variable(self._foreign) is None]

    def _template(self) -> Json:
        try:
            return self._cluster.cron_job(self._cron_job)
        except NotFound as error:
            raise KubernetesUnavailable("object", why=error) from None

    def _job(self, jobs: Collection[Job], own_id: str) -> Job | None:
        return newest_job(jobs, own_id, self._variable)

    def _pods(self, job: Job) -> list[Pod]:
        return self._cluster.pods(labelled({JOB_UID: job.metadata.uid}))
