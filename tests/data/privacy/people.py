"""Made-up people with numbers whose check digits are right, made by other means than those that look for them."""

from __future__ import annotations

import random


def luhn(digits: str) -> str:
    """The digits with their check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(digits)))
    total = sum(value // 10 + value % 10 for value in doubled)
    return digits + str(-total % 10)


def digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def siren(draw: random.Random) -> str:
    return luhn(digits(draw, 8))


def siret(draw: random.Random) -> str:
    return luhn(siren(draw) + digits(draw, 4))


def card(draw: random.Random) -> str:
    return luhn("4" + digits(draw, 14))


def nir(draw: random.Random) -> str:
    born = f"{draw.choice('12')}{draw.randint(30, 99)}{draw.randint(1, 12):02d}"
    body = f"{born}{draw.randint(1, 95):02d}{draw.randint(1, 990):03d}{draw.randint(1, 999):03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def iban(draw: random.Random) -> str:
    """A French one: the account's own key, then the two digits of ISO 13616."""
    bank, desk, account = digits(draw, 5), digits(draw, 5), digits(draw, 11)
    body = f"{bank}{desk}{account}{97 - (89 * int(bank) + 15 * int(desk) + 3 * int(account)) % 97:02d}"
    return f"FR{98 - int(body + '152700') % 97:02d}{body}"


def phone(draw: random.Random) -> str:
    pairs = " ".join(digits(draw, 2) for _ in range(4))
    return f"0{draw.choice('123459')} {pairs}"
