"""Values of the object store."""

from __future__ import annotations

from pydantic import Field

from chart_values.blocks import Block, Component, Image, Persistence, Resources, resources


class ExternalStore(Block):
    """Your own S3. Without Secrets, pods use the identity of their service accounts."""

    endpoint: str = Field(default="", pattern=r"^(https?://[^/]+)?$")
    """URL of the store; AWS's own when empty."""
    existing_secret: str = ""
    """Secret with `access-key` and `secret-key` for all components."""


class ClientSecrets(Block):
    """Secrets with `access-key` and `secret-key`, one for each client; they take precedence over a common one."""

    api: str = ""
    """Login of the API."""
    controller: str = ""
    """Login of the controller."""
    train: str = ""
    """Login of trainings."""
    score: str = ""
    """Login of scorings."""
    h2o: str = Field(default="", alias="h2o")
    """Login of H2O's nodes, which read large training data; it needs no more (`infra/minio/policies/h2o.json`)."""
    mlflow: str = ""
    """Login of MLflow."""


class Minio(Component):
    """MinIO for trials: one pod, one volume. Use `external` for data that must last."""

    enabled: bool = True
    """Run the bundled one; otherwise `external` is used."""
    external: ExternalStore = ExternalStore()
    """Your own object store."""
    image: Image = Image(repository="tablee/minio")
    """Image."""
    bucket: str = Field(default="tablee", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    """Bucket of all objects; an external one must exist."""
    region: str = "us-east-1"
    """Region of the bucket."""
    persistence: Persistence = Persistence(size="10Gi")
    """Volume."""
    existing_secret: str = ""
    """Secret with `root-user` and `root-password` of the bundled one; generated and kept when empty."""
    client_secrets: ClientSecrets = ClientSecrets()
    """Logins of the clients; for the bundled one generated and kept when empty."""
    resources: Resources = resources("50m", "192Mi", "512Mi")
    """What the container asks for and may use."""
