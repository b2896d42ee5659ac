"""Runs the workers of scorings as local processes with the ids `ID.0`, `ID.1`, …"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tablee_controller.runtimes.local.jobs import Jobs
from tablee_controller.runtimes.runtime import HOPELESS, Execution, Executions


class Workers:
    """The workers of all scorings. May be used by several threads."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def start(self, own_id: str, parallel: int) -> None:
        """Start the workers that do not run. If one cannot be started, all are stopped."""
        try:
            for number in range(parallel):
                worker = f"{own_id}.{number}"
                execution = self._jobs.execution(worker)
                if execution is None or not execution.running:
                    self._jobs.start(worker)
        except OSError:
            self.stop(own_id)
            raise

    def stop(self, own_id: str) -> None:
        for worker in self._of(own_id):
            self._jobs.stop(worker)

    def executions(self, own_ids: Collection[str]) -> Executions:
        found: dict[str, Execution] = {}
        for own_id in own_ids:
            workers = self._jobs.executions(self._of(own_id)).found
            if workers:
                found[own_id] = together(list(workers.values()))
        return Executions(found)

    def forget(self, own_id: str) -> None:
        for worker in self._of(own_id):
            self._jobs.forget(worker)

    def log(self, own_id: str, lines: int) -> str:
        workers = self._jobs.logged(f"{own_id}.")
        tails = {worker.rpartition(".")[2]: self._jobs.log(worker, lines) for worker in workers}
        if len(tails) < 2:
            return "".join(tails.values())
        return "".join(f"worker {number}:\n{tail}" for number, tail in tails.items())

    def shutdown(self) -> None:
        self._jobs.shutdown()

    def _of(self, own_id: str) -> list[str]:
        return [worker for worker in self._jobs.known() if worker.rpartition(".")[0] == own_id]


def together(workers: Sequence[Execution]) -> Execution:
    """The execution of a scoring, from those of its workers. It runs while a worker runs. Its exit code is one of
    `HOPELESS` if a worker has ended with such a code; else the first exit code that is not 0; else 0."""
    stopped = any(worker.stopped for worker in workers)
    if any(worker.running for worker in workers):
        return Execution(running=True, stopped=stopped)
    codes = [worker.exit_code for worker in workers]
    worst = next((code for code in codes if code in HOPELESS), next((code for code in codes if code != 0), 0))
    return Execution(running=False, exit_code=worst, stopped=stopped)
