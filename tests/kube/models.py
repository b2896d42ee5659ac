"""The registry of the release: what H2O itself predicts with a version, and broken versions that must never serve."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import numpy as np
from repository import PENGUINS

from kube.release import Release, Seen
from kube.tools import forwarded
from tablee.models import bundle
from tablee.models.registry import BUNDLE_PATH, DIGEST, Registry, VersionInfo
from tablee.models.validation.rows import RowValidator
from tablee.settings import MlflowSettings
from tablee_scoring.encoder import Encoder
from tablee_scoring.mojo import Mojo

Fault = Literal["corrupt", "wrong digest", "golden rows"]
FAULTS: tuple[Fault, ...] = ("corrupt", "wrong digest", "golden rows")


@contextmanager
def registry_of(release: Release) -> Iterator[Registry]:
    """MLflow and the object store behind it, through port-forwards, with the object store's own root login."""
    with (
        forwarded(release.namespace, f"svc/{release.named('mlflow')}", 5000) as mlflow,
        forwarded(release.namespace, f"svc/{release.named('minio')}", 9000) as minio,
        patch.dict(
            os.environ,
            {
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{minio}",
                "MLFLOW_S3_ENDPOINT_URL": f"http://127.0.0.1:{minio}",
                "AWS_ACCESS_KEY_ID": release.secret("minio", "root-user"),
                "AWS_SECRET_ACCESS_KEY": release.secret("minio", "root-password"),
                "AWS_REGION": "us-east-1",
            },
        ),
    ):
        yield Registry(MlflowSettings(url=f"http://127.0.0.1:{mlflow}"))


def check_answers(release: Release, model: str, rows: list[dict[str, Any]], seen: Seen) -> None:
    """Every answer is, bit for bit, what H2O's own `score0` gives for the version that the answer names."""
    with registry_of(release) as registry, tempfile.TemporaryDirectory() as folder:
        for version in seen.versions:
            wanted = _by_h2o(registry, model, version, rows, Path(folder))
            for number in range(len(rows)):
                answers = seen.answers.get(f"{version}/{number}", [])
                assert len(answers) <= 1, f"version {version} gave row {number} different answers: {answers}"
                for answer in answers:
                    assert list(answer["probabilities"].values()) == wanted[number], (version, number, answer)


def _by_h2o(registry: Registry, model: str, version: int, rows: list[dict[str, Any]], folder: Path) -> Any:
    path = registry.fetch(registry.version(model, version), folder)
    contract, mojo = bundle.read_contract(path), Mojo(path / bundle.MOJO)
    columns = {name: [row[name] for row in rows] for name in contract.names}
    block = RowValidator(contract).columns(columns, len(rows))
    matrix = Encoder(contract, mojo.features, mojo.domains).matrix(block)
    return np.asarray(mojo.answers_by_h2o(matrix))[:, 1:].tolist()


def register_broken(registry: Registry, good: VersionInfo, fault: Fault) -> int:
    """Register a version that looks like a good one but for one fault; returns its number."""
    with tempfile.TemporaryDirectory() as folder:
        fetched = registry.fetch(good, Path(folder) / "cache")
        broken = Path(folder) / "bundle"
        digest = _break(fetched, broken, fault)
        return _register(registry, good, broken, digest)


def _break(good: Path, broken: Path, fault: Fault) -> str:
    digest = bundle.verify(good).digest
    if fault == "golden rows":
        contract = bundle.read_contract(good)
        golden = bundle.read_golden(good, contract)
        scores = [[score * 0.5 for score in row] for row in golden.scores]
        manifest = bundle.verify(good)
        return bundle.write(
            broken,
            mojo=good / bundle.MOJO,
            contract=contract,
            golden=bundle.Golden(golden.rows, scores),
            algorithm=manifest.algorithm,
            version=manifest.engine_version,
        )
    shutil.copytree(good, broken)
    if fault == "wrong digest":
        return "0" * 64
    mojo = broken / bundle.MOJO
    content = bytearray(mojo.read_bytes())
    content[len(content) // 2] ^= 0xFF
    mojo.write_bytes(content)
    return digest


def _register(registry: Registry, good: VersionInfo, broken: Path, digest: str) -> int:
    from mlflow.tracking import MlflowClient

    client = MlflowClient(registry.url, registry_uri=registry.url)
    experiment = client.get_run(good.run_id).info.experiment_id
    run = client.create_run(experiment, run_name="broken")
    client.log_artifacts(run.info.run_id, str(broken), f"broken/{BUNDLE_PATH}")
    client.set_terminated(run.info.run_id)
    made = registry.register(
        good.model,
        source=f"{run.info.artifact_uri}/broken",
        run_id=run.info.run_id,
        model_id=None,
        tags=good.tags | {DIGEST: digest},
    )
    return made.version


def rows_of(release: Release, model: str, count: int = 40) -> list[dict[str, Any]]:
    """Rows of penguins, with the columns that the model reads."""
    import polars as pl

    contract = release.api("GET", f"/models/{model}")["contract"]
    names = [column["name"] for column in contract["columns"]]
    numbers = {column["name"] for column in contract["columns"] if column["kind"] == "number"}
    penguins = pl.read_csv(PENGUINS, null_values="NA", infer_schema_length=None)
    drawn = penguins.sample(count, seed=1).select(names).to_dicts()
    return [{name: float(v) if name in numbers and v is not None else v for name, v in row.items()} for row in drawn]
