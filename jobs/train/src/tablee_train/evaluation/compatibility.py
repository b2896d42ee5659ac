"""Whether callers of one model could be answered by another: its contract must accept what they send."""

from __future__ import annotations

from tablee.models.contract import CategoryColumn, Column, Contract, TextColumn


def incompatibilities(candidate: Contract, champion: Contract) -> list[str]:
    """Why callers of the champion could not be answered by the candidate, a clause each; empty if they could."""
    ours, theirs = candidate.target, champion.target
    if ours.name != theirs.name:
        return [f"the champion predicts «{theirs.name}», this one «{ours.name}»"]
    if ours.problem_type is not theirs.problem_type:
        return [f"the champion is a {theirs.problem_type} model, this one {ours.problem_type}"]
    found = []
    if set(ours.classes) != set(theirs.classes):
        changed = ", ".join(sorted(set(ours.classes) ^ set(theirs.classes))[:5])
        found.append(f"the classes are not the champion's ({changed})")
    known = {column.name: column for column in champion.columns}
    for column in candidate.columns:
        if column.name not in known:
            found.append(f"it needs the column «{column.name}», which callers of the champion do not send")
        elif column.kind != known[column.name].kind and not _accepts_all_cells(column, known[column.name]):
            found.append(f"«{column.name}» is a {column.kind}, for the champion a {known[column.name].kind}")
    gone = set(champion.names) - set(candidate.names) - set(candidate.ignored)
    found += [f"it does not know the column «{name}», which callers of the champion send" for name in sorted(gone)]
    return found


def _accepts_all_cells(column: Column, other: Column) -> bool:
    """Whether `column` accepts every cell that `other` accepts: a text column accepts all levels of a category, except
    where these are true and false, which callers may send as JSON's own values."""
    flags = isinstance(other, CategoryColumn) and {level.casefold() for level in other.levels} == {"true", "false"}
    return isinstance(column, TextColumn) and isinstance(other, CategoryColumn) and not flags
