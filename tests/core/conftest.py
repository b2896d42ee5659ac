from __future__ import annotations

from pathlib import Path

import pytest

from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.models.registry import DIGEST, Registry
from tablee.settings import MlflowSettings
from tablee.storage.object_store import DirectoryStore


@pytest.fixture
def contract() -> Contract:
    return Contract(
        model="clients",
        columns=(
            NumberColumn(name="âge moyen", minimum=0, maximum=9),
            CategoryColumn(name="ville", levels=("Lyon", "Paris")),
        ),
        target=Target(name="parti", problem_type=ProblemType.BINARY, classes=("non", "oui")),
        threshold=0.5,
    )


@pytest.fixture
def golden() -> Golden:
    return Golden({"âge moyen": [0.1, None], "ville": ["Lyon", None]}, [[0.25, 0.75], [1 / 3, 2 / 3]])


@pytest.fixture
def bundled(tmp_path: Path, contract: Contract, golden: Golden) -> Path:
    (tmp_path / "model.zip").write_bytes(b"not read here")
    folder = tmp_path / "un bundle"
    bundle.write(folder, mojo=tmp_path / "model.zip", contract=contract, golden=golden, algorithm="gbm", version="1")
    return folder


@pytest.fixture(scope="module")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """MLflow's own store on SQLite, in process."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"


@pytest.fixture
def registry(mlflow_url: str) -> Registry:
    return Registry(MlflowSettings(url=mlflow_url))


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects")


class Publisher:
    """Registers versions of a model from a bundle directory, as training does."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self.registry, self.folder = registry, folder
        self.count = 0

    def __call__(self, name: str) -> int:
        import mlflow

        self.count += 1
        digest = bundle.verify(self.folder).digest
        client = self.registry._client
        experiments = client.search_experiments(filter_string="name = 'tests'")
        experiment = (
            experiments[0].experiment_id
            if experiments
            else client.create_experiment("tests", artifact_location=str(self.folder.parent / "runs"))
        )
        run = client.create_run(experiment)
        mlflow.set_tracking_uri(self.registry.url)
        client.log_artifacts(run.info.run_id, str(self.folder), "model/artifacts/bundle")
        source = f"{run.info.artifact_uri}/model"
        info = self.registry.register(name, source=source, run_id=run.info.run_id, model_id=None, tags={DIGEST: digest})
        return info.version


@pytest.fixture
def publish(registry: Registry, bundled: Path) -> Publisher:
    return Publisher(registry, bundled)
