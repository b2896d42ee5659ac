"""Whether callers of one model could be answered by another: its contract must accept what they send."""

from __future__ import annotations

from typing import Any

from tablee.i18n.message import Message
from tablee.models.contract import CategoryColumn, Column, Contract, TextColumn


def incompatibilities(candidate: Contract, champion: Contract) -> list[Message]:
    """Why callers of the champion could not be answered by the candidate, a clause each; empty if they could."""
    ours, theirs = candidate.target, champion.target
    if ours.name != theirs.name:
        return [_clause("target", champion=theirs.name, candidate=ours.name)]
    if ours.problem_type is not theirs.problem_type:
        kinds = (Message(f"target_kind.{each.problem_type}") for each in (theirs, ours))
        return [_clause("problem_type", **dict(zip(("champion", "candidate"), kinds, strict=True)))]
    found = []
    if set(ours.classes) != set(theirs.classes):
        found.append(_clause("classes", classes=sorted(set(ours.classes) ^ set(theirs.classes))[:5]))
    known = {column.name: column for column in champion.columns}
    for column in candidate.columns:
        if column.name not in known:
            found.append(_clause("new_column", column=column.name))
        elif column.kind != known[column.name].kind and not _accepts_all_cells(column, known[column.name]):
            candidate_kind, champion_kind = (Message(f"kind.{each.kind}") for each in (column, known[column.name]))
            found.append(_clause("kind", column=column.name, candidate=candidate_kind, champion=champion_kind))
    gone = set(champion.names) - set(candidate.names) - set(candidate.ignored)
    found += [_clause("unknown_column", column=name) for name in sorted(gone)]
    return found


def _clause(key: str, **facts: Any) -> Message:
    return Message(f"incompatible.{key}", facts)


def _accepts_all_cells(column: Column, other: Column) -> bool:
    """Whether `column` accepts every cell that `other` accepts: a text column accepts all levels of a category, except
    where these are true and false, which callers may send as JSON's own values."""
    flags = isinstance(other, CategoryColumn) and {level.casefold() for level in other.levels} == {"true", "false"}
    return isinstance(column, TextColumn) and isinstance(other, CategoryColumn) and not flags
