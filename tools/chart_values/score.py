"""Values of the scorings."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Image, Quantity, Resources, ServiceAccount, resources


class Score(Component):
    """The suspended CronJob that every scoring's Indexed Job is made from. Each request for a scoring
    sets the number of workers."""

    image: Image = Image(repository="tablee/score")
    """Image."""
    jvm_heap: str = Field(default="512m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap of a worker; the memory limit must cover it and the blocks of rows in progress."""
    parts_size: Quantity = "8Gi"
    """Disk of a worker for parts: the current one and the next, each with its predictions."""
    slots: int = Field(default=1, ge=1, le=10)
    """Scorings that run at the same time; others wait in the queue."""
    max_parallel: int = Field(default=64, ge=1, le=256)
    """Largest number of workers of one scoring."""
    retries: int = Field(default=3, ge=0, le=100)
    """Retries of a failed worker; an eviction does not count, and finished parts are kept."""
    deadline_seconds: int = Field(default=86_400, ge=60)
    """Longest time of a scoring."""
    keep_seconds: int = Field(default=86_400, ge=60)
    """How long a finished Job is kept."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("200m", "768Mi", "1536Mi")
    """What each worker asks for and may use."""
