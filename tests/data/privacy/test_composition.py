"""Composition of privacy actions: one action where it has the effect of both, refused where none has."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tablee.datasets.privacy import Action, Anonymised, Bands, Drop, Keep, Mask, Period, Prefix, Pseudonym
from tablee.errors import InvalidRequest
from tablee.i18n.message import Message
from tablee_data.privacy import Anonymiser, PrivacyKey, compose, merged

KEY = PrivacyKey(SecretStr("a secret of sixteen and more"))
OTHER = PrivacyKey(SecretStr("another secret, as long"))
MONTH = Period(column="x", to="month", format="%d/%m/%Y")
YEAR = Period(column="x", to="year", format="%d/%m/%Y")

DIGITS = st.text("0123456789", min_size=1, max_size=6)
TEXTS = st.one_of(DIGITS, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
NUMBERS = st.integers(-(10**6), 10**6).map(float) | st.floats(-(10**6), 10**6)
DATES = st.dates().filter(lambda day: day.year > 999).map(lambda day: f"{day:%d/%m/%Y}")


def done(values: list[Any], *actions: Action) -> list[Any]:
    dtype = pl.String if any(isinstance(value, str) for value in values) else pl.Float64
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype), "rest": range(len(values))})
    frame = Anonymiser(actions, KEY).apply(frame)
    return frame["x"].to_list() if "x" in frame.columns else []


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        (Mask(column="x", keep_last=3), Mask(column="x"), TEXTS),
        (Pseudonym(column="x"), Mask(column="x"), TEXTS),
        (Pseudonym(column="x"), Pseudonym(column="x"), TEXTS),
        (Pseudonym(column="x"), Drop(column="x"), TEXTS),
        (Prefix(column="x", length=3, digits=5), Prefix(column="x", length=2), DIGITS),
        (Prefix(column="x", length=3, digits=5), Prefix(column="x", length=2, digits=5), DIGITS),
        (Prefix(column="x", length=2), Prefix(column="x", length=4), TEXTS),
        (Bands(column="x", width=5), Bands(column="x", width=20, start=10), NUMBERS),
        (Bands(column="x", width=5, start=2), Bands(column="x", width=10, start=-3), NUMBERS),
        (MONTH, YEAR, DATES),
        (MONTH, MONTH, DATES),
        (MONTH, Keep(column="x"), DATES),
        (Keep(column="x"), Mask(column="x"), TEXTS),
    ],
)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_composed_action_has_the_effect_of_both(
    before: Action, after: Action, cells: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    values = [*data.draw(st.lists(cells, min_size=1, max_size=10)), None]
    after_that = compose([before], [after])
    (told,) = after_that.total
    assert done(done(values, before), *after_that.remaining) == done(values, told)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Pseudonym(column="x"), Pseudonym(column="x", scope="other")),
        (Pseudonym(column="x"), Mask(column="x", keep_last=2)),
        (Pseudonym(column="x"), Prefix(column="x", length=2)),
        (Mask(column="x", keep_last=4), Mask(column="x", keep_last=2)),
        (Mask(column="x"), Pseudonym(column="x")),
        (Prefix(column="x", length=3), Prefix(column="x", length=2, digits=5)),
        (Bands(column="x", width=10), Bands(column="x", width=15)),
        (Bands(column="x", width=10), Bands(column="x", width=20, start=5)),
        (Bands(column="x", width=0.1), Bands(column="x", width=0.2)),
        (YEAR, MONTH),
    ],
)
def test_actions_without_a_composition_are_refused(before: Action, after: Action) -> None:
    with pytest.raises(InvalidRequest) as refused:
        compose([before], [after])
    assert f"“x” was changed before ({Message(f'remedy.{before.kind}')})" in refused.value.detail
    assert "from before that change" in refused.value.hint


def test_actions_of_columns_keep_the_order_of_the_changes() -> None:
    name, town, mail = Drop(column="name"), Prefix(column="town", length=2), Pseudonym(column="mail")
    found = compose([name, town], [mail, Keep(column="town"), Keep(column="age")])
    assert found.total == (name, town, mail, Keep(column="age"))
    assert found.remaining == (mail,)


def test_the_key_of_each_pseudonym_is_recorded() -> None:
    def made(earlier: Anonymised | None, key: PrivacyKey, *asked: Action) -> Anonymised:
        succession = compose(earlier.actions if earlier else (), asked)
        return merged(earlier, Anonymiser(succession.remaining, key).anonymised, succession.total)

    first = made(None, KEY, Pseudonym(column="a"), Pseudonym(column="b"))
    assert (first.key, first.other_keys) == (KEY.id, {})
    assert made(first, KEY, Pseudonym(column="c")).other_keys == {}
    assert made(first, KEY, Mask(column="c")).key == KEY.id
    second = made(first, OTHER, Pseudonym(column="c"), Drop(column="b"))
    assert (second.key, second.other_keys) == (OTHER.id, {"a": KEY.id})
    third = made(second, OTHER, Mask(column="c"))
    assert (third.key, third.other_keys) == (KEY.id, {})
    assert made(third, OTHER, Drop(column="a")).key is None
