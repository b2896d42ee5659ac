"""The registry over MLflow's real store, and promotions over it; the registry in memory that other tests use."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from memory_registry import MemoryRegistry

from tablee.errors import BundleCorrupt, Conflict, ModelNotFound, RegistryUnavailable
from tablee.models import bundle
from tablee.models.promotion import AliasRegistry, Kind, Promotions
from tablee.models.registry import CHALLENGER, CHAMPION, ROLLOUT, Registry
from tablee.settings import MlflowSettings
from tablee.storage.object_store import DirectoryStore


def test_versions_and_aliases(registry: Registry, publish, request) -> None:  # type: ignore[no-untyped-def]
    first, second = publish("alpha"), publish("alpha")
    assert [info.version for info in registry.versions("alpha")] == [second, first] == [2, 1]
    assert registry.champion("alpha") is None
    registry.set_alias("alpha", CHAMPION, first)
    champion = registry.champion("alpha")
    assert champion is not None
    assert (champion.version, champion.aliases) == (1, (CHAMPION,))
    assert next(model for model in registry.models() if model.name == "alpha").champion == 1
    registry.tag("alpha", 1, ROLLOUT, "failed: golden rows differ")
    assert registry.version("alpha", 1).failed == "golden rows differ"
    assert registry.version("alpha", 1).to_dict()["aliases"] == [CHAMPION]


def test_a_run_registers_once(registry: Registry, publish) -> None:  # type: ignore[no-untyped-def]
    info = registry.version("beta", publish("beta"))
    again = registry.register("beta", source=info.source, run_id=info.run_id, model_id=None, tags={})
    assert again.version == info.version


def test_a_bundle_is_fetched_once_and_verified(registry: Registry, publish, bundled: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    info = registry.version("gamma", publish("gamma"))
    folder = registry.fetch(info, tmp_path / "cache dir")
    assert bundle.verify(folder, info.digest)
    before = folder.stat().st_mtime_ns
    assert registry.fetch(info, tmp_path / "cache dir") == folder
    assert folder.stat().st_mtime_ns == before
    (folder / bundle.MOJO).write_bytes(b"damaged")
    assert bundle.verify(registry.fetch(info, tmp_path / "cache dir"), info.digest)


def test_a_bundle_that_is_not_the_registered_one_is_refused(registry: Registry, publish, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    info = registry.version("delta", publish("delta"))
    registry.tag("delta", info.version, "tablee.digest", "0" * 64)
    with pytest.raises(BundleCorrupt):
        registry.fetch(registry.version("delta", info.version), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_is_not_there(registry: Registry) -> None:
    assert registry.champion("nobody") is None
    with pytest.raises(ModelNotFound):
        registry.versions("nobody")
    with pytest.raises(ModelNotFound):
        registry.version("nobody", 1)


def test_an_absent_server_is_an_error_of_ours() -> None:
    registry = Registry(MlflowSettings(url="http://127.0.0.1:9", timeout_seconds=1))
    with pytest.raises(RegistryUnavailable, match=r"127\.0\.0\.1:9"):
        registry.models()


@pytest.fixture(params=["mlflow", "memory"])
def aliased(request: pytest.FixtureRequest) -> tuple[AliasRegistry, Callable[[str], int]]:
    """A registry as promotions use it, and how a version of a model is registered in it."""
    if request.param == "memory":
        registry = MemoryRegistry()
        return registry, registry.add
    return request.getfixturevalue("registry"), request.getfixturevalue("publish")


def test_versions_aliases_and_tags_of_each_registry(aliased: tuple[AliasRegistry, Callable[[str], int]]) -> None:
    registry, add = aliased
    assert registry.champion("one") is None
    assert [add("one"), add("one"), add("other")] == [1, 2, 1]
    assert registry.champion("one") is None
    registry.set_alias("one", CHAMPION, 1)
    registry.set_alias("one", CHALLENGER, 2)
    registry.set_alias("one", CHAMPION, 2)
    assert registry.version("one", 1).aliases == ()
    assert registry.version("one", 2).aliases == (CHALLENGER, CHAMPION)
    champion = registry.champion("one")
    assert champion is not None
    assert (champion.version, champion.aliases) == (2, (CHALLENGER, CHAMPION))
    assert registry.champion("other") is None
    registry.tag("one", 1, ROLLOUT, "failed: corrupt")
    assert (registry.version("one", 1).failed, registry.version("one", 2).failed) == ("corrupt", None)
    registry.tag("one", 1, ROLLOUT, "")
    assert registry.version("one", 1).failed is None
    registry.remove_alias("one", CHALLENGER)
    assert registry.version("one", 2).aliases == (CHAMPION,)
    for name, version in (("one", 3), ("nobody", 1)):
        with pytest.raises(ModelNotFound, match=f"there is no model “{name} version {version}”"):
            registry.version(name, version)


def test_promotions_over_mlflow(registry: Registry, publish, store: DirectoryStore) -> None:  # type: ignore[no-untyped-def]
    promotions = Promotions(registry, store)
    for _ in range(3):
        promotions.promote("epsilon", publish("epsilon"), by="ana", reason="looks good")
    assert [record.epoch for record in promotions.history("epsilon")] == [3, 2, 1]
    registry.tag("epsilon", 2, ROLLOUT, "failed: corrupt")
    assert promotions.before("epsilon") == 1
    promotions.promote("epsilon", 2, by="ana", reason="try again")
    assert registry.version("epsilon", 2).failed is None
    assert promotions.roll_back("epsilon", by="ana", reason="").version == 3
    with pytest.raises(Conflict, match="version 3 by now"):
        promotions.promote("epsilon", 2, by="gate", reason="better", kind=Kind.GATE, over=None)
    registry.set_alias("epsilon", CHAMPION, 1)
    observed = promotions.observe("epsilon")
    assert observed is not None
    assert (observed.kind, observed.version, observed.previous) == (Kind.OBSERVED, 1, 3)
    with pytest.raises(ModelNotFound):
        promotions.promote("epsilon", 9, by="ana", reason="")


def test_racing_promotions_lose_no_record(registry: Registry, publish, store: DirectoryStore) -> None:  # type: ignore[no-untyped-def]
    promotions = Promotions(registry, store)
    versions = [publish("zeta") for _ in range(4)]
    won: list[int] = []
    start = threading.Barrier(len(versions))

    def race(version: int) -> None:
        start.wait()
        with contextlib.suppress(Conflict):
            won.append(promotions.promote("zeta", version, by="race", reason="").epoch)

    threads = [threading.Thread(target=race, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = promotions.history("zeta")
    assert sorted(won) == [record.epoch for record in history[::-1]] == list(range(1, len(won) + 1))
    champion = registry.champion("zeta")
    assert champion is not None
    assert champion.version == history[0].version
