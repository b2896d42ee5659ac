"""Detection of personal data by values and by names; public tables without personal data have no finding."""

from __future__ import annotations

import random
from collections.abc import Callable

import polars as pl
import pytest
from data.privacy import people
from repository import PENGUINS
from sklearn import datasets as public

from tablee.datasets.privacy import Drop, Evidence, Finding, Mask, Period, PersonalData, Prefix, Pseudonym
from tablee_data.privacy import find_personal_data, naming

N = 200
CONTENT: dict[PersonalData, Callable[[random.Random], str]] = {
    PersonalData.EMAIL: lambda draw: f"user{draw.randint(0, 10**6)}@exemple.fr",
    PersonalData.IBAN: people.iban,
    PersonalData.NIR: people.nir,
    PersonalData.SIRET: people.siret,
    PersonalData.SIREN: people.siren,
    PersonalData.CARD: people.card,
    PersonalData.IP: lambda draw: f"10.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}",
    PersonalData.PHONE: people.phone,
}


@pytest.fixture
def draw() -> random.Random:
    return random.Random(11)


def one(frame: pl.DataFrame) -> Finding:
    (finding,) = find_personal_data(frame)
    return finding


@pytest.mark.parametrize("kind", CONTENT)
def test_each_kind_is_found_by_values_alone(kind: PersonalData, draw: random.Random) -> None:
    finding = one(pl.DataFrame({"v17": [CONTENT[kind](draw) for _ in range(N)]}))
    assert (finding.column, finding.kind, finding.how) == ("v17", kind, Evidence.CONTENT)
    assert finding.share > 0.8
    assert finding.confidence > 0.7


@pytest.mark.parametrize("kind", [PersonalData.NIR, PersonalData.SIRET, PersonalData.SIREN, PersonalData.CARD])
def test_kinds_of_digits_are_found_in_columns_of_numbers(kind: PersonalData, draw: random.Random) -> None:
    values = [float(CONTENT[kind](draw)) for _ in range(N)]
    assert one(pl.DataFrame({"v17": values})).kind is kind


@pytest.mark.parametrize("kind", [PersonalData.NIR, PersonalData.SIRET, PersonalData.CARD, PersonalData.IBAN])
def test_kinds_are_found_with_spaces_in_the_values(kind: PersonalData, draw: random.Random) -> None:
    plain = [CONTENT[kind](draw) for _ in range(N)]
    spaced = [" ".join(text[at : at + 4] for at in range(0, len(text), 4)) for text in plain]
    assert one(pl.DataFrame({"v17": spaced})).kind is kind


@pytest.mark.parametrize(
    ("first", "length", "found"),
    [
        *(("4", 13, True), ("4", 16, True), ("4", 19, True), ("51", 16, True), ("55", 16, True), ("50", 16, False)),
        *(("2220", 16, False), ("2221", 16, True), ("2720", 16, True), ("2721", 16, False), ("34", 15, True)),
        *(
            ("37", 15, True),
            ("35", 15, False),
            ("300", 14, True),
            ("305", 14, True),
            ("36", 14, True),
            ("38", 14, True),
        ),
        *(("6011", 16, True), ("65", 16, True), ("643", 16, False), ("644", 16, True), ("3527", 16, False)),
        *(("3528", 16, True), ("3589", 16, True), ("3590", 16, False), ("9", 16, False), ("4", 15, False)),
    ],
)
def test_a_card_has_the_first_digits_and_the_length_of_a_network(
    first: str, length: int, found: bool, draw: random.Random
) -> None:
    values = [people.luhn(first + people.digits(draw, length - len(first) - 1)) for _ in range(N)]
    kinds = {each.kind for each in find_personal_data(pl.DataFrame({"v17": values}))}
    possible = {PersonalData.CARD, PersonalData.SIRET} if length == 14 else {PersonalData.CARD}
    assert len(kinds & possible) == len(kinds) == found


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        *(("fe80::{:x}", PersonalData.IP), ("::{:x}", PersonalData.IP), ("2001:db8:0:0:0:0:0:{:x}", PersonalData.IP)),
        *(("+33 6 12 34 5{:03d}", PersonalData.PHONE), ("00336 12 34 5{:03d}", PersonalData.PHONE)),
        *(("06.12.34.5{:03d}", PersonalData.PHONE), ("06-12-34-5{:03d}", PersonalData.PHONE)),
        *(("(01) 42 34 5{:03d}", PersonalData.PHONE), ("+44 20 7946 0{:03d}", PersonalData.PHONE)),
        *(("06\u00a012\u00a034\u00a05{:03d}", PersonalData.PHONE), ("a.b+c{}@mail.example.org", PersonalData.EMAIL)),
    ],
)
def test_every_form_of_a_kind_is_found(form: str, kind: PersonalData) -> None:
    finding = one(pl.DataFrame({"v17": [form.format(number) for number in range(100, 100 + N)]}))
    assert (finding.kind, finding.share) == (kind, 1.0)


