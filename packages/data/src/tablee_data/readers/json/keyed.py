"""JSON objects of objects: `{"FR": {"pop": 67}, "DE": {"pop": 83}}` has a row in each object, and
`{"pop": {"FR": 67, "DE": 83}}` a column, as pandas writes them (`orient="index"` and `"columns"`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count, islice, pairwise
from typing import Any, Final

from tablee.datasets.reading import Decision, Reason
from tablee.errors import InvalidTable
from tablee.errors.cells import shorten
from tablee.i18n.message import Message

Objects = Mapping[str, Mapping[str, Any]]
SHOWN: Final = 5
"""Names and values that a question shows."""


def keyed_decision(objects: Objects) -> Decision | None:
    """Whether the objects are rows, which is sure only if they cannot be columns; None if they can only be columns.

    :raises InvalidTable: they are neither, as they have different names.
    """
    inner = _names(objects)
    if not inner:
        return None
    facts: dict[str, float | str] = {"outer": _listed(objects), "inner": _listed(inner)}
    if _are_uneven(objects):
        if any(2 * len(each) < len(inner) for each in objects.values()):
            raise _uneven()
        return Decision(field="keyed", chosen="yes", reason=Reason.JSON_KEYED, facts=facts)
    chosen, other = ("yes", "no") if _look_like_rows(objects, inner) else ("no", "yes")
    examples = {each: _shown(next(rows_of(objects, keyed=each == "yes"))) for each in (chosen, other)}
    return Decision(
        field="keyed",
        chosen=chosen,
        reason=Reason.JSON_KEYED,
        facts=facts,
        alternatives=(other,),
        examples=examples,
        sure=False,
    )


def rows_of(objects: Objects, *, keyed: bool) -> Iterator[dict[str, Any]]:
    """The rows. Their names are the first column, unless they only count the rows.

    :param keyed: whether each object is a row; else each is a column.
    :raises InvalidTable: the columns have different lengths.
    """
    names: Iterable[str]
    rows: Iterator[Mapping[str, Any]]
    if keyed:
        names, rows = objects, iter(objects.values())
    else:
        if _are_uneven(objects):
            raise _uneven()
        names = _names(objects)
        rows = ({name: column[row] for name, column in objects.items()} for row in names)
    if _count_rows(names):
        yield from map(dict, rows)
        return
    taken = _names(objects) if keyed else objects.keys()
    label = next(name for number in count(1) if (name := f"column_{number}") not in taken)
    yield from ({label: name, **row} for name, row in zip(names, rows, strict=True))


def _look_like_rows(objects: Objects, inner: Collection[str]) -> bool:
    """Whether the objects are rather rows: their names are numbers, or else the values of each name are of one type, or
    else there are more objects than names."""
    outside, inside = _are_numbers(objects), _are_numbers(inner)
    if outside != inside:
        return outside
    as_columns = all(_of_one_type(each.values()) for each in objects.values())
    as_rows = all(_of_one_type(each[name] for each in objects.values()) for name in inner)
    if as_rows != as_columns:
        return as_rows
    return len(objects) > len(inner)


def _are_numbers(names: Iterable[str]) -> bool:
    return all(name.isdecimal() for name in names)


def _count_rows(names: Iterable[str]) -> bool:
    """Whether names are 0, 1, 2 or 1, 2, 3, maybe with gaps."""
    names = [*names]
    if not _are_numbers(names) or names[0] not in ("0", "1"):
        return False
    numbers = [*map(int, names)]
    return all(one < other for one, other in pairwise(numbers))


def _of_one_type(values: Iterable[Any]) -> bool:
    return len({float if type(each) is int else type(each) for each in values if each is not None}) < 2


def _are_uneven(objects: Objects) -> bool:
    first = next(iter(objects.values())).keys()
    return any(each.keys() != first for each in objects.values())


def _names(objects: Objects) -> dict[str, None]:
    return dict.fromkeys(name for each in objects.values() for name in each)


def _listed(names: Collection[str]) -> str:
    return ", ".join(str(shorten(name)) for name in islice(names, SHOWN)) + (", …" if len(names) > SHOWN else "")


def _shown(row: Mapping[str, Any]) -> str:
    return _listed([f"{name}: {value}" for name, value in row.items()])


def _uneven() -> InvalidTable:
    return InvalidTable("json_uneven_columns", line=1, expected=Message("expected.table.json_objects"))
