"""Used in the place of a training process: `training.py BEHAVIOUR`.

succeed | die (exit code 7 without a final state) | work (until SIGTERM, then cancelled) | stubborn (until SIGKILL)
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from tablee.jobs.training import Phase, Trainings
from tablee.storage.object_store import DirectoryStore


def main() -> int:
    behaviour = sys.argv[1]
    trainings = Trainings(DirectoryStore(Path(os.environ["TABLEE_OBJECTS__DIRECTORY"])))
    state = trainings.get(os.environ["TABLEE_TRAINING_ID"])
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: behaviour == "stubborn" or ending.set())
    state.phase = Phase.TRAINING
    trainings.save(state)
    print(f"{behaviour}: é working on {state.request.dataset} with {os.environ['TABLEE_H2O__URL']}")
    if behaviour == "die":
        return 7
    if behaviour == "succeed":
        state.phase, state.version = Phase.SUCCEEDED, 1
    else:
        ending.wait()
        state.phase = Phase.CANCELLED
    trainings.save(state)
    return 0


if __name__ == "__main__":
    sys.exit(main())
