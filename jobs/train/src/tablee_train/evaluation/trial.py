"""The trial of a candidate: the API, in a process of its own, serves the bundle and answers its golden rows.

Trainings do not import the API (ADR 0020); they start `python -m tablee_api.trial`, which is installed beside them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tablee.errors.base import revived
from tablee.errors.causes import ending, quoted
from tablee.i18n.message import Message
from tablee.jobs.training import Check
from tablee.settings import PREFIX

COMMAND = (sys.executable, "-m", "tablee_api.trial")
SECONDS = 300.0
"""A trial that takes longer has failed; one of a usual model takes about 5 s."""
LAST_OUTPUT = 500
"""Characters of the output that a failed start shows."""


def served(bundle: Path, *, command: Sequence[str] = COMMAND, seconds: float = SECONDS) -> Check:
    """Whether the API can load the bundle, and gives its golden rows the scores of training, bit for bit.

    The process gets no settings of this one: it needs no registry, no object store and no secret.
    """
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    try:
        ended = subprocess.run(
            [*command, str(bundle)], env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Check.of("served", False, Message("check_detail.trial_too_long", {"seconds": seconds}))
    if (found := _message(ended.stdout)) is None:
        output = (ended.stderr or ended.stdout).strip()[-LAST_OUTPUT:]
        return Check.of("served", False, _failed(output, ended.returncode))
    return Check.of("served", ended.returncode == 0, found)


def _failed(output: str, code: int) -> Message:
    """Why the API said nothing of the bundle: its last output, else how it ended."""
    if output:
        return Message("check_detail.trial_failed", {"output": quoted("Python", output)})
    return Message("check_detail.trial_ended", {"ending": ending(code)})


def _message(output: str) -> Message | None:
    """The message in the last line of the output; None if there is none."""
    try:
        found = revived(json.loads(output.strip().rpartition("\n")[2]))
    except ValueError:
        return None
    return found if isinstance(found, Message) else None
