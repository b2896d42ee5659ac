"""Composition of privacy actions: actions on columns that other actions changed before.

Two actions on one column are composed only where one action has the same effect as both: the values then are what that
action would have made of the original ones. Any other pair is refused, so that a manifest always says exactly what was
done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tablee.datasets.privacy import (
    Action,
    Anonymised,
    Bands,
    Drop,
    Keep,
    Mask,
    Period,
    Prefix,
    Pseudonym,
    changes_values,
)
from tablee.errors import InvalidRequest
from tablee.i18n.message import Message

_YEAR = 4
"""Characters of a period that are its year."""


@dataclass(frozen=True, slots=True)
class Composition:
    """Actions that are applied after others."""

    remaining: tuple[Action, ...]
    """What must still be done to the values as they are now; no `Keep`."""
    total: tuple[Action, ...]
    """What is done to the original values altogether: one action for a column."""


def compose(earlier: Sequence[Action], asked: Sequence[Action]) -> Composition:
    """Compose actions that were applied with actions that are asked for.

    :raises InvalidRequest: no single action has the effect of both actions on a column.
    """
    total = {action.column: action for action in earlier}
    remaining: list[Action] = []
    for action in asked:
        before = total.get(action.column)
        if before is None or not changes_values(before):
            total[action.column] = action
            if changes_values(action):
                remaining.append(action)
            continue
        rest, both = _composed(before, action)
        total[action.column] = both
        if changes_values(rest):
            remaining.append(rest)
    return Composition(tuple(remaining), tuple(total.values()))


def merged(earlier: Anonymised | None, latest: Anonymised, total: Sequence[Action]) -> Anonymised:
    """The provenance of a version that was anonymised again.

    :param earlier: provenance of the version before; None if it was not anonymised.
    :param latest: what was done last.
    :param total: all actions, one for a column.
    """
    if earlier is None:
        return latest.model_copy(update={"actions": tuple(total)})
    changed = {action.column for action in latest.actions}
    keys = {
        action.column: latest.key if action.column in changed else earlier.other_keys.get(action.column, earlier.key)
        for action in total
        if isinstance(action, Pseudonym)
    }
    key = latest.key or next(iter(keys.values()), None)
    others = {column: each for column, each in keys.items() if each is not None and each != key}
    return latest.model_copy(update={"actions": tuple(total), "key": key, "other_keys": others})


def _composed(before: Action, after: Action) -> tuple[Action, Action]:
    """What remains to be done of the second action, and the action that has the effect of both."""
    nothing = Keep(column=after.column)
    match before, after:
        case _, Keep():
            return nothing, before
        case _ if before == after:
            return nothing, before
        case (_, Drop()) | (_, Mask(keep_last=0)):
            return after, after
        case Prefix(), Prefix() if after.digits in (0, before.digits):
            if after.length >= before.length:
                return nothing, before
            return after.model_copy(update={"digits": 0}), after.model_copy(update={"digits": before.digits})
        case Bands(), Bands() if _divides(before, after):
            return after, after
        case Period(to="month"), Period(to="year"):
            return Prefix(column=after.column, length=_YEAR, digits=0), before.model_copy(update={"to": "year"})
    raise InvalidRequest(
        "actions_not_composable",
        column=after.column,
        before=Message(f"remedy.{before.kind}"),
        after=Message(f"remedy.{after.kind}"),
        hint="actions_not_composable",
    )


def _divides(fine: Bands, coarse: Bands) -> bool:
    """Whether each coarse band consists of whole fine bands. Only decided for whole numbers, where it is exact."""
    steps = (fine.width, coarse.width, coarse.start - fine.start)
    return all(float(step).is_integer() for step in steps) and not (coarse.width % fine.width or steps[2] % fine.width)
