"""Settings of the UI process."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tablee.settings import Settings


class UiSettings(Settings):
    """What the UI knows."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(8501, ge=1, le=65535)
    """Port to listen on."""
    controller_url: str = "http://127.0.0.1:8080"
    """Where the controller is, as seen from this process."""
    api_url: str = "http://127.0.0.1:8000"
    """Where the API is, as seen from this process."""
    max_upload_mb: int = Field(200, ge=1, le=10_000)
    """Largest file a person can send, in megabytes (2**20 bytes)."""
    language: Literal["fr", "en"] = "en"
    """Language for browsers that ask for neither French nor English."""
    timeout_seconds: float = Field(60.0, gt=0)
    """Limit of one call to the API or the controller; health checks have a shorter one."""
