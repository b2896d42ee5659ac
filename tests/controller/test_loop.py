"""The control loop goes on whatever happens in a task."""

from __future__ import annotations

import pytest
from panic import panic
from structlog.testing import capture_logs

from tablee.errors import TableeError
from tablee_controller.loop import ControlLoop


class Breaking:
    """A task that fails in its first round."""

    busy = False

    def __init__(self, fault: str) -> None:
        self.fault, self.rounds = fault, 0

    def tick(self) -> bool:
        self.rounds += 1
        if self.rounds == 1 and self.fault == "panic":
            panic()
        if self.rounds == 1:
            raise TableeError("fault")
        return False


@pytest.mark.parametrize("fault", ["panic", "error"])
def test_a_task_that_fails_is_tried_again(fault: str) -> None:
    task = Breaking(fault)
    loop = ControlLoop({"task": task}, seconds=0.01)
    with capture_logs() as lines:
        assert loop._round() is False
        told = {name: str(reason) for name, reason in loop.failures.items()}
        assert told == {"task": "something went wrong inside the controller"} or fault == "error"
        assert loop._round() is False
    assert (task.rounds, loop.failures) == (2, {})
    assert [line["event"] for line in lines] == ["loop_failed", "loop_recovered"]
