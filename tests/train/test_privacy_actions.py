"""A training on a data set whose personal data was changed, over a real H2O: the model answers for the values before as
it learnt from those after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import SecretStr

from tablee.datasets.privacy import Bands, Mask, Period, Prefix, Pseudonym
from tablee.jobs.training import Phase
from tablee.tables.csv.reader import read_rows
from tablee_data.privacy import Anonymiser, PrivacyKey
from tablee_data.readers import ingest
from tablee_scoring import Model

pytestmark = pytest.mark.jvm  # the model is loaded and scored in this process
ACTIONS = (
    Pseudonym(column="courriel"),
    Mask(column="nom"),
    Mask(column="téléphone", keep_last=1),
    Prefix(column="code postal", length=2, digits=5),
    Period(column="né le", to="year"),
    Bands(column="âge", width=10),
)


def people() -> list[dict[str, Any]]:
    draw = np.random.default_rng(7)
    rows = []
    for at in range(600):
        code, year, age = (
            int(draw.choice([1000, 13001, 13090, 75011, 75020])),
            1980 + at % 5,
            int(draw.integers(20, 70)),
        )
        amount = code // 1000 * 3 + (year - 1980) * 40 + age // 10 * 25 + float(draw.normal(0, 3))
        rows.append(
            {
                "courriel": f"p{at % 300}@example.org",
                "nom": f"Nom {at}",
                "téléphone": f"06123456{at % 40:02}",
                "code postal": code,
                "né le": f"{1 + at % 28:02}/{1 + at % 12:02}/{year}",
                "âge": age,
                "montant": round(amount, 2),
            }
        )
    return rows


@pytest.mark.parametrize("mebibytes", ["256", "0"])
def test_a_model_reads_values_as_its_training_did(services: Any, tmp_path: Path, mebibytes: str) -> None:
    rows = pl.DataFrame(people())
    file = tmp_path / "people.csv"
    rows.write_csv(file)
    key = PrivacyKey(SecretStr("a key of sixteen characters"))
    manifest, _ = ingest(services.datasets, "people", file, filename=file.name, batch_filter=Anonymiser(ACTIONS, key))
    state = services.run(
        dataset="people",
        target="montant",
        model=f"people-{mebibytes}",
        max_models=2,
        include_algorithms=["GBM", "GLM"],
        seed=1,
        variables={"TABLEE_IN_MEMORY_MIB": mebibytes},
    )
    assert state.phase is Phase.SUCCEEDED, f"{state.message} {state.error}"
    assert state.promoted
    assert all(check.passed for check in state.verdict.checks)
    (remark,) = state.remarks
    assert [each["facts"]["column"] for each in remark["facts"]["columns"]] == ["courriel", "nom"]
    info = services.registry.version(state.request.model_name, state.version)
    model = Model.load(services.registry.fetch(info, tmp_path))
    assert set(model.contract.names) == {"téléphone", "code postal", "né le", "âge"}
    stored = model.validator.frame(services.datasets.frame(manifest).select(model.contract.names))
    expected = model.score(stored)
    for given in (rows, read_rows(file.read_bytes(), model.contract.cell_formats)):
        block = model.validator.frame(given)
        assert block.warning_count == stored.warning_count == 0
        assert (model.score(block) == expected).all()
    for at, row in enumerate(rows.head(20).to_dicts()):
        assert (model.score(model.validator.rows([row]))[0] == expected[at]).all()
    assert np.sqrt(np.mean((expected[:, 0] - rows["montant"].to_numpy()) ** 2)) < 30
