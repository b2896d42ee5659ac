"""Values of the database."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from chart_values.blocks import Block, Component, Image, Persistence, Port, Resources, resources


class ExternalDatabase(Block):
    """Your own PostgreSQL."""

    host: str = ""
    """Host name."""
    port: Port = 5432
    """Port."""
    database: str = "mlflow"
    """Database; it must exist, empty or with MLflow's tables."""
    sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "require"
    """How the connection is encrypted."""
    existing_secret: str = ""
    """Secret with `username` and `password`."""


class Postgres(Component):
    """PostgreSQL for trials: one pod, one volume, no backup. Use `external` for data that must last."""

    enabled: bool = True
    """Run the bundled one; otherwise `external` is used."""
    external: ExternalDatabase = ExternalDatabase()
    """Your own database."""
    image: Image = Image(repository="postgres", tag="15")
    """Image."""
    max_connections: int = Field(default=100, ge=10, le=10_000)
    """Most connections that the server allows, bundled or external; MLflow's pools are sized to fit."""
    reserved_connections: int = Field(default=10, ge=0, le=1000)
    """Connections that MLflow leaves free for backups, metrics and administrators."""
    persistence: Persistence = Persistence(size="5Gi")
    """Volume."""
    existing_secret: str = ""
    """Secret with `username`, `password` and `database` for the bundled one; generated and kept when empty."""
    resources: Resources = resources("50m", "128Mi", "512Mi")
    """What the container asks for and may use."""
