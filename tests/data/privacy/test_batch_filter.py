"""Values that a filter hides are never stored when a file is read: every stored byte is searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from traces import traces

from tablee.datasets.privacy import Drop, Mask, PersonalData, Pseudonym
from tablee.datasets.store import Datasets
from tablee.errors import InvalidTable
from tablee.i18n import Message
from tablee_data.privacy import Anonymiser, PrivacyKey
from tablee_data.privacy.batch_filter import without_values
from tablee_data.readers import ingest

SECRETS = [f"Wilhelmine{index}" for index in range(50)] + [f"zéphyrin{index}@exemple.fr" for index in range(50)]
TABLE = "prénom;courriel;ville;montant\n" + "".join(
    f"{first};{mail};Lyon;{index},5\n"
    for index, (first, mail) in enumerate(zip(SECRETS[:50], SECRETS[50:], strict=True))
)
KEY = PrivacyKey(SecretStr("sixteen characters and more"))
GUARD = Anonymiser([Drop(column="prénom"), Pseudonym(column="courriel"), Mask(column="ville")], KEY)


def test_hidden_values_are_in_no_stored_file(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(TABLE, encoding="cp1252")
    bare, _ = ingest(datasets, "bare", file, filename="clients.csv")
    store = tmp_path / "objects"
    assert {value for _, value in traces(store, SECRETS)} == set(SECRETS), "the search finds what is there"
    datasets.remove(bare)
    guarded, _ = ingest(datasets, "guarded", file, filename="clients.csv", batch_filter=GUARD)
    assert traces(store, SECRETS) == set()
    assert [column.name for column in guarded.columns] == ["courriel", "ville", "montant"]
    assert guarded.anonymised is not None
    found = guarded.anonymised.findings
    assert [(each.column, each.kind) for each in found or ()] == [("courriel", PersonalData.EMAIL)]
    assert guarded.anonymised == GUARD.anonymised.model_copy(update={"findings": found})
    assert datasets.frame(guarded)["courriel"][7] == KEY.pseudonym(SECRETS[57])


def test_errors_quote_no_hidden_value(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(TABLE + f"{SECRETS[0]};{SECRETS[50]}\n", encoding="utf-8")
    with pytest.raises(InvalidTable) as refused:
        ingest(datasets, "broken", file, filename="broken.csv", batch_filter=GUARD)
    assert not any(secret in str(refused.value.problem()) for secret in SECRETS)
    assert traces(tmp_path / "objects", SECRETS) == set()


def date_error(column: str) -> InvalidTable:
    """A cell that is no date: its value is quoted with the format that was expected."""
    form = "%d/%m/%Y"
    return InvalidTable("not_a_date", format=form, line=3, column=column, value=SECRETS[0], expected=form)


def test_a_cell_of_a_column_that_is_not_hidden_may_be_quoted() -> None:
    error = date_error("montant")
    assert without_values(error, GUARD) is error


def test_a_cell_of_a_hidden_column_is_not_quoted() -> None:
    hidden = without_values(date_error("courriel"), GUARD)
    assert SECRETS[0] not in str(hidden.problem())
    assert "line 3" in str(hidden)


FILTER = Anonymiser([Drop(column="born")])


@pytest.mark.parametrize(
    ("column", "expected", "shown"),
    [
        ("since", "%d/%m/%Y", "soon"),  # a cell of a column that is not hidden
        ("born", "%d/%m/%Y", None),
        ("since", None, None),  # perhaps a whole line
        ("since", Message("expected.all_columns"), None),
        (None, None, None),
    ],
)
def test_an_error_shows_a_cell_only_if_its_column_is_not_hidden(
    column: str | None, expected: Message | str | None, shown: str | None
) -> None:
    error = InvalidTable("no_reason_given", line=3, column=column, value="soon", expected=expected)
    safe = without_values(error, FILTER)
    assert safe.place["value"] == shown
    assert ("soon" in str(safe.problem())) is (shown is not None)
    assert (safe.place["line"], safe.place["column"], safe.reason) == (3, column, "no_reason_given")
    assert str(safe) == "line 3: the service gave no reason"


def test_an_error_without_a_value_stays_as_it_is() -> None:
    error = InvalidTable("no_reason_given", line=3, hint="codes_are_texts")
    assert without_values(error, FILTER) is error
    hidden = without_values(InvalidTable("no_reason_given", value="x", hint="codes_are_texts"), FILTER)
    assert hidden.hint == error.hint


def test_a_sentence_that_shows_the_value_shows_dots() -> None:
    error = InvalidTable("not_in_encoding", line=3, value="b'\\xe9'", encoding="utf-8")
    assert str(without_values(error, FILTER)) == "line 3: the bytes … are not utf-8"
