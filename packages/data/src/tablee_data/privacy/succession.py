"""Actions on columns that actions changed before: what is still to be done, and what was done altogether.

An action on a changed column is combined with the one before only where the two are the same as one: the values then
are what that one would have made of the original ones. Anything else is refused, so that a manifest never says less or
other than what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tablee.datasets.privacy import Action, Anonymised, Bands, Drop, Keep, Mask, Period, Prefix, Pseudonym, changes
from tablee.errors import InvalidRequest

_YEAR = 4
"""Characters of a period that are its year."""


@dataclass(frozen=True, slots=True)
class Succession:
    """One set of actions after another."""

    todo: tuple[Action, ...]
    """What is left to be done to the values as they are; no `Keep`."""
    told: tuple[Action, ...]
    """What was done altogether, one for a column."""


def following(earlier: Sequence[Action], asked: Sequence[Action]) -> Succession:
    """Actions that are asked for after others.

    :raises InvalidRequest: two actions on one column are not the same as one.
    """
    told = {action.column: action for action in earlier}
    todo: list[Action] = []
    for action in asked:
        before = told.get(action.column)
        if before is None or not changes(before):
            told[action.column] = action
            if changes(action):
                todo.append(action)
            continue
        rest, whole = _both(before, action)
        told[action.column] = whole
        if changes(rest):
            todo.append(rest)
    return Succession(tuple(todo), tuple(told.values()))


def together(earlier: Anonymised | None, made: Anonymised, told: Sequence[Action]) -> Anonymised:
    """What a version went through that was made of one that had gone through `earlier`.

    :param made: what was done last.
    :param told: all actions, one for a column.
    """
    if earlier is None:
        return made.model_copy(update={"actions": tuple(told)})
    new = {action.column for action in made.actions}
    pseudonyms = {
        action.column: made.key if action.column in new else earlier.other_keys.get(action.column, earlier.key)
        for action in told
        if isinstance(action, Pseudonym)
    }
    key = made.key or next(iter(pseudonyms.values()), None)
    others = {column: each for column, each in pseudonyms.items() if each is not None and each != key}
    return made.model_copy(update={"actions": tuple(told), "key": key, "other_keys": others})


def _both(before: Action, after: Action) -> tuple[Action, Action]:
    """What is left to be done of the second of two actions, and the one that is the same as both."""
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
        f"«{after.column}» was changed before ({before.kind}); {after.kind} on top of it cannot be told as one action",
        hint="Drop the column, mask it whole, or anonymise the version from before that change.",
    )


def _divides(fine: Bands, coarse: Bands) -> bool:
    """Whether each of the coarse bands is made of whole fine ones; of whole numbers only, where that is exact."""
    steps = (fine.width, coarse.width, coarse.start - fine.start)
    return all(float(step).is_integer() for step in steps) and not (coarse.width % fine.width or steps[2] % fine.width)
