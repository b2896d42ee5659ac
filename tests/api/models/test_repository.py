"""Which versions are served, and when a process is ready: with a real registry, real bundles and real errors."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tablee.errors import ModelNotFound, ModelNotReady, RegistryUnavailable
from tablee.models.registry import CHAMPION, Registry
from tablee.settings import MlflowSettings
from tablee_api.models import warm_up
from tablee_api.models.repository import Backoff, ModelRepository


@contextmanager
def repository(url: str, pins: dict[str, int], cache: Path, **options: Any) -> Iterator[ModelRepository]:
    options.setdefault("registry", lambda: Registry(MlflowSettings(url=url)))
    opened = ModelRepository(pins, cache=cache, warm=warm_up.run, backoff=Backoff(0.01, 0.05), **options)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()


@pytest.fixture
def nowhere() -> Iterator[str]:
    """A URL at which no server answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_an_empty_registry_needs_no_pins(model_registry: Any, tmp_path: Path, until: Any) -> None:
    with repository(model_registry.url, {}, tmp_path) as opened:
        opened.ready.result(20)
        assert str(opened.state.reason) == "there is no model to serve yet"
        for name in (None, "penguins"):
            with pytest.raises(ModelNotReady, match="no model is served yet"):
                opened.get(name)


def test_a_champion_that_is_not_pinned_is_waited_for(
    model_registry: Any, bundles: Any, tmp_path: Path, until: Any
) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory)
    with repository(model_registry.url, {}, tmp_path) as opened:
        until(lambda: "champions: penguins" in str(opened.state.reason))
        assert opened.state.status == "starting"
        model_registry.registry.remove_alias("penguins", CHAMPION)
        opened.ready.result(20)


def test_without_pins_and_registry_it_is_unknown_whether_there_is_a_champion(
    nowhere: str, tmp_path: Path, until: Any
) -> None:
    with repository(nowhere, {}, tmp_path) as opened:
        until(lambda: "does not answer" in str(opened.state.reason))
        assert opened.state.status == "starting"


def test_the_first_champion_does_not_make_ready_processes_unready(
    model_registry: Any, bundles: Any, tmp_path: Path
) -> None:
    with repository(model_registry.url, {}, tmp_path) as opened:
        opened.ready.result(20)
        model_registry.register("penguins", bundles["binary-glm"].directory)
        opened.stop()  # its current step has ended
        assert opened.state.status == "ready"


def test_a_champion_of_somebody_else_is_not_waited_for(model_registry: Any, bundles: Any, tmp_path: Path) -> None:
    model_registry.register("theirs", bundles["binary-glm"].directory, tagged=False)
    with repository(model_registry.url, {}, tmp_path) as opened:
        opened.ready.result(20)
        assert str(opened.state.reason) == "there is no model to serve yet"


def test_pinned_models_in_their_order(model_registry: Any, bundles: Any, tmp_path: Path) -> None:
    for name in ("second", "first"):
        model_registry.register(name, bundles["binary-glm"].directory)
    with repository(model_registry.url, {"first": 1, "second": 1}, tmp_path) as opened:
        opened.ready.result(20)
        assert list(opened.served) == ["first", "second"]
        assert str(opened.state.reason) == "first version 1, second version 1"
        assert opened.get(None) is opened.get("first")
        with pytest.raises(ModelNotFound) as caught:
            opened.get("third")
        assert "first, second" in caught.value.hint
    with repository(model_registry.url, {"first": 1, "second": 1}, tmp_path, default="second") as opened:
        opened.ready.result(20)
        assert opened.get(None).name == "second"


def test_a_version_that_is_not_there_is_named(model_registry: Any, bundles: Any, tmp_path: Path, until: Any) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory)
    with repository(model_registry.url, {"penguins": 9}, tmp_path) as opened:
        until(lambda: opened.state.status == "failed")
        assert str(opened.state.reason).startswith("penguins version 9: there is no model")
        with pytest.raises(ModelNotReady, match="version 9"):
            opened.get(None)


def test_a_version_without_a_digest_is_refused(model_registry: Any, bundles: Any, tmp_path: Path, until: Any) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory, tagged=False)
    with repository(model_registry.url, {"penguins": 1}, tmp_path) as opened:
        until(lambda: opened.state.status == "failed")
        assert "the registry has no digest of it" in str(opened.state.reason)


def test_a_damaged_bundle_is_never_served_and_may_be_mended(
    model_registry: Any, bundles: Any, tmp_path: Path, until: Any
) -> None:
    model_registry.register("sound", bundles["binary-glm"].directory)
    model_registry.register("damaged", bundles["binary-gbm"].directory)
    mojo = model_registry.bundle_path("damaged", 1) / "mojo.zip"
    whole = mojo.read_bytes()
    mojo.write_bytes(whole[:-1])
    with repository(model_registry.url, {"damaged": 1, "sound": 1}, tmp_path) as opened:
        until(lambda: opened.state.status == "failed" and "sound" in opened.served)
        assert str(opened.state.reason) == "damaged version 1: mojo.zip is not the file that training wrote"
        assert not opened.ready.done()
        assert opened.get("sound").version == 1
        mojo.write_bytes(whole)
        opened.ready.result(20)
        assert list(opened.served) == ["damaged", "sound"]