@pytest.mark.parametrize("width", [5, 8, 9, 10, 13, 14, 15, 16])
@pytest.mark.parametrize("text", [False, True])
def test_random_numbers_have_no_finding(width: int, text: bool, draw: random.Random) -> None:
    """One in ten passes a check digit by chance."""
    values = [str(draw.randint(10 ** (width - 1), 10**width - 1)) for _ in range(2000)]
    for name in ("v17", "count", "amount"):
        assert find_personal_data(pl.DataFrame({name: values if text else [float(each) for each in values]})) == ()


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud"])
def test_public_tables_have_no_finding(name: str) -> None:
    table = getattr(public, f"load_{name}")(as_frame=True)
    frame = pl.DataFrame(table.frame.to_dict("list")).cast(pl.Float64)
    assert find_personal_data(frame) == ()


def test_the_penguins_table_has_no_finding() -> None:
    assert (
        find_personal_data(pl.read_csv(PENGUINS, null_values="NA").with_columns(pl.col(pl.Int64).cast(pl.Float64)))
        == ()
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("version", [f"1.{i}.2" for i in range(N)]),
        ("moment", [f"2024-01-{i % 28 + 1:02d} 10:00:{i % 60:02d}" for i in range(N)]),
        ("price", [f"{i},50" for i in range(N)]),
        ("species name", ["Adelie", "Gentoo"] * 100),
        ("car name", ["ford pinto", "toyota corolla"] * 100),
        ("product_name", ["chair", "table"] * 100),
        ("mobile", ["yes", "no"] * 100),
        ("street", ["paved", "gravel"] * 100),
        ("zip", ["open", "closed"] * 100),
        ("birth", ["easy", "hard"] * 100),
        ("code", [f"AB{i:07d}" for i in range(N)]),
        ("uuid", [f"{i:08x}-0000-4000-8000-{i:012x}" for i in range(N)]),
        ("coordinates", [f"48.{i:03d}, 2.{i:03d}" for i in range(N)]),
    ],
)
def test_values_that_only_look_like_personal_data_have_no_finding(name: str, values: list[str]) -> None:
    assert find_personal_data(pl.DataFrame({name: values})) == ()


def test_a_name_and_values_together_are_surer_than_each_alone(draw: random.Random) -> None:
    phones = [float(people.phone(draw).replace(" ", "")) for _ in range(N)]  # the leading zero is lost
    post_codes = [float(draw.randint(1000, 95999)) for _ in range(N)]
    found = find_personal_data(pl.DataFrame({"N° tél.": phones, "CodePostal": post_codes}))
    assert {(each.kind, each.how) for each in found} == {
        (PersonalData.PHONE, Evidence.BOTH),
        (PersonalData.POST_CODE, Evidence.BOTH),
    }
    assert all(each.confidence > 0.9 for each in found)
    assert find_personal_data(pl.DataFrame({"a": phones, "b": post_codes})) == ()


