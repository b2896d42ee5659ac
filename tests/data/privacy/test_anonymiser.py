"""Privacy actions: what each makes of a column, and which are refused."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from tablee.datasets.privacy import Action, Actions, Bands, Drop, Keep, Mask, Period, Prefix, Pseudonym
from tablee.errors import InvalidRequest, InvalidSettings
from tablee_data.privacy import Anonymiser, PrivacyKey
from tablee_data.privacy.anonymiser import as_text

SECRET = "a secret of sixteen and more"
KEY = PrivacyKey(SecretStr(SECRET))
OTHER = PrivacyKey(SecretStr("another secret, as long"))
ACTION: TypeAdapter[Action] = TypeAdapter(Action)


def done(values: list[Any], action: Action) -> list[Any]:
    dtype = pl.String if any(isinstance(value, str) for value in values) else pl.Float64
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype), "rest": range(len(values))})
    return Anonymiser([action], KEY).apply(frame)["x"].to_list()


def test_dropped_columns_are_removed_and_the_others_keep_their_order() -> None:
    frame = pl.DataFrame({"a": [1.0], "b": ["x"], "c": ["y"], "d": [2.0]})
    anonymiser = Anonymiser([Drop(column="b"), Keep(column="c")])
    assert anonymiser.apply(frame).columns == ["a", "c", "d"]
    assert [anonymiser.hides(name) for name in "abcd"] == [False, True, False, False]


@pytest.mark.parametrize(
    ("action", "values", "expected"),
    [
        (Mask(column="x"), ["Anne", "", None], ["***", "***", None]),
        (Mask(column="x", keep_last=4), ["4970123412341234", "1234567", None], ["***1234", "***", None]),
        (Mask(column="x", keep_last=2), [4970123.0, 12.0], ["***23", "***"]),
        (Bands(column="x", width=10), [34.0, 39.9, 40.0, -1.0, None], [30.0, 30.0, 40.0, -10.0, None]),
        (Bands(column="x", width=0.1), [0.35], [0.3]),
        (Bands(column="x", width=10, start=5), [34.0, 35.0], [25.0, 35.0]),
        (Prefix(column="x", length=2), ["75011", "2A004", None], ["75", "2A", None]),
        (Prefix(column="x", length=2, digits=5), [1000.0, 75011.0, None], ["01", "75", None]),
        (Prefix(column="x", length=2, digits=5), ["1000", "2A004"], ["01", "2A"]),
        (Prefix(column="x", length=3), ["éàü日本"], ["éàü"]),
        (Period(column="x", to="month"), ["2024-05-17", "2024-05-17T10:00:00", None], ["2024-05", "2024-05", None]),
        (Period(column="x", to="month"), ["  2024-05-17", "2024-05-17T10:00:00 "], ["2024-05", "2024-05"]),
        (Period(column="x", to="year", format="%d/%m/%Y"), ["17/05/1980"], ["1980"]),
    ],
)
def test_each_action_changes_values_as_documented(action: Action, values: list[Any], expected: list[Any]) -> None:
    assert done(values, action) == expected


def test_a_pseudonym_is_an_hmac_of_the_text() -> None:
    expected = hmac.new(SECRET.encode(), b"\0Anne", hashlib.sha256).hexdigest()[:32]
    assert done(["Anne", " Anne ", None], Pseudonym(column="x")) == [expected, expected, None]


def test_pseudonyms_do_not_depend_on_spaces_unicode_form_or_type() -> None:
    assert done(["42"], Pseudonym(column="x")) == done([42.0], Pseudonym(column="x"))
    assert done(["é"], Pseudonym(column="x")) == done(["e\u0301"], Pseudonym(column="x"))
    assert done(["42"], Pseudonym(column="x")) != done(["42"], Pseudonym(column="x", scope="other"))
    assert KEY.pseudonym("a") != OTHER.pseudonym("a")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TO_TEXTS = (
    Pseudonym(column="x"),
    Mask(column="x"),
    Mask(column="x", keep_last=2),
    Prefix(column="x", length=2, digits=4),
)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=40), st.sampled_from(TO_TEXTS), st.data())
def test_batches_do_not_change_the_result(values: list[str | None], action: Action, data: st.DataObject) -> None:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.String)})
    cut = data.draw(st.integers(0, len(values)))
    anonymiser = Anonymiser([action], KEY)
    parts = pl.concat([anonymiser.apply(frame[:cut]), anonymiser.apply(frame[cut:])])
    whole = anonymiser.apply(frame)
    assert parts.equals(whole)
    assert whole["x"].null_count() == frame["x"].null_count()
    assert whole.schema == {"x": pl.String}


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        (Bands(column="x", width=10), ["Anne"], "“x” holds texts"),
        (Period(column="x", to="year"), [1980.0], "“x” holds numbers"),
        (Period(column="x", to="year"), ["2024-01-01", "Anne"], "1 values of “x” are no dates written as yyyy-mm-dd"),
        (Drop(column="y"), ["Anne"], "no column “y”"),
    ],
)
def test_errors_of_actions_quote_no_value(action: Action, values: list[Any], words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        done(values, action)
    assert words in refused.value.detail
    assert "Anne" not in refused.value.detail


def test_at_least_one_column_must_be_left() -> None:
    with pytest.raises(InvalidRequest, match="at least one must stay"):
        Anonymiser([Drop(column="x")]).apply(pl.DataFrame({"x": [1.0]}))


def test_two_actions_for_one_column_are_refused() -> None:
    with pytest.raises(ValidationError, match="one action for “x”, not two"):
        TypeAdapter(Actions).validate_python([{"kind": "drop", "column": "x"}, {"kind": "mask", "column": "x"}])


def test_the_fingerprint_depends_on_actions_and_key() -> None:
    drop, mask, keep, name = Drop(column="a"), Mask(column="b"), Keep(column="c"), Pseudonym(column="d")
    same = {Anonymiser(actions, KEY).fingerprint for actions in ([drop, mask], [mask, drop], [mask, keep, drop])}
    assert len(same) == 1
    assert (
        Anonymiser([drop], KEY).fingerprint == Anonymiser([drop], OTHER).fingerprint == Anonymiser([drop]).fingerprint
    )
    assert Anonymiser([name], KEY).fingerprint != Anonymiser([name], OTHER).fingerprint
    assert (Anonymiser([drop], KEY).key_id, Anonymiser([name], KEY).key_id) == (None, KEY.id)
    told = Anonymiser([name], KEY).fingerprint + KEY.id + repr(KEY) + str(vars(Anonymiser([name], KEY)))
    assert SECRET not in told


def test_pseudonyms_need_a_key() -> None:
    with pytest.raises(InvalidRequest, match="need a key"):
        Anonymiser([Pseudonym(column="x")])
    with pytest.raises(InvalidSettings, match="at least 16"):
        PrivacyKey(SecretStr("too short"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "bands", "column": "x", "width": 0},
        {"kind": "bands", "column": "x", "width": "NaN"},
        {"kind": "prefix", "column": "x", "length": 0},
        {"kind": "mask", "column": "x", "keep_last": 5},
        {"kind": "period", "column": "x", "to": "day"},
        {"kind": "burn", "column": "x"},
        {"kind": "drop", "column": "x", "more": 1},
    ],
)
def test_invalid_actions_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ACTION.validate_python(wrong)


@pytest.mark.parametrize(
    ("number", "text"), [(42.0, "42"), (0.5, "0.5"), (-1e15, "-1000000000000000"), (1e19, None), (float(2**63), None)]
)
def test_numbers_become_texts_without_a_loss(number: float, text: str | None) -> None:
    (found,) = as_text(pl.Series("x", [number]))
    assert found == text if text else float(found) == number


@pytest.mark.parametrize(
    ("keep", "value", "masked"),
    [
        (4, "12345678", "***"),
        (4, "123456789", "***6789"),
        (1, "ab", "***"),
        (1, "abc", "***c"),
        (0, "123456789", "***"),
        (4, "", "***"),
    ],
)
def test_a_mask_shows_less_than_half_of_a_value(keep: int, value: str, masked: str) -> None:
    frame = Anonymiser([Mask(column="x", keep_last=keep)]).apply(pl.DataFrame({"x": [value, None]}))
    assert frame["x"].to_list() == [masked, None]
