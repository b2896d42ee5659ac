"""Bundles: what was written is read again, and what was changed is refused."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tablee.errors import BundleCorrupt
from tablee.models import bundle
from tablee.models.bundle import BundleFile, BundleManifest, Golden
from tablee.models.contract import Contract, NumberColumn, Target
from tablee.models.problem import ProblemType
from tablee.recipes.fitted import Feature, FittedRecipe


def manifest(**digests: str) -> BundleManifest:
    files = {name: BundleFile(sha256=digest, bytes=1) for name, digest in digests.items()}
    return BundleManifest(engine_version="1", algorithm="gbm", created=datetime(2026, 1, 1, tzinfo=UTC), files=files)


def test_a_bundle_is_read_as_it_was_written(bundled: Path, contract: Contract, golden: Golden) -> None:
    found = bundle.verify(bundled)
    assert bundle.verify(bundled, found.digest) == found
    assert bundle.read_contract(bundled) == contract
    assert bundle.read_golden(bundled, contract) == golden
    assert bundle.read_recipe(bundled, found) is None
    assert (found.engine, found.engine_version, found.algorithm) == ("h2o", "1", "gbm")
    assert set(found.files) == {"mojo.zip", "contract.json", "golden.parquet"}
    assert (bundled / "mojo.zip").read_bytes() == b"not read here"
    for name, described in found.files.items():
        content = (bundled / name).read_bytes()
        assert (described.sha256, described.bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_bundle_is_written_into_new_folders_or_into_an_empty_one(
    tmp_path: Path, contract: Contract, golden: Golden
) -> None:
    (tmp_path / "m").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    options = {"mojo": tmp_path / "m", "contract": contract, "golden": golden, "algorithm": "glm", "version": "1"}
    digests = {bundle.write(folder, **options) for folder in (tmp_path / "empty", tmp_path / "new" / "below")}  # type: ignore[arg-type]
    assert len(digests) == 1


def test_the_digest_is_the_one_it_has_always_been() -> None:
    """Registered versions carry this digest: another way to compute it would refuse all of them."""
    # sha256 of {"contract.json":"bb","golden.parquet":"cc","mojo.zip":"aa"}
    expected = "651edd5c74704308b638e6fb9927d557649591d16af431bae37c2f083eee569f"
    assert manifest(**{"mojo.zip": "aa", "contract.json": "bb", "golden.parquet": "cc"}).digest == expected


def test_every_file_and_its_name_change_the_digest() -> None:
    files = {"mojo.zip": "aa", "contract.json": "bb", "golden.parquet": "cc", "recipe.json": "dd"}
    digests = {manifest(**files).digest}
    for name in files:
        digests.add(manifest(**files | {name: "ee"}).digest)
        digests.add(manifest(**{other: each for other, each in files.items() if other != name}).digest)
    assert len(digests) == 1 + 2 * len(files)
    assert manifest(**dict(reversed(files.items()))).digest in digests, "the order does not matter"


def test_the_recipe_is_a_file_of_the_bundle(tmp_path: Path, contract: Contract, golden: Golden) -> None:
    feature = Feature(name="ville", kind="category", levels=("Lyon",), sources=("ville",))
    recipe = FittedRecipe(inputs={"ville": "text"}, steps=(), features=(feature,))
    (tmp_path / "m").write_bytes(b"x")
    options = {"mojo": tmp_path / "m", "contract": contract, "golden": golden, "algorithm": "glm", "version": "1"}
    digest = bundle.write(tmp_path / "b", **options, recipe=recipe)  # type: ignore[arg-type]
    found = bundle.verify(tmp_path / "b", digest)
    assert "recipe.json" in found.files
    assert bundle.read_recipe(tmp_path / "b", found) == recipe
    (tmp_path / "b" / "recipe.json").write_text("{}")
    with pytest.raises(BundleCorrupt, match=r"recipe\.json is not the file that training wrote"):
        bundle.verify(tmp_path / "b")
    with pytest.raises(BundleCorrupt, match=r"recipe\.json cannot be read"):
        bundle.read_recipe(tmp_path / "b", found)


@pytest.mark.parametrize(
    ("problem_type", "classes", "width"),
    [
        (ProblemType.REGRESSION, (), 1),
        (ProblemType.BINARY, ("a", "b"), 2),
        (ProblemType.MULTICLASS, ("a", "b", "c"), 3),
    ],
)
def test_a_row_has_a_score_for_each_class(
    tmp_path: Path, problem_type: ProblemType, classes: tuple[str, ...], width: int
) -> None:
    target = Target(name="y", problem_type=problem_type, classes=classes)
    contract = Contract(model="m", columns=(NumberColumn(name="x", minimum=0, maximum=1),), target=target)
    assert bundle.width(contract) == width
    golden = Golden({"x": [1.0, 2.0]}, [[i / 7 for i in range(width)], [i / 3 for i in range(width)]])
    (tmp_path / "m").write_bytes(b"")
    bundle.write(tmp_path / "b", mojo=tmp_path / "m", contract=contract, golden=golden, algorithm="glm", version="1")
    assert bundle.read_golden(tmp_path / "b", contract) == golden


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


def test_a_wrong_number_of_bytes_is_refused(bundled: Path) -> None:
    body = json.loads((bundled / bundle.MANIFEST).read_text())
    body["files"][bundle.MOJO]["bytes"] += 1
    (bundled / bundle.MANIFEST).write_text(json.dumps(body))
    with pytest.raises(BundleCorrupt, match=r"mojo\.zip is not the file"):
        bundle.verify(bundled)


def test_another_bundle_is_refused(bundled: Path) -> None:
    digest = bundle.verify(bundled).digest
    with pytest.raises(BundleCorrupt, match=f"the bundle's digest is {digest[:12]}, the registry has 000000000000$"):
        bundle.verify(bundled, "0" * 64)
    with pytest.raises(BundleCorrupt, match="the registry has"):
        bundle.verify(bundled, "")


def test_files_that_cannot_be_read_are_named(bundled: Path, contract: Contract) -> None:
    (bundled / bundle.CONTRACT).write_text("{}")
    with pytest.raises(BundleCorrupt, match=r"contract\.json cannot be read"):
        bundle.read_contract(bundled)
    (bundled / bundle.GOLDEN).write_bytes(b"PAR1")
    with pytest.raises(BundleCorrupt, match=r"golden\.parquet cannot be read"):
        bundle.read_golden(bundled, contract)
    (bundled / bundle.MANIFEST).write_text("{}")
    with pytest.raises(BundleCorrupt, match=r"manifest\.json cannot be read"):
        bundle.verify(bundled)


def test_golden_rows_of_other_columns_are_refused(bundled: Path, contract: Contract) -> None:
    pl.read_parquet(bundled / bundle.GOLDEN).drop("ville").write_parquet(bundled / bundle.GOLDEN)
    with pytest.raises(BundleCorrupt, match=r"golden\.parquet cannot be read"):
        bundle.read_golden(bundled, contract)


def test_a_file_without_golden_rows_is_refused(bundled: Path, contract: Contract) -> None:
    pl.read_parquet(bundled / bundle.GOLDEN).clear().write_parquet(bundled / bundle.GOLDEN)
    with pytest.raises(BundleCorrupt, match=r"golden\.parquet has no rows"):
        bundle.read_golden(bundled, contract)


def test_scores_are_compared_bit_for_bit() -> None:
    golden = Golden({}, [[0.25, 0.75], [0.0, 1.0], [1 / 3, 2 / 3]])
    assert len(golden) == 3
    same = np.array(golden.scores)
    assert golden.differing(same) == []
    for row, column, value in ((0, 1, np.nextafter(0.75, 1)), (1, 0, -0.0), (2, 1, np.nan)):
        scores = same.copy()
        scores[row, column] = value
        assert golden.differing(scores) == [row]
    assert golden.differing(same + 1.0) == [0, 1, 2]
    assert Golden({}, [[math.nan]]).differing(np.array([[math.nan]])) == []


def test_a_manifest_cannot_be_changed_after_it_was_verified() -> None:
    found = manifest(**{"mojo.zip": "aa"})
    with pytest.raises(ValueError, match="frozen"):
        found.files["mojo.zip"].sha256 = "bb"
    with pytest.raises(ValueError, match="frozen"):
        found.engine = "other"  # type: ignore[misc]
