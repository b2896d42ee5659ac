"""Options that describe a source: the origin of its rows, its schedule, and its privacy actions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.jobs.source import Every
from tablee_cli.files import json_of, opened
from tablee_cli.options.shared import OptionSet
from tablee_cli.options.usage import WrongUse

OPTIONS: Final = {
    "sql": "--query",
    "address": "--prefix",
    "connection": "--connection",
    "max_seconds": "--max-seconds",
    "expression": "--cron",
}
"""The options of members of a `SourceOrder` that have another name."""
UNITS = {"m": 1, "h": 60, "d": 24 * 60}
"""Length in minutes of each unit that `--every` accepts."""


@dataclass(frozen=True, kw_only=True)
class Origin(OptionSet):
    """A query of a database, or files below a prefix."""

    query: Annotated[str | None, typer.Option("--query")] = None
    query_file: Annotated[Path | None, typer.Option("--query-file")] = None
    prefix: Annotated[str | None, typer.Option("--prefix")] = None
    connection: Annotated[str | None, typer.Option("--connection")] = None
    replace: Annotated[bool, typer.Option("--replace/--append")] = False
    strict: Annotated[bool, typer.Option("--strict")] = False
    max_seconds: Annotated[int | None, typer.Option("--max-seconds", min=1)] = None

    def member(self, asked: Corrections) -> dict[str, Any]:
        """The member `of` of a source's order, which the controller accepts.

        :param asked: what is to be read otherwise than the files say.
        :raises typer.BadParameter: not exactly one of a query, a file with a query, and a prefix is given; or how files
            are read is said of a query.
        """
        if [self.query, self.query_file, self.prefix].count(None) != 2:
            raise WrongUse("one_of_query_and_prefix")
        if self.prefix is not None:
            return {
                "connection": self.connection,
                "kind": "prefix",
                "address": self.prefix,
                "mode": "replace" if self.replace else "append",
                "options": asked.model_dump(mode="json", exclude_defaults=True),
                "strict": self.strict,
            }
        if self.strict or asked != Corrections():
            raise WrongUse("files_only")
        sql = self.query if self.query_file is None else _bytes_of(self.query_file, "--query-file").decode()
        limit = {} if self.max_seconds is None else {"max_seconds": self.max_seconds}
        return {"connection": self.connection, "kind": "query", "sql": sql} | limit


@dataclass(frozen=True, kw_only=True)
class Schedule(OptionSet):
    """When a source runs. Without any of these options it runs on request only."""

    every: Annotated[str | None, typer.Option("--every")] = None
    cron: Annotated[str | None, typer.Option("--cron")] = None

    @property
    def member(self) -> dict[str, Any] | None:
        """The member `schedule` of a source's order.

        :raises typer.BadParameter: both options are given.
        :raises InvalidRequest: the interval is malformed, or out of range.
        """
        if self.every is not None and self.cron is not None:
            raise WrongUse("every_or_cron")
        if self.cron is not None:
            return {"kind": "cron", "expression": self.cron}
        return _interval(self.every) if self.every else None


@dataclass(frozen=True, kw_only=True)
class SourceActions(OptionSet):
    """The privacy actions that are applied before rows are stored."""

    drop: Annotated[list[str] | None, typer.Option("--drop", metavar="COLUMN")] = None
    pseudonym: Annotated[list[str] | None, typer.Option("--pseudonym", metavar="COLUMN")] = None
    actions: Annotated[Path | None, typer.Option("--actions")] = None

    @property
    def member(self) -> list[dict[str, Any]]:
        """The member `actions` of a source's order."""
        listed = [] if self.actions is None else json_of(self.actions, "--actions")
        dropped = [{"kind": "drop", "column": column} for column in self.drop or ()]
        return [*listed, *dropped, *({"kind": "pseudonym", "column": column} for column in self.pseudonym or ())]


def _interval(text: str) -> dict[str, Any]:
    number, unit = text[:-1], text[-1:]
    if not number.isdigit() or unit not in UNITS:
        raise InvalidRequest("interval_unit", hint="interval", given=text)
    try:
        return Every(minutes=int(number) * UNITS[unit]).model_dump()
    except ValidationError:
        raise InvalidRequest("interval_length", given=text) from None


def _bytes_of(path: Path, option: str) -> bytes:
    with opened(path, option) as file:
        return file.read()
