"""A registry with a real model, an object store with files, and workers as processes of their own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import pytest
from zoo import PENGUINS, read

from tablee.jobs.scoring import PartDone, ScoringRequest, Scorings, ScoringState
from tablee.models import bundle
from tablee.models.registry import CHAMPION, DIGEST, Registry
from tablee.settings import MlflowSettings, ObjectStoreSettings, S3Settings
from tablee.storage.locations import Locations
from tablee.storage.object_store import DirectoryStore, ObjectStore, S3Store
from tablee_controller.jobs.planning import Planner
from tablee_score.settings import ScoreSettings
from tablee_scoring import Model

T = TypeVar("T")
PATIENCE = 240.0
"""Seconds that anything may take; the start of a worker is seconds of work, on a busy machine a minute or two."""


@dataclass(frozen=True)
class Made:
    """A registered model."""

    url: str
    folder: Path
    model: Model


@pytest.fixture(scope="session")
def made(zoo: dict[tuple[str, str], Any], tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A registry whose model `penguins` predicts the species."""
    folder = tmp_path_factory.mktemp("a registry")
    trained = zoo["multiclass", "gbm"]
    digest = trained.bundle(folder / "made", contract=trained.contract.model_copy(update={"ignored": ("species",)}))
    source = folder / "artifacts"
    shutil.copytree(folder / "made", source / "artifacts" / "bundle")
    url = f"sqlite:///{folder}/mlflow.db"
    registry = Registry(MlflowSettings(url=url))
    tags = {DIGEST: digest}
    version = registry.register("penguins", source=str(source), run_id=secrets.token_hex(16), model_id=None, tags=tags)
    registry.set_alias("penguins", CHAMPION, version.version)
    assert bundle.verify(folder / "made", digest)
    return Made(url, folder, Model.load(folder / "made", digest))


def penguins(rows: int, seed: int) -> pl.DataFrame:
    """Real penguins, drawn with replacement; numbers as decimals, so that CSV and Parquet have the same values."""
    frame = read(PENGUINS).sample(rows, with_replacement=True, seed=seed)
    return frame.with_columns(pl.col(pl.Int64).cast(pl.Float64))


@dataclass
class Services:
    """An object store with scorings, and workers that run in this process or as processes of their own."""

    made: Made
    home: Path
    settings: ObjectStoreSettings
    store: ObjectStore
    lake: str = ""
    """A further bucket, if it is over an S3."""
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scorings = Scorings(self.store)
        self.locations = Locations(self.settings, self.store)

    def fill(self, count: int, rows: int, *, at: str = "inbox/", suffix: str = ".parquet", same: bool = False) -> None:
        """Put files at a place.

        :param same: the files have the same rows, which is quicker for many files.
        """
        place = self.locations.find(at)
        file = self.home / f"part{suffix}"
        for number in range(count):
            if number == 0 or not same:
                frame = penguins(rows, seed=number).select(*self.made.model.contract.names, "species")
                frame.write_parquet(file) if suffix == ".parquet" else frame.write_csv(file)
            place.store.put_file(f"{place.folder}part-{number:03}{suffix}", file)

    def ask(self, source: str = "inbox/", *, parallel: int = 1, **fields: Any) -> ScoringState:
        """As the controller does when it is asked to."""
        planner = Planner(Registry(MlflowSettings(url=self.made.url)), self.locations, max_parallel=16)
        request = ScoringRequest(model="penguins", source=source, parallel=parallel, **fields)
        return self.scorings.create(*planner.plan(request))

    def variables(self, scoring_id: str, worker: int) -> dict[str, str]:
        variables = {
            "TABLEE_SCORING_ID": scoring_id,
            "JOB_COMPLETION_INDEX": str(worker),
            "TABLEE_MLFLOW__URL": self.made.url,
            "TABLEE_CACHE": str(self.home / "cache"),
            "TABLEE_SCRATCH": str(self.home / "scratch"),
        }
        if self.settings.directory is not None:
            return variables | {"TABLEE_OBJECTS__DIRECTORY": str(self.settings.directory)}
        s3 = self.settings.s3
        assert s3 is not None
        return variables | {
            "TABLEE_OBJECTS__S3__ENDPOINT": str(s3.endpoint),
            "TABLEE_OBJECTS__S3__BUCKET": s3.bucket,
            "TABLEE_OBJECTS__S3__ACCESS_KEY": "key",
            "TABLEE_OBJECTS__S3__SECRET_KEY": "secret",
        }

    def worker_settings(self, scoring_id: str, worker: int = 0) -> ScoreSettings:
        return ScoreSettings.read(self.variables(scoring_id, worker))

    def start(self, scoring_id: str, worker: int = 0, **variables: str) -> subprocess.Popen[str]:
        """A worker as a process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TABLEE_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "tablee_score"],
            env=kept | self.variables(scoring_id, worker) | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        out, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err, err
        return process.returncode, out, err

    def run(self, scoring_id: str, worker: int = 0) -> tuple[int, str, str]:
        return self.ended(self.start(scoring_id, worker))

    def until(self, condition: Callable[[], T], process: subprocess.Popen[str]) -> T:
        """Wait for a condition while the process runs."""
        end = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(0.01)  # between looks at a condition, never instead of one
        return value

    def markers(self, scoring_id: str) -> dict[int, PartDone]:
        return {number: self.scorings.marker(scoring_id, number) for number in self.scorings.done(scoring_id)}

    def outputs(self, state: ScoringState) -> dict[str, bytes]:
        """The outputs by name."""
        place = self.locations.find(state.request.target or "")
        return {key.removeprefix(place.folder): place.store.get(key) for key in place.store.list(place.folder)}

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def services(made: Made, tmp_path: Path) -> Iterator[Services]:
    """Over a directory."""
    settings = ObjectStoreSettings(directory=tmp_path / "mes objets")
    services = Services(made, tmp_path, settings, DirectoryStore(tmp_path / "mes objets"))
    yield services
    services.close()


@pytest.fixture
def s3_yard(made: Made, tmp_path: Path) -> Iterator[Services]:
    """Over an S3 with a bucket and a lake of its own: moto's are those of the whole process, so their names are new."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = f"tablee-{secrets.token_hex(4)}"
    s3 = S3Settings(endpoint=f"http://{host}:{port}", bucket=bucket, access_key="key", secret_key="secret")
    store = S3Store(s3)
    services = Services(made, tmp_path, ObjectStoreSettings(s3=s3), store, lake=f"{bucket}-lake")
    for name in (bucket, services.lake):
        store._client.create_bucket(Bucket=name)
    yield services
    services.close()
    server.stop()
