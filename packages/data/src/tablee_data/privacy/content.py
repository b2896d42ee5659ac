"""Tests of values for personal data: check digits and grammars, by libraries that know them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers
from stdnum import iban, luhn
from stdnum.fr import nir, siren, siret

from tablee.datasets.privacy import PersonalData

REGION = "FR"
"""Phone numbers without a country code are read as French ones."""

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_PHONE = re.compile(r"(?:\+|00)[\d ().\u00a0\u202f-]{8,24}|0[\d .\u00a0\u202f-]{9,14}|\(?0\d[\d ().-]{8,16}")
_DIGITS = re.compile(r"[\d \u00a0\u202f.-]+")
_CARD = re.compile(
    r"4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)
"""Lengths and first digits of ISO/IEC 7812 as the large networks use them."""
_POST_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}")


def _compact(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f.-]", "", text)


def _email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _iban(text: str) -> bool:
    return _IBAN.fullmatch(text) is not None and bool(iban.is_valid(text))


def _nir(text: str) -> bool:
    return len(_compact(text)) == 15 and bool(nir.is_valid(_compact(text)))


def _siret(text: str) -> bool:
    return len(_compact(text)) == 14 and bool(siret.is_valid(_compact(text)))


def _siren(text: str) -> bool:
    return len(_compact(text)) == 9 and bool(siren.is_valid(_compact(text)))


def _card(text: str) -> bool:
    digits = _compact(text)
    return _DIGITS.fullmatch(text) is not None and _CARD.fullmatch(digits) is not None and bool(luhn.is_valid(digits))


def _phone(text: str) -> bool:
    if _PHONE.fullmatch(text) is None:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, REGION))
    except phonenumbers.NumberParseException:
        return False


def _ip(text: str) -> bool:
    if text.count(".") != 3 and text.count(":") < 2:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _post_code(text: str) -> bool:
    return _POST_CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Test:
    """A test of values for one kind of personal data."""

    kind: PersonalData
    passes: Callable[[str], bool]
    chance: float
    """Share of other texts of the same shape that pass: those whose check digit is right by chance."""
    alone: bool = True
    """Whether values that pass are enough for a finding, without the name of the column."""
    numbers: bool = True
    """Whether numbers that pass are enough for a finding, without the name of the column."""


TESTS: Final = (
    Test(PersonalData.EMAIL, _email, 0.0),
    Test(PersonalData.IBAN, _iban, 0.01),
    Test(PersonalData.NIR, _nir, 0.01),
    Test(PersonalData.SIRET, _siret, 0.01),
    Test(PersonalData.CARD, _card, 0.1),
    Test(PersonalData.SIREN, _siren, 0.1),
    Test(PersonalData.IP, _ip, 0.0),
    Test(PersonalData.PHONE, _phone, 0.3, numbers=False),
    Test(PersonalData.POST_CODE, _post_code, 0.97, alone=False),
)
"""Strictest first: values that pass one test are not given to the following ones."""


def within(texts: Sequence[str]) -> dict[PersonalData, float]:
    """By kind: the share of texts that hold an e-mail address or an IBAN among other words."""
    if not texts:
        return {}
    mails = sum(_EMAIL.search(text) is not None for text in texts)
    accounts = sum(any(_iban(found[0]) for found in _IBAN.finditer(text)) for text in texts)
    return {kind: n / len(texts) for kind, n in ((PersonalData.EMAIL, mails), (PersonalData.IBAN, accounts)) if n}


def leading_zero(kind: PersonalData, digits: str) -> str:
    """The digits with the leading zero that a phone number or a post code lost when it was read as a number."""
    if kind is PersonalData.PHONE and len(digits) == 9:
        return f"0{digits}"
    return digits.zfill(5) if kind is PersonalData.POST_CODE and len(digits) == 4 else digits
