"""Files that are appended to a data set: read as the rows before, refused where they do not fit, one new version."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee.datasets.manifest import Pulled, TakenObject
from tablee.datasets.privacy import Bands, Drop, Mask, Period
from tablee.datasets.reading import Corrections
from tablee.datasets.store import Datasets
from tablee.errors import InvalidRequest, InvalidTable
from tablee.storage.object_store import DirectoryStore
from tablee.tables.cells.cell_format import NumberFormat
from tablee.tables.cells.numbers import UNDECIDED
from tablee_data.privacy import Anonymiser
from tablee_data.readers import BatchFilter
from tablee_data.transforms.append_files import FileAppender


@pytest.fixture
def datasets(tmp_path: Path) -> Datasets:
    return Datasets(DirectoryStore(tmp_path / "objects"))


def appended(
    datasets: Datasets,
    folder: Path,
    *files: str,
    batch_filter: BatchFilter | None = None,
    asked: Corrections | None = None,
) -> list[dict[str, object]]:
    """The rows of the newest version after files were added to it."""
    appender = FileAppender(datasets, "visits", folder, batch_filter=batch_filter, asked=asked or Corrections())
    for number, text in enumerate(files):
        file = folder / f"{number}.csv"
        file.write_text(text, encoding="utf-8")
        appender.add(file, file.name)
    manifest, new = appender.store("lake", [TakenObject(key=str(n), etag="1") for n in range(len(files))], "Ana")
    assert new
    assert isinstance(manifest.origin, Pulled)
    return datasets.frame(datasets.manifest("visits", manifest.version)).to_dicts()


def test_files_become_one_version_and_the_next_ones_another(datasets: Datasets, tmp_path: Path) -> None:
    assert appended(datasets, tmp_path, "a,b\n1,x\n", "b,a\ny,2\n") == [{"a": 1.0, "b": "x"}, {"a": 2.0, "b": "y"}]
    assert appended(datasets, tmp_path, "a,b\n3,z\n")[-1] == {"a": 3.0, "b": "z"}
    newest, first = datasets.versions("visits")
    assert (newest.rows, first.rows) == (3, 2)
    assert isinstance(newest.origin, Pulled)
    assert (newest.origin.parent, newest.origin.added, newest.by) == (first.version, 1, "Ana")
    assert [column.kind for column in newest.columns] == ["number", "category"]


def test_the_same_files_appended_to_the_same_version_make_the_same_version(datasets: Datasets, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n")
    made = []
    for _ in range(2):
        again = Datasets(DirectoryStore(tmp_path / str(len(made))))
        appender = FileAppender(again, "visits", tmp_path, batch_filter=None, asked=Corrections())
        appender.add(file, "a.csv")
        made.append(appender.store("lake", [], None)[0].version)
    assert made[0] == made[1]


def test_dates_and_decimals_are_read_as_in_the_rows_before(datasets: Datasets, tmp_path: Path) -> None:
    rows = appended(
        datasets, tmp_path, "day;n\n13/01/2024;1,5\n", "day;n\n02/03/2024;7,25\n", "day;n\n;4\n;\n01/02/2024;3\n"
    )
    assert [row["day"] for row in rows] == ["2024-01-13", "2024-03-02", None, "2024-02-01"]
    assert [row["n"] for row in rows] == [1.5, 7.25, 4.0, 3.0]


def test_the_first_file_that_shows_the_decimal_sign_decides_it(datasets: Datasets, tmp_path: Path) -> None:
    appended(datasets, tmp_path, "n;m\n12;a\n-3;a\n")
    undecided = datasets.manifest("visits")
    assert undecided.cell_formats["n"].number == UNDECIDED
    rows = appended(datasets, tmp_path, "n;m\n7;a\n", "n;m\n1,500;a\n2,5;a\n")
    assert [row["n"] for row in rows] == [12, -3, 7, 1.5, 2.5]
    assert datasets.manifest("visits").cell_formats["n"].number == NumberFormat(decimal=",")
    assert appended(datasets, tmp_path, "n;m\n4,125;a\n")[-1]["n"] == 4.125
    with pytest.raises(InvalidTable, match="no number written as 1234,5"):
        appended(datasets, tmp_path, "n;m\n1,234.5;a\n")


def test_files_decide_among_themselves_and_typed_ones_decide_nothing(datasets: Datasets, tmp_path: Path) -> None:
    rows = appended(datasets, tmp_path, "n;m\n1;a\n", "n;m\n1,5;a\n", "n;m\n1,250;a\n")
    assert [row["n"] for row in rows] == [1, 1.5, 1.25]
    appender = FileAppender(datasets, "numbers", tmp_path, batch_filter=None, asked=Corrections())
    for name, text in (("whole.csv", "n\n1\n"), ("rows.jsonl", '{"n": 12.125}\n')):
        (tmp_path / name).write_text(text)
        appender.add(tmp_path / name, name)
    manifest, _ = appender.store("lake", [], None)
    assert manifest.cell_formats["n"].number == UNDECIDED
    assert datasets.frame(manifest)["n"].to_list() == [1, 12.125]


def test_nothing_that_may_be_two_numbers_is_appended(datasets: Datasets, tmp_path: Path) -> None:
    appended(datasets, tmp_path, "n;m\n1;a\n")
    with pytest.raises(InvalidTable) as refused:
        appended(datasets, tmp_path, "n;m\n1,500;a\n")
    assert refused.value.reason == "several_number_formats"
    assert "--decimal n=, --thousands n=none" in str(refused.value.hint)
    rows = appended(datasets, tmp_path, "n;m\n1,500;a\n", asked=Corrections(decimal=",", thousands=""))
    assert rows[-1]["n"] == 1.5


def test_an_empty_column_takes_the_kind_of_its_first_values(datasets: Datasets, tmp_path: Path) -> None:
    assert appended(datasets, tmp_path, "a,b\n1,\n")[0]["b"] is None
    assert appended(datasets, tmp_path, "a,b\n2,7\n") == [{"a": 1.0, "b": None}, {"a": 2.0, "b": 7.0}]
    with pytest.raises(InvalidTable, match="“b”, row 1: no number"):
        appended(datasets, tmp_path, "a,b\n2,x\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n1\n", "column “b” is not there"),
        ("a,b,c\n1,x,2\n", "column “c” is new"),
        ("a,b\nmany,x\n", "line 2: “many” in “a” is no number written as 1234"),
        ("a,b\n1,x\n01,x\n", "line 3: “a” has the code “01” among numbers"),
        ("a,b\n2024-01-02,x\n", "line 2: “2024-01-02” in “a” is no number written as 1234"),
        ('a,b\n"1,500",x\n2,y\n', "“1,500” in “a” may be 1500 or 1.5"),
        ("a,b\n1,x\n1,x,2\n", "line 3"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_and_not_stored(
    datasets: Datasets, tmp_path: Path, text: str, words: str
) -> None:
    appended(datasets, tmp_path, "a,b\n1,x\n")
    with pytest.raises(InvalidTable) as caught:
        appended(datasets, tmp_path, text)
    assert words in caught.value.detail
    assert len(datasets.versions("visits")) == 1


def test_other_files_are_appended_after_one_was_refused(datasets: Datasets, tmp_path: Path) -> None:
    appender = FileAppender(datasets, "visits", tmp_path, batch_filter=None, asked=Corrections())
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("a\n1\n")
    bad.write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(InvalidTable):
        appender.add(bad, "bad.csv")
    assert appender.add(good, "good.csv") == 1
    assert appender.store("lake", [], None)[0].rows == 1
    with pytest.raises(InvalidRequest, match="no file"):
        FileAppender(datasets, "visits", tmp_path, batch_filter=None, asked=Corrections()).store("lake", [], None)


def test_a_later_file_is_read_as_the_first_one_before_its_values_are_made_coarser(
    datasets: Datasets, tmp_path: Path
) -> None:
    guard = Anonymiser([Period(column="born", to="month"), Bands(column="pay", width=1000)])
    first = "born;pay\n13/02/1980;1.234,5\n05/03/1981;2.500,0\n"
    before = [{"born": "1980-02", "pay": 1000.0}, {"born": "1981-03", "pay": 2000.0}]
    assert appended(datasets, tmp_path, first, batch_filter=guard) == before
    later = appended(datasets, tmp_path, "born;pay\n11/12/1982;1.234\n", batch_filter=guard)
    assert later[-1] == {"born": "1982-12", "pay": 1000.0}
    later = appended(datasets, tmp_path, "born;pay\n02/05/1983;3.000\n", batch_filter=guard)
    assert later[-1] == {"born": "1983-05", "pay": 3000.0}
    with pytest.raises(InvalidTable) as refused:
        appended(datasets, tmp_path, "born;pay\n05/13/1983;3.000\n", batch_filter=guard)
    assert (refused.value.reason, "05/13" in str(refused.value.problem())) == ("not_a_date", False)


def test_hidden_values_are_in_no_row_and_no_error(datasets: Datasets, tmp_path: Path) -> None:
    guard = Anonymiser([Drop(column="name"), Mask(column="mail")])
    text = "name,mail,n\nZoé,z@secret.fr,1\n"
    assert appended(datasets, tmp_path, text, batch_filter=guard) == [{"mail": "***", "n": 1.0}]
    for wrong in ("name,mail,n\nZoé,z@secret.fr,Zoé\n", "name,mail,n\nZoé,z@secret.fr,1,2\n"):
        with pytest.raises(InvalidTable) as caught:
            appended(datasets, tmp_path, wrong, batch_filter=guard)
        assert "Zoé" not in str(caught.value.problem())
    with pytest.raises(InvalidRequest, match="had other personal data taken out"):
        appended(datasets, tmp_path, text)


def test_types_are_asked_of_the_rows_before_and_not_of_the_beginning_of_the_file(
    datasets: Datasets, tmp_path: Path
) -> None:
    odd = "v;w\n" + "".join(f"{'12a' if at == 12_345 else at};1\n" for at in range(20_000))
    assert appended(datasets, tmp_path, "v;w\nA1;1\nB2;1\n7;1\n")[2] == {"v": "7", "w": 1}
    assert appended(datasets, tmp_path, odd)[3 + 12_345] == {"v": "12a", "w": 1}


def test_what_is_missing_in_the_rows_before_is_missing_anywhere_in_a_later_file(
    datasets: Datasets, tmp_path: Path
) -> None:
    asked = Corrections.model_validate({"columns": {"v": {"missing": ["*"]}}})
    star = "v\n" + "\n".join([*map(str, range(12_345)), "*", "1"]) + "\n"
    appended(datasets, tmp_path, "v\n1\n*\n", asked=asked)
    assert appended(datasets, tmp_path, star, asked=asked)[2 + 12_345] == {"v": None}
