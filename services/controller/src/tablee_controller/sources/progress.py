"""What a run of a source has done so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tablee.jobs.source import Refused


@dataclass
class Progress:
    """Only the thread of the run writes it."""

    rows: int = 0
    objects: int = 0
    """Files that were taken."""
    version: str | None = None
    """The newest version of the data set, once it is known."""
    new: bool = False
    """Whether the run has made a version."""
    refused: list[Refused] = field(default_factory=list)
    """The files that were refused in this run."""
    tell: Callable[[], None] = lambda: None
    """Called after each change that others may see."""
