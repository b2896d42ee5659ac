"""The name of the user, which the platform records with data sets, promotions and runs."""

from __future__ import annotations

import getpass


def person() -> str:
    """The account's name; `somebody` if the account has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the user id has no account
        return "somebody"
