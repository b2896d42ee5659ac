"""Limits of detection and anonymisation: both sides of each."""

from __future__ import annotations

import ipaddress
from typing import Any

import polars as pl
import pytest

from tablee.datasets.privacy import Evidence, PersonalData
from tablee_data.privacy import find_personal_data
from tablee_data.privacy.content import leading_zero, within
from tablee_data.privacy.naming import is_quasi_identifier, is_vague

PHONES = [f"+33 6 12 34 56 {number:02d}" for number in range(20)]


def found(name: str, values: list[Any]) -> list[tuple[PersonalData, Evidence]]:
    return [(each.kind, each.how) for each in find_personal_data(pl.DataFrame({name: values}))]


def addresses(count: int) -> list[str]:
    return [str(ipaddress.ip_address("192.0.2.0") + number) for number in range(count)]


@pytest.mark.parametrize(("distinct", "expected"), [(4, []), (5, [(PersonalData.IP, Evidence.CONTENT)])])
def test_five_distinct_values_must_pass_without_a_name(distinct: int, expected: list[Any]) -> None:
    assert found("x", addresses(distinct) * 2) == expected


@pytest.mark.parametrize(("others", "expected"), [(245, [(PersonalData.IP, Evidence.CONTENT)]), (246, [])])
def test_two_percent_are_enough_of_what_never_passes_by_chance(others: int, expected: list[Any]) -> None:
    assert found("x", [*addresses(5), *(f"word {number}" for number in range(others))]) == expected


@pytest.mark.parametrize(("phones", "expected"), [(13, [(PersonalData.PHONE, Evidence.CONTENT)]), (12, [])])
def test_half_must_pass_beyond_chance_of_what_passes_by_chance(phones: int, expected: list[Any]) -> None:
    """Three numbers in ten pass as phone numbers by chance: 0.3 + 0.5 * 0.7 = 0.65 of 20 values."""
    assert found("x", [*PHONES[:phones], *(f"w{number}" for number in range(20 - phones))]) == expected


@pytest.mark.parametrize(("phones", "expected"), [(10, [(PersonalData.PHONE, Evidence.BOTH)]), (9, [])])
def test_half_must_pass_where_the_name_says_the_same(phones: int, expected: list[Any]) -> None:
    assert found("portable", [*PHONES[:phones], *(f"w{number}" for number in range(20 - phones))]) == expected


@pytest.mark.parametrize(("names", "others", "expected"), [(4, 1, []), (9, 2, [(PersonalData.NAME, Evidence.NAME)])])
def test_more_than_four_in_five_values_must_be_possible(names: int, others: int, expected: list[Any]) -> None:
    values = [f"Ada {'abcdefghi'[number]}" for number in range(names)] + [f"{number} %" for number in range(others)]
    assert found("prénom", values) == expected


@pytest.mark.parametrize(
    ("years", "is_found"),
    [([1850, 2100], True), ([1849, 1990], False), ([1990, 2101], False), ([1990, 1991, 7], False)],
)
def test_years_of_birth_are_of_four_centuries(years: list[int], *, is_found: bool) -> None:
    assert bool(found("naissance", [float(year) for year in years])) is is_found


@pytest.mark.parametrize(("length", "expected"), [(20, []), (21, [(PersonalData.EMAIL, Evidence.WITHIN)])])
def test_long_texts_are_searched(length: int, expected: list[Any]) -> None:
    assert found("remark", [f"write a{number}@b.fr".ljust(length, ".") for number in range(4)]) == expected


def test_shares_of_texts_that_hold_personal_data() -> None:
    assert within([]) == {}
    assert within(["nothing here"]) == {}
    assert within(["to ada@example.org", "nothing", "FR14 2004 1010 0505 0001 3M02 606", "nothing"]) == {
        PersonalData.EMAIL: 0.25,
        PersonalData.IBAN: 0.25,
    }


@pytest.mark.parametrize(
    ("kind", "digits", "restored"),
    [
        (PersonalData.PHONE, "612345678", "0612345678"),
        (PersonalData.PHONE, "61234567", "61234567"),
        (PersonalData.PHONE, "33612345678", "33612345678"),
        (PersonalData.POST_CODE, "1000", "01000"),
        (PersonalData.POST_CODE, "100", "100"),
        (PersonalData.POST_CODE, "75001", "75001"),
        (PersonalData.SIREN, "612345678", "612345678"),
        (PersonalData.SIREN, "1000", "1000"),
    ],
)
def test_only_phones_and_post_codes_get_their_zero_back(kind: PersonalData, digits: str, restored: str) -> None:
    assert leading_zero(kind, digits) == restored


@pytest.mark.parametrize(
    ("name", "vague"),
    [("nom", True), ("Name", True), ("nom noms name names", True), ("nom_client", False), ("prénom", False)],
)
def test_a_bare_name_is_vague(name: str, *, vague: bool) -> None:
    assert is_vague(name) is vague


@pytest.mark.parametrize(("name", "quasi"), [("age", True), ("AgeClient", True), ("page", False), ("x", False)])
def test_quasi_identifiers_by_name(name: str, *, quasi: bool) -> None:
    assert is_quasi_identifier(name) is quasi


@pytest.mark.parametrize("text", ["192.0.2", "12:30", "1.2.3.4.5", "999.0.2.1", "192.0.2.1.", "a:b:c"])
def test_what_only_looks_like_an_ip_address(text: str) -> None:
    assert found("x", [f"{text}{suffix}" for suffix in ("", "0", "1", "2", "3")]) == []
