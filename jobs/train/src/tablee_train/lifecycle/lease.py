"""The claim on the H2O cluster: the controller wakes it, empties it, and gives it to one training at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, Self

import httpx
from pydantic import BaseModel, ValidationError

from tablee.errors import EngineUnavailable, TableeError, Unavailable
from tablee.telemetry import logger
from tablee_train.lifecycle.progress import Progress
from tablee_train.lifecycle.stop import Stop
from tablee_train.settings import TrainSettings

PAUSE = 2.0
CALL_SECONDS = 15.0

log = logger(__name__)


class Answer(BaseModel):
    """What the controller says of the cluster."""

    state: Literal["ready", "waking", "recycling", "taken"]
    nodes: int
    ready: int
    holder: str | None = None
    message: str = ""


class Claim:
    """One training's wish for the cluster.

    :param tell: hears what is waited for, whenever that changes.
    :param anew: the first time the whole cluster is to be started anew, since an earlier attempt was lost with it.
    """

    def __init__(
        self,
        client: httpx.Client,
        training_id: str,
        stop: Stop,
        tell: Callable[[str], None],
        *,
        wait_seconds: float,
        taken_seconds: float,
        anew: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._path, self._stop, self._tell = client, f"/trainings/{training_id}/h2o", stop, tell
        self._wait_seconds, self._taken_seconds, self._clock = wait_seconds, taken_seconds, clock
        self._recycle, self._told = anew, ""

    @classmethod
    def of(cls, settings: TrainSettings, progress: Progress, stop: Stop) -> Self | None:
        """The claim of a training; None where there is no controller to ask."""
        if settings.controller_url is None:
            return None
        key = {"authorization": f"Bearer {settings.key.get_secret_value()}"} if settings.key else {}
        # `trust_env` off: the controller is a neighbour, never behind a proxy
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
            anew=progress.state.attempt > 1,
        )

    def recycle(self) -> None:
        """Ask for a cluster started anew the next time."""
        self._recycle = True

    def take(self) -> None:
        """Wait until the cluster is awake and this training's.

        :raises EngineUnavailable: it did not wake in time, another training kept it, or the controller does not answer.
        :raises TrainingCancelled: the training is to stop.
        :raises TableeError: the controller refuses.
        """
        since, before, silence = self._clock(), "", ""
        while True:
            self._stop.check()
            try:
                answer = self._ask()
            except Unavailable as error:
                kind, limit, silence = "silent", self._wait_seconds, error.detail
                log.warning("controller_silent", reason=error.detail)
            else:
                if answer.state == "ready":
                    return
                self._say(answer)
                kind = "taken" if answer.state == "taken" else "waking"
                limit = self._taken_seconds if kind == "taken" else self._wait_seconds
                silence = answer.message
            if kind != before:
                since, before = self._clock(), kind
            elif self._clock() - since > limit:
                raise EngineUnavailable(f"there is no H2O cluster after {limit:.0f} s: {silence}")
            self._stop.wait(PAUSE)

    def close(self) -> None:
        self._client.close()

    def _ask(self) -> Answer:
        try:
            answer = self._client.post(self._path, json={"recycle": self._recycle})
        except httpx.TransportError as error:
            raise Unavailable(
                f"the controller at {self._client.base_url} does not answer ({type(error).__name__})"
            ) from error
        if answer.is_error:
            raise _refusal(answer)
        try:
            found = Answer.model_validate_json(answer.content)
        except ValidationError as error:
            raise TableeError(f"the controller's answer on the H2O cluster cannot be read: {error}") from error
        if found.state != "taken":
            self._recycle = False  # it was heard
        return found

    def _say(self, answer: Answer) -> None:
        why = answer.message or answer.state
        if answer.state == "taken" and answer.holder:
            why = f"{answer.holder} has it"
        if why != self._told:
            self._told = why
            self._tell(f"Waiting for the H2O cluster: {why.rstrip('.')}.")


def _refusal(answer: httpx.Response) -> TableeError:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and "code" in body:
        return TableeError.from_problem(body)
    return Unavailable(f"the controller answered {answer.status_code} without saying why")
