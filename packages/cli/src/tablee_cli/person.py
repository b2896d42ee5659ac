"""Who calls the command: the platform keeps the name with what a person does."""

from __future__ import annotations

import getpass


def person() -> str:
    """The name of the account, or `somebody`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "somebody"
