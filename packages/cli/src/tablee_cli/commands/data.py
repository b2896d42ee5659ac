"""`tablee data add`, `preview`, `list`, `show` and `privacy`; `profile` is in `commands/profile.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.datasets.manifest import ColumnSummary, DatasetManifest
from tablee.datasets.reading import Corrections, Decision
from tablee.i18n.data_texts import DataTranslator
from tablee_cli.commands import profile
from tablee_cli.files import is_name, name_for
from tablee_cli.options.privacy import TakenOut
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.shared import Commands
from tablee_cli.output.tables import moment, size, stacked, table, written
from tablee_cli.sending import looked_at, upload
from tablee_cli.session import Session
from tablee_client.schemas.datasets import FilePreview, Rows

FileArgument = Annotated[
    Path, typer.Argument(help="CSV, Parquet, JSON lines or a web server's log, as it is or in gzip or zip.")
]


def register(app: Commands) -> None:
    data = Commands(help="Data sets: add, preview, list, show, profile, privacy.", no_args_is_help=True)
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
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the data set; made of the file's when left out.")
    ] = None,
    resume: Annotated[str | None, typer.Option("--resume", metavar="ID", help="Go on with an upload.")] = None,
) -> None:
    """Add a file as a data set, or as a new version of one: CSV, Parquet, JSON lines or a web server's log, as it is or
    in gzip or zip. How it is read is found out; options correct it, others take personal data out before it is stored.
    The same bytes are the same version."""
    asked, actions = read_as.corrections, taken_out.actions
    manifest, new, answer = upload(session, file, name or name_for(file), asked, resume, actions)
    session.show(answer | {"new": new}, lambda: _added(manifest, new))


def preview(
    session: Session,
    file: FileArgument,
    read_as: ReadAs,
    rows: Annotated[int, typer.Option("--rows", min=1, max=100, help="How many rows to show.")] = 10,
) -> None:
    """Show how a file would be read, what was decided, and its first rows. Nothing is stored."""
    uploads, asked = session.platform.controller.uploads, read_as.corrections
    found, answer = looked_at(session, file, lambda upload_id: uploads.preview(upload_id, asked, rows))
    session.show(answer, lambda: _preview(found))


def privacy(
    session: Session,
    what: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="Name of a data set; what cannot be one is a file: ./clients.")
    ],
    read_as: ReadAs,
    version: Annotated[str | None, typer.Option("--version", help="Version of the data set to look at.")] = None,
) -> None:
    """Look for personal data in a data set, or in a file before it is one, by what values are and what columns are
    called."""
    asked = read_as.corrections
    if not is_name(what):
        if version is not None:
            raise typer.BadParameter(f"{what} is a file and has no versions", param_hint="--version")
        uploads = session.platform.controller.uploads
        found, answer = looked_at(session, Path(what), lambda upload_id: uploads.findings(upload_id, asked))
    elif asked != Corrections():
        raise typer.BadParameter(f"«{what}» is a data set: how it is read was decided; for a file write ./{what}")
    else:
        datasets = session.platform.controller.datasets
        found, answer = session.asked(lambda: datasets.findings(what, version or "latest"))
    session.show(answer, lambda: profile.findings(found, what))


def list_all(session: Session) -> None:
    """List the data sets, each with its newest version."""
    found, answer = session.asked(session.platform.controller.datasets.list)
    session.show(
        answer,
        lambda: table(
            ("data set", "version", "rows", "columns", "file", "added"),
            [
                (each.name, each.version, each.rows, len(each.columns), each.filename, moment(each.created))
                for each in found
            ],
        ),
    )


def show(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name of the data set.")],
    version: Annotated[str, typer.Option("--version", help="Version to show.")] = "latest",
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help="How many rows to show.")] = 5,
) -> None:
    """Show a data set: its columns, its first rows, its versions."""
    datasets = session.platform.controller.datasets
    versions, listed = session.asked(lambda: datasets.versions(name))
    sample, shown = session.asked(lambda: datasets.rows(name, version, rows))
    position = next((number for number, each in enumerate(versions) if each.version == version), 0)
    manifests = listed["versions"]
    answer = {"name": name, "manifest": manifests[position], "versions": manifests, **shown}
    session.show(answer, lambda: _dataset(versions, position, sample))


def _manifest(manifest: DatasetManifest, what: str) -> str:
    shape = f"{manifest.rows:,} rows, {len(manifest.columns)} columns"
    return f"data set {manifest.name}, version {manifest.version} ({shape}) {what}"


def _added(manifest: DatasetManifest, new: bool) -> str:
    """A description of the added version, with the decisions about reading the file that a person should check."""
    lines = [_manifest(manifest, "added" if new else "is there already")]
    return "\n".join([*lines, *(decision(each) for each in manifest.decisions if not each.sure)])


def decision(found: Decision) -> str:
    """One decision about reading a file, as a sentence: what was chosen, and the alternatives."""
    about = f" of {found.column}" if found.column else ""
    others = f" (or: {', '.join(map(repr, found.alternatives))})" if found.alternatives else ""
    return f"{found.field}{about}: {found.chosen!r}, {_reason(found)}{others}"


def _reason(found: Decision) -> str:
    return DataTranslator("en").reason(found)


def _preview(found: FilePreview) -> RenderableType:
    decided = table(
        ("what", "column", "chosen", "why", "or", "sure"),
        [
            (
                each.field,
                each.column or "",
                repr(each.chosen),
                _reason(each),
                ", ".join(map(repr, each.alternatives)),
                "yes" if each.sure else "no: look at it",
            )
            for each in found.decisions
        ],
    )
    names = [f"{name} ({found.kinds[name]})" for name in found.columns]
    sample = table(names, [[row[name] for name in found.columns] for row in found.rows])
    return stacked(decided, sample, f"columns were decided by the first {found.looked_at:,} rows")


def _dataset(versions: list[DatasetManifest], position: int, sample: Rows) -> RenderableType:
    """
    :param position: index in `versions` of the version to show.
    """
    manifest = versions[position]
    columns = table(
        ("column", "kind", "missing", "distinct", "range or most frequent"),
        [(each.name, each.kind, each.missing, each.distinct, _values(each)) for each in manifest.columns],
    )
    rows = table(sample.columns, [[row[name] for name in sample.columns] for row in sample.rows])
    parts: list[RenderableType] = [f"{_manifest(manifest, '')}, {size(manifest.bytes)}", columns, rows]
    if len(versions) > 1:
        listed = [(each.version, each.rows, moment(each.created)) for each in versions]
        parts.append(table(("version", "rows", "added"), listed))
    return stacked(*parts)


def _values(column: ColumnSummary) -> str:
    if column.kind == "number":
        return f"{written(column.minimum)} to {written(column.maximum)}"
    return ", ".join(f"{value} ({count})" for value, count in column.top[:4])
