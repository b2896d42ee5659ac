"""Keyed pseudonyms: HMAC-SHA-256 (RFC 2104), so that nobody without the key can try values out."""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
import unicodedata
from pathlib import Path

import polars as pl
from pydantic import SecretStr

from tablee.errors import InvalidSettings

LEAST_LENGTH = 16
"""Characters of a key."""
DIGITS = 32
"""Of a pseudonym: 128 bits, so that two values practically never share one."""
FILE = "privacy.key"


class Key:
    """The secret behind pseudonyms.

    :raises InvalidSettings: it is too short to be one.
    """

    def __init__(self, secret: SecretStr) -> None:
        text = secret.get_secret_value().strip()
        if len(text) < LEAST_LENGTH:
            raise InvalidSettings(
                f"the key of pseudonyms has {len(text)} characters, at least {LEAST_LENGTH} are needed"
            )
        self._secret = text.encode()

    @property
    def id(self) -> str:
        """Tells keys apart and says nothing about them."""
        return hmac.digest(self._secret, b"tablee: id of a key", "sha256").hex()[:8]

    def pseudonym(self, value: str, scope: str = "") -> str:
        """Of a text, whose outer spaces and Unicode form do not count."""
        text = unicodedata.normalize("NFC", value.strip())
        return hmac.digest(self._secret, f"{scope}\0{text}".encode(), "sha256").hex()[:DIGITS]

    def pseudonyms(self, texts: pl.Series, scope: str = "") -> pl.Series:
        """Of a column; missing stays missing."""
        different = texts.drop_nulls().unique()
        made = [self.pseudonym(text, scope) for text in different]
        return texts.replace_strict(different, pl.Series(made, dtype=pl.String), return_dtype=pl.String)


def kept_key(home: Path) -> Key:
    """The key in a file of the home; made at the first call, for its owner's eyes only."""
    file = home / FILE
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=home, prefix=".tmp-")  # with mode 0600
        try:
            with os.fdopen(handle, "w") as opened:
                opened.write(secrets.token_urlsafe(32))
                opened.flush()
                os.fsync(opened.fileno())
            os.link(name, file)  # whoever is first wins
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return Key(SecretStr(file.read_text()))
