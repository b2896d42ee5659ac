"""The registry over MLflow's real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.errors import BundleCorrupt, ModelNotFound, RegistryUnavailable
from tablee.models import bundle
from tablee.models.registry import CHAMPION, ROLLOUT, Registry
from tablee.settings import MlflowSettings


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
