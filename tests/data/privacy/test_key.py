"""The privacy key in a file of the home directory."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr

from tablee.errors import InvalidSettings
from tablee_data.privacy import PrivacyKey, stored_key


def test_the_first_call_makes_the_key(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = stored_key(home)
    file = home / "privacy.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) >= 43  # 32 random bytes
    assert stored_key(home).id == first.id != stored_key(tmp_path / "another").id
    assert list(home.iterdir()) == [file]


def test_concurrent_calls_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: stored_key(tmp_path).id, range(32)))
    assert len(set(found)) == 1


def test_a_key_has_sixteen_characters_without_outer_spaces() -> None:
    assert PrivacyKey(SecretStr(" " + "k" * 16 + "\n")).id == PrivacyKey(SecretStr("k" * 16)).id
    with pytest.raises(InvalidSettings, match="has 15 characters, at least 16"):
        PrivacyKey(SecretStr("k" * 15 + " "))


def test_a_pseudonym_depends_on_text_scope_and_key() -> None:
    key, other = PrivacyKey(SecretStr("k" * 16)), PrivacyKey(SecretStr("l" * 16))
    pseudonym = key.pseudonym("Zoé", "people")
    assert key.pseudonym(" Zoe\u0301 ", "people") == pseudonym
    made = {pseudonym, key.pseudonym("Zoë", "people"), key.pseudonym("Zoé", "staff"), other.pseudonym("Zoé", "people")}
    assert len(made) == 4
    assert all(len(each) == 32 for each in made)
    assert key.pseudonyms(pl.Series(["Zoé", None, "Zoé"]), "people").to_list() == [pseudonym, None, pseudonym]


def test_an_hmac_depends_on_its_purpose() -> None:
    key = PrivacyKey(SecretStr("k" * 16))
    assert len({key.hmac("one", "text"), key.hmac("two", "text"), key.hmac("one", "other")}) == 3
