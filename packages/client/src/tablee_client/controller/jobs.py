"""What the clients of trainings, scorings and predictions of files have in common."""

from __future__ import annotations

from typing import Generic, TypeVar

from tablee_client.http import Service, segment

S = TypeVar("S")


class Jobs(Generic[S]):
    """Jobs of one kind.

    :param path: path of their routes, such as `/trainings`.
    :param state: type of the state of a job.
    """

    def __init__(self, service: Service, path: str, state: type[S]) -> None:
        self._service, self._path, self._state = service, path, state

    def get(self, own_id: str) -> S:
        return self._service.get(self._path_of(own_id), self._state)

    def cancel(self, own_id: str) -> S:
        """Ask a job to end. The complete outputs of a scoring are kept.

        :raises TrainingEnded: the training has ended already.
        :raises ScoringEnded: the scoring, or the prediction of a file, has ended already.
        """
        return self._service.post(f"{self._path_of(own_id)}/cancel", self._state)

    def log(self, own_id: str, tail: int | None = None) -> str:
        """The last lines of the log of a job, of several workers one after the other.

        :param tail: how many lines; None: as many as the controller gives.
        """
        return self._service.request("GET", f"{self._path_of(own_id)}/log", params={"tail": tail}).text

    def _path_of(self, own_id: str) -> str:
        return f"{self._path}/{segment(own_id)}"
