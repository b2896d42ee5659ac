"""`tablee data add`, `preview`, `list`, `show` and `privacy`; `profile` has a module of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from tablee.datasets.privacy import Findings
from tablee.datasets.reading import Corrections, Decision
from tablee.i18n.data_texts import DataTranslator
from tablee_cli.client import UPLOAD_TIMEOUT, Json, part
from tablee_cli.commands import profile
from tablee_cli.commands.models import person
from tablee_cli.files import is_name, name_for, opened, pieces
from tablee_cli.options import Commands
from tablee_cli.privacy_options import TakenOut
from tablee_cli.reading_options import ReadAs
from tablee_cli.session import Session
from tablee_cli.tables import moment, size, stacked, table, written
from tablee_cli.upload import PART, send

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
    asked, actions = read_as.corrections, taken_out.as_query
    manifest, new = upload(session, file, name or name_for(file), asked, resume, actions)
    session.show(manifest | {"new": new}, lambda: _added(manifest, new))


def preview(
    session: Session,
    file: FileArgument,
    read_as: ReadAs,
    rows: Annotated[int, typer.Option("--rows", min=1, max=100, help="How many rows to show.")] = 10,
) -> None:
    """Show how a file would be read, what was decided, and its first rows. Nothing is stored."""
    answer = looked_at(session, file, "preview", read_as.corrections, rows=rows)
    session.show(answer, lambda: _preview(answer))


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
        answer = looked_at(session, Path(what), "privacy", asked)
    elif asked != Corrections():
        raise typer.BadParameter(f"«{what}» is a data set: how it is read was decided; for a file write ./{what}")
    else:
        answer = session.platform.controller.get(f"/datasets/{part(what)}/versions/{part(version or 'latest')}/privacy")
    session.show(answer, lambda: profile.findings(Findings.model_validate(answer), what))


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


def upload(
    session: Session,
    file: Path,
    name: str,
    asked: Corrections | None = None,
    resume: str | None = None,
    actions: str = "[]",
) -> tuple[Json, bool]:
    """Send a file, with a bar on a terminal; a large one in parts. The manifest, and whether the version is new."""
    options = (asked or Corrections()).model_dump_json(exclude_defaults=True)
    query = {"options": options, "actions": actions, "by": person()}
    with opened(file) as content, bar(session) as progress:
        size = file.stat().st_size
        task = progress.add_task(f"sending {file.name}", total=size)
        if size <= PART and resume is None:
            return session.platform.add_dataset(name, query | {"filename": file.name}, pieces(content, progress, task))
        identity = send(
            session.platform, file, content, resume=resume, advance=lambda sent: progress.advance(task, sent)
        )
    return session.platform.add_dataset(name, query | {"upload": identity})


def looked_at(session: Session, file: Path, route: str, asked: Corrections, **query: Any) -> Json:
    """What the controller tells of a file that is sent for that alone."""
    controller = session.platform.controller
    with opened(file) as content, bar(session) as progress:
        task = progress.add_task(f"sending {file.name}", total=file.stat().st_size)
        identity = send(session.platform, file, content, resume=None, advance=lambda sent: progress.advance(task, sent))
    try:
        query["options"] = asked.model_dump_json(exclude_defaults=True)
        path = f"/uploads/{part(identity)}/{route}"
        answer: Json = controller.call("GET", path, params=query, timeout=UPLOAD_TIMEOUT).json()
        return answer
    finally:
        controller.call("DELETE", f"/uploads/{part(identity)}")


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


def _added(manifest: Json, new: bool) -> str:
    """With what a person should look at."""
    lines = [_manifest(manifest, "added" if new else "is there already")]
    return "\n".join([*lines, *(decision(each) for each in manifest.get("decisions", ()) if not each["sure"])])


def decision(found: Json) -> str:
    """What was chosen where a file left room, and between what."""
    about = f" of {found['column']}" if found["column"] else ""
    others = f" (or: {', '.join(map(repr, found['alternatives']))})" if found["alternatives"] else ""
    return f"{found['field']}{about}: {found['chosen']!r}, {_reason(found)}{others}"


def _reason(found: Json) -> str:
    return DataTranslator("en").reason(Decision.model_validate(found))


def _preview(answer: Json) -> RenderableType:
    decided = table(
        ("what", "column", "chosen", "why", "or", "sure"),
        [
            (
                each["field"],
                each["column"] or "",
                repr(each["chosen"]),
                _reason(each),
                ", ".join(map(repr, each["alternatives"])),
                "yes" if each["sure"] else "no: look at it",
            )
            for each in answer["decisions"]
        ],
    )
    names = [f"{name} ({answer['kinds'][name]})" for name in answer["columns"]]
    sample = table(names, [[row[name] for name in answer["columns"]] for row in answer["rows"]])
    return stacked(decided, sample, f"columns were decided by the first {answer['looked_at']:,} rows")


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
