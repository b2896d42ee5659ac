"""The choice of a data set or a model, which the URL may name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from tablee.errors import DatasetNotFound, ModelNotFound


def data_set(
    label: str,
    names: Sequence[str],
    wanted: str | None,
    *,
    key: str,
    place: Any = st,
    on_change: Callable[[], None] | None = None,
) -> str:
    """Draw the choice of a data set; the first name is chosen at the start.

    :param names: those that there are; at least one.
    :param wanted: the name in the URL.
    :param key: slot of the session with the name.
    :param place: where the choice is drawn.
    :raises DatasetNotFound: `wanted` is unknown, and the visitor has not chosen another name yet.
    """
    name = _name(label, names, wanted, key, place, on_change)
    if name is None:
        raise DatasetNotFound("no_data_set", dataset=wanted)
    return name


def model(label: str, names: Sequence[str], wanted: str | None, *, key: str) -> str:
    """Draw the choice of a model, as `data_set`.

    :raises ModelNotFound: `wanted` is unknown, and the visitor has not chosen another name yet.
    """
    name = _name(label, names, wanted, key, st, None)
    if name is None:
        raise ModelNotFound("model", name=wanted)
    return name


def _name(
    label: str,
    names: Sequence[str],
    wanted: str | None,
    key: str,
    place: Any,
    on_change: Callable[[], None] | None,
) -> str | None:
    """Draw the choice; the name, or None if the name in the URL is unknown and no other one is chosen yet."""
    name = st.session_state.get(key)
    if name not in names:
        name = names[0] if wanted is None else wanted
    is_known = name in names
    st.session_state[key] = name if is_known else None
    chosen: str | None = place.selectbox(
        label, names, index=0 if is_known else None, key=key, on_change=on_change, placeholder=wanted
    )
    return chosen
