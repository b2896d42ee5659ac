"""`tablee data profile` and `tablee data privacy`: requests and output."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tablee.datasets.privacy import (
    Drop,
    Evidence,
    Finding,
    Findings,
    Keep,
    PersonalData,
    Pseudonym,
    Uncounted,
)
from tablee.datasets.profile import (
    Association,
    AssociationMeasure,
    Bases,
    Basis,
    ColumnProfile,
    DropColumns,
    Histogram,
    Level,
    NumberStatistics,
    Profile,
    ProfileWarning,
    WarningCode,
)

ALL = Basis(rows=4, of=4)
PROFILE = Profile(
    dataset="clients",
    version="0123456789ab",
    rows=4,
    target="gone",
    columns=(
        ColumnProfile(
            name="âge",
            kind="number",
            missing=1,
            distinct=3,
            numbers=NumberStatistics(
                mean=30,
                std=10,
                minimum=20,
                maximum=40,
                zeros=0,
                quantiles=((0.5, 30),),
                outliers=0,
                fences=(0, 60),
                histogram=Histogram(edges=(20, 40), counts=(3,)),
            ),
        ),
        ColumnProfile(name="[pays]", kind="category", missing=0, distinct=1, levels=(Level(value="France", count=4),)),
    ),
    duplicate_rows=0,
    compared=("âge",),
    between=(),
    with_target=(Association(columns=("âge", "gone"), measure=AssociationMeasure.RATIO, value=0.25),),
    warnings=(
        ProfileWarning(
            code=WarningCode.CONSTANT,
            columns=("[pays]",),
            figures={"value": "France", "missing": 0},
            action=DropColumns(columns=("[pays]",)),
        ),
    ),
    basis=Bases(counts=ALL, distributions=ALL, associations=ALL),
)
FINDINGS = Findings(
    dataset="clients",
    version="0123456789ab",
    findings=(
        Finding(
            column="courriel",
            kind=PersonalData.EMAIL,
            share=1,
            confidence=0.9,
            how=Evidence.BOTH,
            proposal=Drop(column="courriel"),
        ),
    ),
    quasi_identifiers=("âge",),
    basis=ALL,
)
ADDRESS = "/datasets/clients/versions/latest"


def test_a_profile_is_shown(server: Any, tablee: Any) -> None:
    server.on(f"GET {ADDRESS}/profile", PROFILE.model_dump(mode="json"))
    shown = tablee("data", "profile", "clients", "--target", "gone", "--url", server.url)
    assert (shown.code, shown.err) == (0, "")
    for words in ("All figures are exact", "20 to 40, median 30", "25%", "France (4)", "“[pays]” has a single value"):
        assert words in shown.out
    assert "Leave out “[pays]”" in shown.out
    assert server.requests[-1].path.endswith("/profile?target=gone")
    as_json = tablee("data", "profile", "clients", "--url", server.url, "--json")
    assert as_json.json == PROFILE.model_dump(mode="json")
    assert server.requests[-1].path.endswith("/profile")


def test_a_profile_is_written_as_html(server: Any, tablee: Any, tmp_path: Path) -> None:
    server.on(f"GET {ADDRESS}/profile", PROFILE.model_dump(mode="json"))
    server.on(f"GET {ADDRESS}/profile.html", "<!doctype html>é".encode())
    out = tmp_path / "profil.html"
    done = tablee("data", "profile", "clients", "--out", out, "--language", "fr", "--url", server.url)
    assert (done.code, out.read_text(encoding="utf-8")) == (0, "<!doctype html>é")
    assert server.requests[-1].path.endswith("profile.html?language=fr")
    refused = tablee("data", "profile", "clients", "--out", tmp_path / "no" / "x.html", "--url", server.url)
    assert refused.code == 2


def test_personal_data_is_shown(server: Any, tablee: Any) -> None:
    server.on(f"GET {ADDRESS}/privacy", FINDINGS.model_dump(mode="json"))
    shown = tablee("data", "privacy", "clients", "--url", server.url)
    assert shown.code == 0
    for words in (
        "4 of 4 rows looked at",
        "courriel",
        "e-mail address",
        "by its name and its values",
        "90%",
        "Drop",
        "âge",
    ):
        assert words in shown.out
    assert tablee("data", "privacy", "clients", "--url", server.url, "--json").json["findings"][0]["kind"] == "email"
    nothing = FINDINGS.model_copy(update={"findings": ()})
    server.on(f"GET {ADDRESS}/privacy", nothing.model_dump(mode="json"))
    assert "no personal data found" in tablee("data", "privacy", "clients", "--url", server.url).out


def test_personal_data_in_a_file_is_shown_before_it_is_stored(server: Any, tablee: Any, tmp_path: Path) -> None:
    (tmp_path / "clients").write_bytes(b"courriel\nx@y.fr\n")
    server.on("POST /uploads", server.upload(16), 201)
    server.on("PATCH /uploads/u-1", b"", 204, upload_offset="16")
    of_a_file = FINDINGS.model_copy(update={"dataset": None, "version": None})
    server.on("GET /uploads/u-1/privacy", of_a_file.model_dump(mode="json"))
    server.on("DELETE /uploads/u-1", b"", 204)
    shown = tablee("data", "privacy", "./clients", "--text", "courriel", "--url", server.url)
    assert (shown.code, shown.err) == (0, "")
    assert "./clients: 4 of 4 rows looked at" in shown.out
    assert "e-mail address" in shown.out
    looked, removed = server.requests[-2:]
    assert parse_qs(urlsplit(looked.path).query)["options"] == ['{"texts":["courriel"]}']
    assert (removed.method, removed.path) == ("DELETE", "/uploads/u-1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("clients", "--text", "a"), "“clients” is a data set"),
        (("clients.csv", "--version", "0123456789ab"), "has no versions"),
        (("clients.csv",), "no such file"),
    ],
)
def test_names_and_files_are_distinguished(server: Any, tablee: Any, arguments: tuple[str, ...], words: str) -> None:
    done = tablee("data", "privacy", *arguments, "--url", server.url)
    assert (done.code, words in done.err) == (2, True)
    assert server.requests == []


def test_an_unknown_data_set_is_refused(server: Any, tablee: Any) -> None:
    for command in ("profile", "privacy"):
        assert tablee("data", command, "nobody", "--url", server.url).code == 1


def test_what_actions_did_and_what_is_counted_is_shown_of_an_anonymised_version(server: Any, tablee: Any) -> None:
    (found,) = FINDINGS.findings
    changed = found.model_copy(update={"proposal": Keep(column="courriel"), "applied": Pseudonym(column="courriel")})
    uncounted = (
        Uncounted(column="nom", applied="drop"),
        Uncounted(column="courriel", applied="pseudonym"),
        Uncounted(column="prénom", applied="drop"),
    )
    version = FINDINGS.model_copy(update={"findings": (changed,), "uncounted": uncounted})
    server.on(f"GET {ADDRESS}/privacy", version.model_dump(mode="json"))
    shown = " ".join(tablee("data", "privacy", "clients", "--url", server.url).out.split())
    assert "Keep (done before: Replace by a pseudonym)" in shown
    assert "Not counted, because removed: nom, prénom." in shown
    assert "without the key: courriel." in shown
    server.on(f"GET {ADDRESS}/privacy", version.model_copy(update={"findings": ()}).model_dump(mode="json"))
    shown = tablee("data", "privacy", "clients", "--url", server.url).out
    assert "no personal data found" in shown
    assert "known to others, perhaps: âge" in shown
    assert "removed: nom, prénom" in shown
