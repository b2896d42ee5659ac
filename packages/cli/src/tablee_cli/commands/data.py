"""`tablee data add`, `tablee data list`, `tablee data show`; profile and privacy have a module of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from tablee_cli.client import Json, part
from tablee_cli.commands import profile
from tablee_cli.files import name_for, opened, pieces
from tablee_cli.options import Commands
from tablee_cli.session import Session
from tablee_cli.tables import moment, size, stacked, table, written


def register(app: Commands) -> None:
    data = Commands(help="Data sets: add, list, show, profile, privacy.", no_args_is_help=True)
    data.add(add)
    data.add(list_all, "list")
    data.add(show)
    data.add(profile.profile)
    data.add(profile.privacy)
    app.add_typer(data, name="data")


def add(
    session: Session,
    file: Annotated[Path, typer.Argument(help="CSV file: UTF-8, comma-separated, with a header line.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the data set; made of the file's when left out.")
    ] = None,
) -> None:
    """Add a CSV file as a data set, or as a new version of one. The same bytes are the same version."""
    manifest, new = upload(session, file, name or name_for(file))
    session.show(manifest | {"new": new}, lambda: _manifest(manifest, "added" if new else "is there already"))


def list_all(session: Session) -> None:
    """List the data sets, each with its newest version."""
    answer = session.platform.controller.get("/datasets")
    session.show(
        answer,
        lambda: table(
            ("data set", "version", "rows", "columns", "file", "added"),
            [
                (
                    each["name"],
                    each["version"],
                    each["rows"],
                    len(each["columns"]),
                    each["filename"],
                    moment(each["created"]),
                )
                for each in answer["datasets"]
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
    controller = session.platform.controller
    versions = controller.get(f"/datasets/{part(name)}")["versions"]
    sample = controller.get(f"/datasets/{part(name)}/versions/{part(version)}/rows", limit=rows)
    manifest = next((each for each in versions if each["version"] == version), versions[0])
    answer = {"name": name, "manifest": manifest, "versions": versions, **sample}
    session.show(answer, lambda: _dataset(answer))


def upload(session: Session, file: Path, name: str) -> tuple[Json, bool]:
    """Send a file, with a bar on a terminal; the manifest, and whether the version is new."""
    with opened(file) as content, bar(session) as progress:
        task = progress.add_task(f"sending {file.name}", total=file.stat().st_size)
        return session.platform.add_dataset(name, pieces(content, progress, task), file.name)


def bar(session: Session) -> Progress:
    """A bar of bytes; seen on a terminal only, and gone at its end."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        console=session.err,
        transient=True,
        disable=session.json or not session.err.is_terminal,
    )


def _manifest(manifest: Json, what: str) -> str:
    shape = f"{manifest['rows']:,} rows, {len(manifest['columns'])} columns"
    return f"data set {manifest['name']}, version {manifest['version']} ({shape}) {what}"


def _dataset(answer: Json) -> RenderableType:
    manifest = answer["manifest"]
    columns = table(
        ("column", "kind", "missing", "distinct", "range or most frequent"),
        [
            (each["name"], each["kind"], each["missing"], each["distinct"], _values(each))
            for each in manifest["columns"]
        ],
    )
    sample = table(answer["columns"], [[row[name] for name in answer["columns"]] for row in answer["rows"]])
    parts: list[RenderableType] = [f"{_manifest(manifest, '')}, {size(manifest['bytes'])}", columns, sample]
    if len(answer["versions"]) > 1:
        rows = [(each["version"], each["rows"], moment(each["created"])) for each in answer["versions"]]
        parts.append(table(("version", "rows", "added"), rows))
    return stacked(*parts)


def _values(column: dict[str, Any]) -> str:
    if column["kind"] == "number":
        return f"{written(column['minimum'])} to {written(column['maximum'])}"
    return ", ".join(f"{value} ({count})" for value, count in column["top"][:4])
