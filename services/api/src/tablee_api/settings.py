"""The settings of the API process."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from tablee.datasets.names import Name
from tablee.errors.unfit import Unfit
from tablee.settings import Settings

MIB = 1 << 20


class ApiSettings(Settings):
    """What an API process serves, where it listens, and its limits."""

    pins: dict[Name, PositiveInt] = Field(default_factory=dict)
    """Model versions to serve, as a JSON object (`{"penguins": 3}`); empty before the first model."""
    default_model: Name | None = None
    """Model behind `POST /predict`; the first pin when left out."""
    cache: Path = Path(".tablee/cache")
    """Directory of verified bundles, so that a start needs neither a download nor the registry."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one and logs it."""
    listen_fd: int | None = Field(None, ge=3)
    """File descriptor of a listening socket inherited from the parent process, instead of `host` and `port`.
    It may be shared with other processes, therefore nothing is accepted on it before this one is ready."""
    admin_host: str = "127.0.0.1"
    """Address of the admin port."""
    admin_port: int | None = Field(None, ge=0, le=65535)
    """Port with only the health, readiness and metrics of this process; none when left out."""

    max_body_bytes: int = Field(64 * MIB, ge=1024)
    """Largest body of one request."""
    max_stream_bytes: int = Field(4 << 30, ge=1024)
    """Largest body of a stream (Arrow or NDJSON) in bytes, and the limit of all such bodies on the disk together; the
    answers are not counted."""
    max_answer_bytes: int = Field(4 << 30, ge=1024)
    """Limit of all answers to streams on the disk together, in bytes; a stream whose answer does not fit gets status
    507."""
    max_held_bytes: int = Field(256 * MIB, ge=1024)
    """Limit of all bodies in memory together, in bytes."""
    max_json_rows: PositiveInt = 5000
    """Most rows of a request or an answer in JSON; CSV has no limit of rows."""
    max_explained_rows: PositiveInt = 200
    """Most rows of a request that asks for explanations."""
    max_in_flight: PositiveInt = 512
    """Most prediction requests that are processed at the same time; further ones get status 503 immediately."""
    threads: int = Field(2, ge=1, le=64)
    """Threads that score large requests; small ones never wait for them."""
    max_queue: int = Field(32, ge=0)
    """Most large requests that wait for a thread; further ones get status 503 immediately."""
    queue_seconds: float = Field(5.0, gt=0)
    """Longest wait for a thread or in a queue; after it the request gets status 503."""
    shadow_share: float = Field(0.0, ge=0, le=1)
    """Share of the rows, 0 to 1, that a challenger predicts in the background, to be compared with its champion."""
    jvm_heap: str = Field("512m", pattern=r"^[1-9][0-9]*[mg]$")
    """Java heap, such as `512m` or `2g`."""

    idle_seconds: int = Field(120, ge=1)
    """An idle keep-alive connection is closed after this time. It is longer than the idle time of common proxies and
    clients (60 to 90 seconds), so that they close the connection first."""
    grace_seconds: float = Field(2.0, ge=0)
    """After SIGTERM, how long idle connections stay open; a request on one is answered with `Connection: close`."""
    drain_seconds: int = Field(25, ge=1)
    """Longest wait for requests in flight after `grace_seconds`."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.default_model is not None and self.pins and self.default_model not in self.pins:
            raise Unfit("default_among_pins", model=self.default_model)
        if self.max_held_bytes < self.max_body_bytes:
            raise Unfit("held_above_body", limit=self.max_body_bytes)
        return self
