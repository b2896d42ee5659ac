"""The lease of the H2O cluster: the controller starts the cluster and gives it to one training at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

import httpx
from pydantic import ValidationError

from tablee.errors import EngineUnavailable, TableeError, Unavailable
from tablee.errors.causes import network_cause, quoted
from tablee.http.schemas.jobs import H2oAnswer, H2oState
from tablee.i18n.message import Message
from tablee.jobs.process import StopRequest
from tablee.telemetry import logger
from tablee_train.lifecycle.progress import Progress
from tablee_train.settings import TrainSettings

PAUSE_SECONDS = 2.0
"""Seconds between two requests to the controller."""
CALL_SECONDS = 15.0
"""Time limit of a call in seconds."""

log = logger(__name__)


class ClusterLease:
    """The lease for one training.

    :param on_wait: called with a sentence that says what is waited for, whenever that changes.
    :param wait_seconds: how long to wait for the cluster to start, or for the controller to answer.
    :param taken_seconds: how long to wait while another training has the cluster.
    :param recycle: recreate the cluster first, since an earlier attempt was lost with it.
    """

    def __init__(
        self,
        client: httpx.Client,
        training_id: str,
        stop: StopRequest,
        on_wait: Callable[[Message], None],
        *,
        wait_seconds: float,
        taken_seconds: float,
        recycle: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._path = client, f"/trainings/{training_id}/h2o"
        self._stop, self._on_wait = stop, on_wait
        self._wait_seconds, self._taken_seconds, self._clock = wait_seconds, taken_seconds, clock
        self._recycle, self._reported = recycle, ""

    @classmethod
    def of(cls, settings: TrainSettings, progress: Progress, stop: StopRequest) -> Self | None:
        """The lease for a training; None where the settings name no controller."""
        if settings.controller_url is None:
            return None
        key = {"authorization": f"Bearer {settings.key.get_secret_value()}"} if settings.key else {}
        # `trust_env` off: the controller is never behind a proxy
        client = httpx.Client(
            base_url=settings.controller_url, headers=key, timeout=httpx.Timeout(CALL_SECONDS), trust_env=False
        )
        return cls(
            client,
            progress.state.id,
            stop,
            lambda message: progress.move(0.0, message, now=True),
            wait_seconds=settings.h2o.wait_seconds,
            taken_seconds=settings.h2o.taken_seconds,
            recycle=progress.state.attempt > 1,
        )

    def recycle(self) -> None:
        """Have the cluster recreated when it is acquired the next time."""
        self._recycle = True

    def acquire(self) -> None:
        """Wait until the cluster runs and belongs to this training.

        :raises EngineUnavailable: it did not start in time, another training kept it, or the controller did not answer.
        :raises TrainingCancelled: the training is to stop.
        :raises TableeError: the controller refuses.
        """
        since, before = self._clock(), ""
        problem: Unavailable | Message | str = ""
        while True:
            self._stop.check()
            try:
                answer = self._ask()
            except Unavailable as error:
                kind, limit, problem = "silent", self._wait_seconds, error
                log.warning("controller_silent", reason=error.detail)
            else:
                if answer.state is H2oState.READY:
                    return
                self._report(answer)
                kind = "taken" if answer.state is H2oState.TAKEN else "waking"
                limit = self._taken_seconds if kind == "taken" else self._wait_seconds
                problem = _why(answer)
            if kind != before:
                since, before = self._clock(), kind
            elif self._clock() - since > limit:
                raise EngineUnavailable("no_cluster", seconds=round(limit), problem=problem)
            self._stop.wait(PAUSE_SECONDS)

    def close(self) -> None:
        self._client.close()

    def _ask(self) -> H2oAnswer:
        try:
            answer = self._client.post(self._path, json={"recycle": self._recycle})
        except httpx.TransportError as error:
            url = str(self._client.base_url)
            raise Unavailable("controller_silent", url=url, error=network_cause(error)) from error
        if answer.is_error:
            raise _refusal(answer)
        try:
            found = H2oAnswer.model_validate_json(answer.content)
        except ValidationError as error:
            raise TableeError("lease_unreadable", error=quoted("pydantic", error)) from error
        if found.state is not H2oState.TAKEN:
            self._recycle = False  # the controller has begun to recreate it
        return found

    def _report(self, answer: H2oAnswer) -> None:
        message = Message("job.cluster", {"why": _why(answer)})
        if str(message) != self._reported:
            self._reported = str(message)
            self._on_wait(message)


def _why(answer: H2oAnswer) -> Message:
    """Why the cluster does not run for this training."""
    state = "held" if answer.state is H2oState.TAKEN and answer.holder else answer.state.value
    return Message(f"h2o_cluster.{state}", {"holder": answer.holder, "ready": answer.ready, "nodes": answer.nodes})


def _refusal(answer: httpx.Response) -> TableeError:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and "code" in body:
        return TableeError.from_problem(body)
    return Unavailable("controller_without_reason", status=answer.status_code)