def test_kinds_that_are_found_by_name_only() -> None:
    frame = pl.DataFrame(
        {
            "Prénom": ["Anne", "Jean-Luc", "Zoé"] * 20,
            "nom_client": ["Le Goff", "d'Arc", "Martin"] * 20,
            "adresse": [f"{i} rue de Paris" for i in range(60)],
            "DateOfBirth": [f"{i % 28 + 1:02d}/05/19{i % 60 + 40}" for i in range(60)],
        }
    )
    found = {each.column: each for each in find_personal_data(frame)}
    assert {name: each.kind for name, each in found.items()} == {
        "Prénom": PersonalData.NAME,
        "nom_client": PersonalData.NAME,
        "adresse": PersonalData.ADDRESS,
        "DateOfBirth": PersonalData.BIRTH_DATE,
    }
    assert {each.how for each in found.values()} == {Evidence.NAME}
    assert found["DateOfBirth"].proposal == Period(column="DateOfBirth", to="year", format="%d/%m/%Y")
    assert found["Prénom"].proposal == Drop(column="Prénom")


def test_a_vague_name_has_less_confidence() -> None:
    towns = ["Lyon", "Paris", "Brest"] * 20
    assert one(pl.DataFrame({"nom": towns})).confidence < one(pl.DataFrame({"nom_client": towns})).confidence


def test_each_kind_has_its_proposal(draw: random.Random) -> None:
    frame = pl.DataFrame(
        {
            "courriel": [CONTENT[PersonalData.EMAIL](draw) for _ in range(N)],
            "carte": [people.card(draw) for _ in range(N)],
            "cp": [float(draw.randint(1000, 95999)) for _ in range(N)],
        }
    )
    assert {each.column: each.proposal for each in find_personal_data(frame)} == {
        "courriel": Pseudonym(column="courriel"),
        "carte": Mask(column="carte", keep_last=4),
        "cp": Prefix(column="cp", length=2, digits=5),
    }


def test_few_values_among_other_texts_are_found() -> None:
    remarks = ["nothing to say about this one at all"] * 90
    texts = [f"{text} {index}" for index, text in enumerate(remarks)]
    texts += [f"please write to jean.{index}@mail.fr again" for index in range(10)]
    finding = one(pl.DataFrame({"remark": texts}))
    assert (finding.kind, finding.how, finding.share) == (PersonalData.EMAIL, Evidence.WITHIN, 0.1)


def test_findings_quote_no_value(draw: random.Random) -> None:
    values = [people.iban(draw) for _ in range(N)]
    said = one(pl.DataFrame({"v17": values})).model_dump_json()
    assert not any(value in said for value in values)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nom", PersonalData.NAME),
        ("Nom du client", PersonalData.NAME),
        ("nom_de_naissance", PersonalData.NAME),
        ("lastName", PersonalData.NAME),
        ("adresse mail", PersonalData.EMAIL),
        ("emailAddress", PersonalData.EMAIL),
        ("IP address", PersonalData.IP),
        ("date_naissance", PersonalData.BIRTH_DATE),
        ("DOB", PersonalData.BIRTH_DATE),
        ("téléphone portable", PersonalData.PHONE),
        ("N_SIRET", PersonalData.SIRET),
        ("numéro de sécurité sociale", PersonalData.NIR),
        ("spanning", None),
        ("telescope", None),
        ("nombre", None),
        ("shipping", None),
    ],
)
def test_names_are_read_word_by_word(name: str, kind: PersonalData | None) -> None:
    assert naming.kind(name) is kind


def test_a_street_may_stand_anywhere_in_an_address() -> None:
    values = [f"{way} {name}" for way in ("rue", "avenue", "place") for name in ("Foch", "du Bac", "Hoche")]
    assert one(pl.DataFrame({"adresse": values})).kind is PersonalData.ADDRESS


def test_a_name_is_the_whole_value() -> None:
    assert one(pl.DataFrame({"prénom": ["Zoé", "Jean-Luc", "Anne Marie"]})).kind is PersonalData.NAME
    assert find_personal_data(pl.DataFrame({"prénom": ["R2-D2", "C-3PO", "BB-8"]})) == ()


@pytest.mark.parametrize(("year", "found"), [(1849, 0), (1850, 1), (2100, 1), (2101, 0)])
def test_years_of_birth_lie_within_two_and_a_half_centuries(year: int, found: int) -> None:
    frame = pl.DataFrame({"année de naissance": [1980.0, 1990.0, float(year)]})
    assert len(find_personal_data(frame)) == found
