"""Options for the privacy actions that are applied before a file is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from tablee.datasets.privacy import Actions
from tablee.http.validation_errors import request_error
from tablee_cli.options.shared import OptionSet
from tablee_cli.options.usage import WrongUse

Columns = list[str] | None
_ACTIONS: TypeAdapter[Actions] = TypeAdapter(Actions)


@dataclass(frozen=True, kw_only=True)
class TakenOut(OptionSet):
    """One option for each privacy action except `keep`. Each option may be repeated."""

    drop: Annotated[Columns, typer.Option("--drop", metavar="COLUMN")] = None
    mask: Annotated[Columns, typer.Option("--mask", metavar="COLUMN[=KEPT]")] = None
    pseudonym: Annotated[Columns, typer.Option("--pseudonym", metavar="COLUMN")] = None
    bands: Annotated[Columns, typer.Option("--bands", metavar="COLUMN=WIDTH")] = None
    prefix: Annotated[
        Columns,
        typer.Option("--prefix", metavar="COLUMN=LENGTH[/DIGITS]"),
    ] = None
    period: Annotated[Columns, typer.Option("--period", metavar="COLUMN=month|year")] = None

    @property
    def actions(self) -> Actions:
        """The privacy actions that the options name, by column.

        :raises typer.BadParameter: a value is malformed, or a column has two actions.
        """
        found = [
            *({"kind": "drop", "column": column} for column in self.drop or ()),
            *_each("mask", self.mask, lambda kept: {"keep_last": kept}, needed=False),
            *({"kind": "pseudonym", "column": column} for column in self.pseudonym or ()),
            *_each("bands", self.bands, lambda width: {"width": width}),
            *_each("prefix", self.prefix, _prefix),
            *_each("period", self.period, lambda to: {"to": to}),
        ]
        try:
            return _ACTIONS.validate_python(found)
        except ValidationError as error:
            faults = [{**each, "loc": (_option(found, each["loc"]),)} for each in error.errors(include_url=False)]
            raise WrongUse(request_error(faults)) from None


def _option(actions: Sequence[Mapping[str, Any]], place: Sequence[str | int]) -> str:
    """The option of the action that a fault is in, with its column."""
    if not place or not isinstance(place[0], int):
        return "--drop, --mask, …"
    action = actions[place[0]]
    return f"--{action['kind']} {action['column']}"


def _prefix(given: str) -> dict[str, Any]:
    length, slash, digits = given.partition("/")
    return {"length": length} | ({"digits": digits} if slash else {})


def _each(
    kind: str, given: Iterable[str] | None, members: Callable[[str], dict[str, Any]], *, needed: bool = True
) -> Iterable[dict[str, Any]]:
    """The actions of the values `COLUMN` or `COLUMN=VALUE` of one option.

    :param needed: whether a value is required. If it is not, and the text after the equals sign is not a number, the
        whole text is the name of a column.
    """
    for each in given or ():
        column, equals, value = each.rpartition("=")
        if not needed and not (equals and value.isdecimal()):
            yield {"kind": kind, "column": each}
        elif not column or not value:
            raise WrongUse("not_column_value", at=f"--{kind}", given=each)
        else:
            yield {"kind": kind, "column": column} | members(value)