def test_a_model_that_misses_its_golden_rows_is_not_served(
    model_registry: Any, bundles: Any, tmp_path: Path, until: Any
) -> None:
    made = bundles["binary-gbm"]
    scores = made.trained.model.score(made.trained.background).copy()
    scores[7, 0] += 1e-9
    made.trained.bundle(tmp_path / "bundle", contract=made.contract, scores=scores)
    model_registry.register("penguins", tmp_path / "bundle")
    with repository(model_registry.url, {"penguins": 1}, tmp_path / "cache") as opened:
        until(lambda: opened.state.status == "failed")
        assert "golden row 8" in str(opened.state.reason)


def test_a_model_that_cannot_predict_its_examples_is_not_served(
    model_registry: Any, bundles: Any, tmp_path: Path, until: Any
) -> None:
    made = bundles["binary-gbm"]
    wrong = made.contract.model_copy(update={"examples": ({"island": "Dream"},)})
    made.trained.bundle(tmp_path / "bundle", contract=wrong)
    model_registry.register("penguins", tmp_path / "bundle")
    with repository(model_registry.url, {"penguins": 1}, tmp_path / "cache") as opened:
        until(lambda: opened.state.status == "failed")
        assert "cannot predict its own example rows" in str(opened.state.reason)


def test_the_cache_serves_while_the_registry_is_down(
    model_registry: Any, bundles: Any, tmp_path: Path, nowhere: str, until: Any
) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory)
    with repository(model_registry.url, {"penguins": 1}, tmp_path) as opened:
        opened.ready.result(20)
    with repository(nowhere, {"penguins": 1}, tmp_path) as opened:
        opened.ready.result(60)
        assert opened.get(None).digest == bundles["binary-glm"].digest
    (cached,) = tmp_path.iterdir()
    (cached / "contract.json").write_text("{}")
    with repository(nowhere, {"penguins": 1}, tmp_path) as opened:
        until(lambda: "does not answer" in str(opened.state.reason), 60)
        assert not opened.served


def test_a_cached_bundle_of_another_digest_is_not_served(
    bundles: Any, tmp_path: Path, nowhere: str, until: Any
) -> None:
    shutil.copytree(bundles["binary-glm"].directory, tmp_path / "penguins-1-0123456789ab")
    with repository(nowhere, {"penguins": 1}, tmp_path) as opened:
        until(lambda: "does not answer" in str(opened.state.reason), 60)
        assert not opened.served


def test_a_registry_that_comes_back_is_found(model_registry: Any, bundles: Any, tmp_path: Path) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory)
    attempts: list[int] = []

    def late() -> Registry:
        attempts.append(1)
        if len(attempts) < 3:
            raise RegistryUnavailable("not yet")
        return Registry(MlflowSettings(url=model_registry.url))

    with repository(model_registry.url, {"penguins": 1}, tmp_path, registry=late) as opened:
        opened.ready.result(30)
    assert len(attempts) == 3


def test_an_unexpected_error_is_reported_and_not_final(model_registry: Any, bundles: Any, tmp_path: Path) -> None:
    model_registry.register("penguins", bundles["binary-glm"].directory)
    faults: list[Exception] = [ZeroDivisionError("nobody thought of that")]

    def warm(served: object) -> None:
        if faults:
            raise faults.pop()

    opened = ModelRepository(
        {"penguins": 1},
        registry=lambda: Registry(MlflowSettings(url=model_registry.url)),
        cache=tmp_path,
        warm=warm,
        backoff=Backoff(0.01, 0.05),
    )
    opened.start()
    opened.ready.result(20)
    opened.stop()


def test_pauses_grow_to_the_longest() -> None:
    backoff = iter(Backoff(1, 5))
    assert [next(backoff) for _ in range(5)] == [1, 2, 4, 5, 5]


def test_readiness_over_http(model_registry: Any, bundles: Any, tmp_path: Path, start_api: Callable[..., Any]) -> None:
    with start_api(model_registry, {}, tmp_path) as running:
        assert running.client.get("/healthz").json() == {"status": "ok"}
        ready = running.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        for path in ("/predict", "/models/penguins/predict"):
            refused = running.client.post(path, json={"row": {}})
            assert (refused.status_code, refused.json()["code"]) == (503, "model_not_ready")
            assert refused.headers["retry-after"].isdigit()
        assert running.client.get("/models").json() == {"models": []}
        assert "/predict" in running.client.get("/openapi.json").json()["paths"]
