"""The registry on Kubernetes."""

from __future__ import annotations

from typing import Any

import pytest
from charts.chart import NAMESPACE, Object, Refused, environment, render, template_of
from mlflow.server.security_utils import is_allowed_host_header


def server(objects: tuple[Object, ...]) -> Any:
    return template_of(objects, "mlflow")["spec"]["containers"][0]


def hosts(objects: tuple[Object, ...]) -> list[str]:
    argument = next(word for word in server(objects)["args"] if word.startswith("--allowed-hosts="))
    return argument.removeprefix("--allowed-hosts=").replace("$(POD_IP)", "10.2.3.4").split(",")


@pytest.mark.parametrize(
    "host",
    [
        "tablee-mlflow:5000",
        "tablee-mlflow",
        f"tablee-mlflow.{NAMESPACE}:5000",
        f"tablee-mlflow.{NAMESPACE}.svc:5000",
        f"tablee-mlflow.{NAMESPACE}.svc.cluster.local:5000",
        "10.2.3.4:5000",
        "localhost:15000",
        "mlflow.example.com",
        "mlflow.internal",
    ],
)
def test_it_answers_to_its_names(host: str) -> None:
    """MLflow's own code decides."""
    assert is_allowed_host_header(hosts(render("full")), host)


@pytest.mark.parametrize("host", ["evil.example.com", "10.2.3.5:5000", "tablee-mlflow.elsewhere:5000"])
def test_it_answers_to_no_others(host: str) -> None:
    assert not is_allowed_host_header(hosts(render("full")), host)


@pytest.mark.parametrize("replicas", [1, 2, 5])
@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("allowed", [50, 100, 500])
def test_its_pools_fit_the_database(replicas: int, workers: int, allowed: int) -> None:
    """Two stores in each worker and in the process that starts them, each with a pool."""
    changes = {"mlflow": {"replicas": replicas, "workers": workers}, "postgres": {"maxConnections": allowed}}
    pools = replicas * (workers + 1) * 2
    if pools * 2 > allowed - 10:
        with pytest.raises(Refused, match=r"raise postgres\.maxConnections"):
            render(changes=changes)
        return
    objects = render(changes=changes)
    variables = environment(server(objects))
    size, overflow = (int(variables[f"MLFLOW_SQLALCHEMYSTORE_{name}"]) for name in ("POOL_SIZE", "MAX_OVERFLOW"))
    assert min(size, overflow) >= 1, "MLflow reads 0 as: not set"
    assert pools * (size + overflow) <= allowed - 10
    postgres = template_of(objects, "postgres")["spec"]["containers"][0]
    assert f"max_connections={allowed}" in postgres["args"]


def test_the_schema_is_migrated_before_it_starts() -> None:
    migration = template_of(render(), "mlflow")["spec"]["initContainers"][0]
    assert migration["args"][:2] == ["db", "upgrade"]
    assert environment(migration)["MLFLOW_BACKEND_STORE_URI"] == "postgresql+psycopg://tablee-postgres:5432/"


def test_an_external_database_is_asked_for_by_name_and_without_a_password_in_its_address() -> None:
    variables = environment(server(render("external")))
    assert variables["MLFLOW_BACKEND_STORE_URI"] == "postgresql+psycopg://postgres.example.com:5432/"
    assert (variables["PGDATABASE"], variables["PGSSLMODE"]) == ("mlflow", "require")


def test_artefacts_are_written_directly_to_the_object_store() -> None:
    assert "--no-serve-artifacts" in server(render())["args"]
    assert "--default-artifact-root=s3://tablee/mlflow" in server(render())["args"]
