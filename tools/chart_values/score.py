"""Values of the scorings."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Component, Image, Quantity, Resources, ServiceAccount, resources


class Score(Component):
    """The suspended CronJob that every scoring's Indexed Job is made from. How many workers there are is asked for with
    each scoring."""

    image: Image = Image(repository="tablee/score")
    """Image."""
    jvm_heap: str = Field(default="512m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap of a worker; the memory limit must hold it, and the blocks of rows at work besides."""
    parts_size: Quantity = "8Gi"
    """Disk of a worker for parts: the one at work and the next, each with its answers."""
    slots: int = Field(default=1, ge=1, le=10)
    """Scorings at once; further ones wait in line."""
    max_parallel: int = Field(default=64, ge=1, le=256)
    """Most workers that one scoring may ask for."""
    retries: int = Field(default=3, ge=0, le=100)
    """How often a worker that failed begins again; an eviction costs none, and parts that are done stay done."""
    deadline_seconds: int = Field(default=86_400, ge=60)
    """A scoring ends by then."""
    keep_seconds: int = Field(default=86_400, ge=60)
    """How long an ended Job stays to be looked at."""
    service_account: ServiceAccount = ServiceAccount()
    """The identity of the pods."""
    resources: Resources = resources("200m", "768Mi", "1536Mi")
    """What each worker asks for and may use."""
