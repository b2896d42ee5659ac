"""On every way to a version, to a preview and to a refusal, nothing shows a cell of a column that is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tablee.datasets.privacy import Action, Bands, Drop, Mask, Period, Prefix, Pseudonym
from tablee.datasets.questions import answered, choices, questions
from tablee.datasets.reading import ColumnCorrections, Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidTable, TableeError
from tablee.i18n import LANGUAGES
from tablee.i18n.message import in_language
from tablee.storage.object_store import DirectoryStore
from tablee_data.privacy import Anonymiser, PrivacyKey, compose
from tablee_data.readers import ingest, sniff
from tablee_data.transforms.anonymise import anonymise
from tablee_data.transforms.append_files import FileAppender

KEY = PrivacyKey(SecretStr("sixteen characters and more"))
ODD = "Cunegonde"
COLUMNS: dict[str, list[str]] = {
    "codes": [f"00{number}71" for number in range(101, 141)],
    "exponents": [f"{number}E2" for number in range(4101, 4141)],
    "thousands": [f"{number}.917" for number in range(301, 341)],
    "days": [f"0{1 + number % 9}/0{1 + number % 7}/{31 + number % 8}" for number in range(40)],
    "odd": [*(f"77{number}" for number in range(1001, 1040)), ODD],
    "names": [f"Wilhelmine{number}" for number in range(40)],
    "markers": [*("ZQ" if number % 2 else "XK" for number in range(39)), "NA"],
}
"""Each kind of column about which something is decided."""
SECRETS = {name: {*cells} - {"NA"} for name, cells in COLUMNS.items()}
ACTIONS: dict[str, Action] = {
    "drop": Drop(column="x"),
    "mask": Mask(column="x"),
    "pseudonym": Pseudonym(column="x"),
    "bands": Bands(column="x", width=10_000),
    "prefix": Prefix(column="x", length=1),
    "period": Period(column="x", to="year"),
}


def text(cells: list[str], *, above: str = "", below: str = "", wrong: str = "") -> str:
    rows = "".join(f"{cell};{number}\n" for number, cell in enumerate(cells, 1))
    return f"{above}x;n\n{rows}{wrong}{below}"


def shown(secrets: set[str], *told: object) -> set[str]:
    return {secret for secret in secrets for each in told if secret in str(each)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(COLUMNS)),
    action=st.sampled_from(sorted(ACTIONS)),
    above=st.sampled_from(["", "title"]),
    wrong=st.sampled_from(["", "surplus", "quote"]),
    strict=st.booleans(),
    missing=st.booleans(),
)
def test_no_way_shows_a_cell_of_a_hidden_column(
    datasets: Datasets,
    store: DirectoryStore,
    tmp_path: Path,
    kind: str,
    action: str,
    above: str,
    wrong: str,
    strict: bool,
    missing: bool,
) -> None:
    cells, secrets = COLUMNS[kind], SECRETS[kind]
    title = f"{cells[0]} {cells[1]}\n\n" if above else ""
    faulty = {"": "", "surplus": f"{cells[0]};1;{cells[1]}\n", "quote": f'"{cells[2]}"z;1\n'}[wrong]
    file = tmp_path / "t.csv"
    file.write_text(text(cells, above=title, wrong=faulty))
    asked = Corrections(columns={"x": ColumnCorrections(missing=("NA", cells[-1]))} if missing else {})
    guard = Anonymiser([ACTIONS[action]], KEY)
    for manifest in datasets.newest():
        datasets.remove(manifest)

    def stored() -> str:
        return "".join(store.get(key).decode() for key in store.list("datasets/") if key.endswith("manifest.json"))

    try:
        preview = sniff(file, "t.csv", asked, batch_filter=guard)
        assert not shown(secrets, preview.model_dump_json())
    except TableeError as error:
        assert not shown(secrets, error, error.problem())
    try:
        ingest(datasets, "read", file, filename="t.csv", asked=asked, batch_filter=guard, strict=strict)
    except TableeError as error:
        assert not shown(secrets, error, error.problem())
    assert not shown(secrets, stored())
    appender = FileAppender(datasets, "appended", tmp_path, batch_filter=guard, asked=asked, strict=strict)
    try:
        appender.add(file, "t.csv")
        appender.add(file, "t.csv")
        appender.store("lake", (), None)
    except TableeError as error:
        assert not shown(secrets, error, error.problem())
    assert not shown(secrets, stored())
    file.write_text(text(cells, above=title))
    bare, _ = ingest(datasets, "later", file, filename="t.csv", asked=asked)
    try:
        anonymise(datasets, bare, guard, compose((), guard.actions), keep_original=False)
    except TableeError as error:  # the action does not fit the kind of the column
        assert not shown(secrets, error, error.problem())
        datasets.remove(bare)
    assert not shown(secrets, stored())


@pytest.mark.parametrize("kind", sorted(COLUMNS))
def test_without_a_filter_something_is_shown(kind: str, datasets: Datasets, tmp_path: Path) -> None:
    """Otherwise the test above would look for what is never there."""
    file = tmp_path / "t.csv"
    file.write_text(text(COLUMNS[kind]))
    manifest, _ = ingest(datasets, "bare", file, filename="t.csv")
    summary_too = manifest.model_dump_json() + sniff(file, "t.csv").model_dump_json()
    assert shown(SECRETS[kind], summary_too)


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("kind", ["exponents", "thousands", "days", "odd", "markers"])
def test_what_is_not_sure_of_a_hidden_column_is_asked_without_its_cells(
    kind: str, action: str, datasets: Datasets, tmp_path: Path
) -> None:
    """A dropped column is never asked about. The answers that the refusal names keep what would be taken."""
    file = tmp_path / "t.csv"
    file.write_text(text(COLUMNS[kind]))
    guard = Anonymiser([ACTIONS[action]], KEY)
    try:
        taken, _ = ingest(datasets, "taken", file, filename="t.csv", batch_filter=guard)
    except TableeError as error:
        assert not isinstance(error, InvalidTable) or error.reason != "unsure_reading"
        return  # the action does not fit the kind of the column
    if action == "drop":
        ingest(datasets, "strict", file, filename="t.csv", batch_filter=guard, strict=True)
        return
    with pytest.raises(InvalidTable) as caught:
        ingest(datasets, "strict", file, filename="t.csv", batch_filter=guard, strict=True)
    error = caught.value
    assert error.reason == "unsure_reading"
    assert error.facts["count"] == len(error.facts["decisions"]) == (2 if kind == "days" else 1)
    for each in error.facts["decisions"]:
        assert (each["column"], each["reason"], each.get("examples")) == ("x", "hidden_cells", None)
    for language in LANGUAGES:
        said = error.said(in_language(language)) + error.advised(in_language(language))
        assert not shown(SECRETS[kind], said)
        assert in_language(language)("decision.hidden_cells") in said
    answers = Corrections.model_validate_json(error.facts["parameter"])
    guarded = Anonymiser([ACTIONS[action]], KEY)
    strict, _ = ingest(datasets, "strict", file, filename="t.csv", asked=answers, batch_filter=guarded, strict=True)
    assert strict.columns == taken.columns


def test_the_other_reading_of_a_hidden_column_can_be_answered(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text(COLUMNS["markers"]))
    guard = Anonymiser([Pseudonym(column="x")], KEY)
    found = sniff(file, "t.csv", batch_filter=guard).decisions
    (asked,) = questions(found)
    assert choices(asked) == ("missing", "text")
    level = answered(Corrections(), asked, "text", found)
    manifest, _ = ingest(datasets, "level", file, filename="t.csv", asked=level, batch_filter=guard, strict=True)
    (column,) = (each for each in manifest.columns if each.name == "x")
    assert (column.missing, column.distinct) == (0, 3)
