"""The platform's privacy key: keyed pseudonyms and keyed hashes, by HMAC-SHA-256 (RFC 2104). Without the key nobody can
try values out."""

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

MIN_LENGTH = 16
"""Least number of characters of a key."""
PSEUDONYM_DIGITS = 32
"""Hexadecimal digits of a pseudonym: with 128 bits, two values practically never share one."""
FILE = "privacy.key"


class PrivacyKey:
    """The secret that pseudonyms and erasure certificates are computed with.

    :raises InvalidSettings: the secret is too short.
    """

    def __init__(self, secret: SecretStr) -> None:
        text = secret.get_secret_value().strip()
        if len(text) < MIN_LENGTH:
            raise InvalidSettings("short_privacy_key", length=len(text), least=MIN_LENGTH)
        self._secret = text.encode()

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell keys apart and do not reveal them."""
        return hmac.digest(self._secret, b"tablee: id of a key", "sha256").hex()[:8]

    def pseudonym(self, value: str, scope: str = "") -> str:
        """The pseudonym of a text. Outer spaces and the Unicode form of the text do not change it."""
        text = unicodedata.normalize("NFC", value.strip())
        return hmac.digest(self._secret, f"{scope}\0{text}".encode(), "sha256").hex()[:PSEUDONYM_DIGITS]

    def pseudonyms(self, texts: pl.Series, scope: str = "") -> pl.Series:
        """The pseudonyms of a column; missing values stay missing."""
        different = texts.drop_nulls().unique()
        made = [self.pseudonym(text, scope) for text in different]
        return texts.replace_strict(different, pl.Series(made, dtype=pl.String), return_dtype=pl.String)

    def hmac(self, purpose: str, message: str) -> str:
        """The HMAC of a message as 64 hexadecimal digits, with a key that is derived for this purpose: whoever can make
        pseudonyms of texts of their choice cannot make this."""
        derived = hmac.digest(self._secret, f"tablee: key of {purpose}".encode(), "sha256")
        return hmac.digest(derived, message.encode(), "sha256").hex()


def stored_key(home: Path) -> PrivacyKey:
    """The key in a file of the home directory. The first call makes it, readable by its owner alone."""
    file = home / FILE
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=home, prefix=".tmp-")  # with mode 0600
        try:
            with os.fdopen(handle, "w") as opened:
                opened.write(secrets.token_urlsafe(32))
                opened.flush()
                os.fsync(opened.fileno())
            os.link(name, file)  # fails if another process was first
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    return PrivacyKey(SecretStr(file.read_text()))
