"""Privacy actions applied to the rows of a version. They make a new version, and the old one may be removed."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tablee.datasets.batches import batches
from tablee.datasets.derive import Anonymise, derive
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest
from tablee_data.privacy import Anonymiser, Composition, merged
from tablee_data.privacy.original_findings import found_before
from tablee_data.readers.table import Output


def anonymise(
    datasets: Datasets,
    parent: DatasetManifest,
    anonymiser: Anonymiser,
    composition: Composition,
    *,
    keep_original: bool,
) -> tuple[DatasetManifest, bool]:
    """Make an anonymised version of another one; return its manifest and whether it is new. The same actions with the
    same key make the same version. Its manifest names the actions that were applied to the parent before, too.

    :param anonymiser: applies `composition.remaining`.
    :param composition: of the parent's actions and those that are asked for.
    :param keep_original: otherwise the parent is removed for good, when the new version is stored.
    :raises InvalidRequest: an action does not fit its column, or nothing remains to be done. Nothing is stored then.
    :raises Conflict: the parent was removed in the meantime. Nothing is stored then.
    """
    if not composition.remaining:
        raise InvalidRequest("nothing_to_anonymise", version=parent.version)
    dates = [column.name for column in parent.columns if column.kind == "date"]
    with tempfile.TemporaryDirectory(prefix="tablee-data-") as temporary:
        folder = Path(temporary)
        source = datasets.fetch(parent, folder)
        target = folder / "anonymised.parquet"
        with Output(target, anonymiser) as output:
            for batch in batches(source):
                output.write(batch, dates)
        latest = (output.anonymised or anonymiser.anonymised).model_copy(update={"source": parent.version})
        latest = latest.model_copy(update={"findings": found_before(parent, latest)})
        anonymised = merged(parent.anonymised, latest, composition.total)
        child = derive(parent, Anonymise(anonymised), output, at=datetime.now(UTC))
        manifest, new = datasets.add_derived(child, target, parent=parent)
    if not keep_original:
        datasets.remove(parent)
    return manifest, new
