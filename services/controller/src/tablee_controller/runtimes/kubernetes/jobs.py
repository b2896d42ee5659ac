"""Trainings and scorings as Jobs: those we start, and those that somebody made of the same CronJob, with kubectl or a
schedule.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from tablee.errors import KubernetesUnavailable, NotFound
from tablee.telemetry import logger
from tablee_controller.runtimes.kubernetes import template
from tablee_controller.runtimes.kubernetes.cluster import Cluster, Exists, Refused
from tablee_controller.runtimes.kubernetes.job_status import ended, execution, newest, owner
from tablee_controller.runtimes.kubernetes.objects import Job, Pod, labelled
from tablee_controller.runtimes.kubernetes.template import Json
from tablee_controller.runtimes.runtime import Execution, Executions

OF_JOB = "batch.kubernetes.io/controller-uid"

log = logger(__name__)


class Jobs:
    """The Jobs of one CronJob. May be called by any thread.

    Jobs outlive us; what is remembered here is which of them we asked to end.

    :param variable: the environment variable that tells a Job's containers their id.
    :param foreign: the variable of Jobs of the same CronJob that are of another kind, and ignored here.
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
        """Raises `OSError` if the cluster refuses such a Job.

        :param parallel: workers of an Indexed Job. Such a one can be started again when it has ended.
        """
        before = self._owner(self.all(), own_id) if parallel is not None else None
        if before is not None and not ended(before):
            log.info("job_found", id=own_id)
            return
        after = before.metadata.uid if before is not None else ""
        made = template.job(self._template(), own_id, variable=self._variable, workers=parallel, after=after)
        try:
            self._cluster.create_job(made)
        except Exists:  # made by the controller before us, which died then
            log.info("job_found", id=own_id)
        except Refused as error:
            raise OSError(str(error)) from None

    def stop(self, own_id: str) -> None:
        job = self._owner(self.all(), own_id)
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
        owned: dict[str, str] = {}
        for own_id in own_ids:
            if (job := self._owner(jobs, own_id)) is not None:
                pods = self._pods(job) if ended(job) else []
                found[own_id] = execution(job, pods, stopped=own_id in stopped)
                owned[job.metadata.uid] = own_id
            elif own_id in stopped:
                found[own_id] = Execution(running=False, stopped=True)
        with self._lock:
            self._ids = {job.metadata.uid: self._ids[job.metadata.uid] for job in jobs if job.metadata.uid in self._ids}
            self._ids |= owned
        others = sum(not ended(job) and job.metadata.uid not in owned for job in jobs)
        return Executions(found, others)

    def forget(self, own_id: str) -> None:
        """Its Job stays, with its log, until its time to live is over."""
        with self._lock:
            self._stopped.discard(own_id)

    def log(self, own_id: str, lines: int) -> str:
        """The last lines of each worker's newest pod, one worker after the other."""
        job = self._owner(self.all(), own_id)
        pods = newest(self._pods(job)) if job is not None else {}
        tails = {number: self._cluster.log(pod, lines) for number, pod in pods.items()}
        if len(tails) < 2:
            return "".join(tails.values())
        return "".join(f"worker {number}:\n{tail}" for number, tail in tails.items())

    def id_of(self, job: Job) -> str | None:
        """Whose a Job is; None if it has not written itself down yet."""
        with self._lock:
            return job.variable(self._variable) or self._ids.get(job.metadata.uid)

    def all(self) -> list[Job]:
        """Every Job of the CronJob that is of this kind, ended ones too."""
        if self._selector is None:
            try:
                self._selector = template.selector(self._template())
            except ValueError as error:
                raise KubernetesUnavailable("cron_job_unusable", name=self._cron_job, why=str(error)) from None
        found = self._cluster.jobs(self._selector)
        return [job for job in found if self._foreign is None or job.variable(self._foreign) is None]

    def _template(self) -> Json:
        try:
            return self._cluster.cron_job(self._cron_job)
        except NotFound as error:
            raise KubernetesUnavailable("object", why=error.detail) from None

    def _owner(self, jobs: Collection[Job], own_id: str) -> Job | None:
        return owner(jobs, own_id, self._variable)

    def _pods(self, job: Job) -> list[Pod]:
        return self._cluster.pods(labelled({OF_JOB: job.metadata.uid}))
