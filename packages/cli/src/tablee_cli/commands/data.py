"""`tablee data add`, `preview`, `list`, `show` and `privacy`; `profile` is in `commands/profile.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tablee.datasets.privacy import Drop
from tablee.datasets.reading import Corrections
from tablee_cli.commands import profile
from tablee_cli.files import is_name, name_for
from tablee_cli.options.privacy import TakenOut
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.shared import Commands
from tablee_cli.options.usage import WrongUse
from tablee_cli.output import datasets
from tablee_cli.output.tables import moment, table
from tablee_cli.sending import looked_at, upload
from tablee_cli.session import Session
from tablee_cli.texts import headings

FileArgument = Annotated[Path, typer.Argument()]


def register(app: Commands) -> None:
    data = Commands(no_args_is_help=True)
    data.add(add)
    data.add(preview)
    data.add(list_all, "list")
    data.add(show)
    data.add(profile.profile)
    data.add(privacy)
    app.add_typer(data, name="data")


def add(
    session: Session,
    file: FileArgument,
    read_as: ReadAs,
    taken_out: TakenOut,
    name: Annotated[str | None, typer.Option("--name")] = None,
    resume: Annotated[str | None, typer.Option("--resume", metavar="ID")] = None,
    strict: Annotated[bool, typer.Option("--strict")] = False,
) -> None:
    """Add a file as a data set, or as a new version of one.

    Formats: CSV, Excel, OpenDocument, JSON, Parquet, Arrow, web server log; texts also in gzip or zip. Encoding,
    separator and types are inferred; options correct them. Other options remove personal data before the file is
    stored. The same bytes give the same version."""
    corrections, actions = read_as.corrections, taken_out.actions
    manifest, new, answer = upload(session, file, name or name_for(file), corrections, resume, actions, strict=strict)
    session.show(answer | {"new": new}, lambda: datasets.added(manifest, new, session.texts))


def preview(
    session: Session,
    file: FileArgument,
    read_as: ReadAs,
    taken_out: TakenOut,
    rows: Annotated[int, typer.Option("--rows", min=1, max=100)] = 10,
) -> None:
    """Show how a file would be read, and its first rows, without what other options remove. Nothing is stored."""
    corrections, actions = read_as.corrections, taken_out.actions
    uploads = session.platform.controller.uploads
    found, answer = looked_at(session, file, lambda upload_id: uploads.preview(upload_id, corrections, rows, actions))
    session.show(answer, lambda: datasets.preview(found, session.texts))


def privacy(
    session: Session,
    what: Annotated[str, typer.Argument(metavar="NAME|FILE")],
    read_as: ReadAs,
    version: Annotated[str | None, typer.Option("--version")] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop", metavar="COLUMN")] = None,
) -> None:
    """Search for personal data in a data set or in a file, in the values and in the names of the columns."""
    corrections = read_as.corrections
    if not is_name(what):
        if version is not None:
            raise WrongUse("no_versions", at="--version", file=what)
        uploads = session.platform.controller.uploads
        actions = tuple(Drop(column=name) for name in drop or ())
        found, answer = looked_at(
            session, Path(what), lambda upload_id: uploads.findings(upload_id, corrections, actions)
        )
    elif drop or corrections != Corrections():
        raise WrongUse("reading_decided", dataset=what)
    else:
        client = session.platform.controller.datasets
        found, answer = session.request(lambda: client.findings(what, version or "latest"))
    session.show(answer, lambda: profile.findings(found, what, session.texts))


def list_all(session: Session) -> None:
    """List the data sets, each with its newest version."""
    found, answer = session.request(session.platform.controller.datasets.list)
    session.show(
        answer,
        lambda: table(
            headings(session.texts, ("data_set", "version", "rows", "columns", "file", "added")),
            [
                (each.name, each.version, each.rows, len(each.columns), each.filename, moment(each.created))
                for each in found
            ],
            session.texts,
        ),
    )


def show(
    session: Session,
    name: Annotated[str, typer.Argument()],
    version: Annotated[str, typer.Option("--version")] = "latest",
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000)] = 5,
) -> None:
    """Show a data set: its columns, its first rows, its versions."""
    client = session.platform.controller.datasets
    versions, listed = session.request(lambda: client.versions(name))
    sample, shown = session.request(lambda: client.rows(name, version, rows))
    position = next((number for number, each in enumerate(versions) if each.version == version), 0)
    manifests = listed["versions"]
    answer = {"name": name, "manifest": manifests[position], "versions": manifests, **shown}
    session.show(answer, lambda: datasets.details(versions, position, sample, session.texts))
