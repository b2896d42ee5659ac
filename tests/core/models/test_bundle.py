"""Bundles: what was written comes back, what was touched is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tablee.errors import BundleCorrupt
from tablee.models import bundle
from tablee.models.bundle import Golden
from tablee.models.contract import Contract


def test_a_bundle_comes_back(bundled: Path, contract: Contract, golden: Golden) -> None:
    manifest = bundle.verify(bundled)
    assert bundle.verify(bundled, manifest.digest) == manifest
    assert bundle.read_contract(bundled) == contract
    assert bundle.read_golden(bundled, contract) == golden


def test_nan_and_none_are_the_same_missing_value(tmp_path: Path, contract: Contract) -> None:
    (tmp_path / "m").write_bytes(b"")
    golden = Golden({"âge moyen": [math.nan, None], "ville": ["Lyon", None]}, [[0.0, 1.0], [0.0, 1.0]])
    bundle.write(tmp_path / "b", mojo=tmp_path / "m", contract=contract, golden=golden, algorithm="glm", version="1")
    assert bundle.read_golden(tmp_path / "b", contract).rows["âge moyen"] == [None, None]


@pytest.mark.parametrize("name", [bundle.MOJO, bundle.CONTRACT, bundle.GOLDEN])
def test_a_changed_file_is_refused(bundled: Path, name: str) -> None:
    content = bytearray((bundled / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundled / name).write_bytes(content)
    with pytest.raises(BundleCorrupt, match=name):
        bundle.verify(bundled)


@pytest.mark.parametrize("name", [bundle.MOJO, bundle.CONTRACT, bundle.GOLDEN, bundle.MANIFEST])
def test_a_lost_file_is_refused(bundled: Path, name: str) -> None:
    (bundled / name).unlink()
    with pytest.raises(BundleCorrupt):
        bundle.verify(bundled)


def test_another_bundle_is_refused(bundled: Path) -> None:
    with pytest.raises(BundleCorrupt, match="the registry has 0000"):
        bundle.verify(bundled, "0" * 64)
