"""`tablee predict`: a row, or a file of any size."""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.contract import Contract
from tablee_cli.cells import parse_row
from tablee_cli.client import Json, part
from tablee_cli.commands.data import bar
from tablee_cli.files import opened, replaced
from tablee_cli.options import Commands
from tablee_cli.session import Session
from tablee_cli.tables import stacked, table, written

if TYPE_CHECKING:
    from tablee.whole_file import Outcome

SHOWN_ROWS = 20
PIECE = 1 << 18


def register(app: Commands) -> None:
    app.add(predict)


def predict(
    session: Session,
    name: Annotated[str, typer.Argument(help="Name of the model.")],
    file: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]", help="CSV or Parquet file with a row for each prediction.")
    ] = None,
    row: Annotated[
        list[str] | None, typer.Option("--row", metavar="COLUMN=VALUE …", help="One row instead of a file.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the file with predictions goes.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Give the reasons too.")] = False,
) -> None:
    """Predict with the champion: a CSV or Parquet file, or one row of column=value pairs."""
    if row:
        _row(session, name, [*row, *(file or [])], out=out, explain=explain)
        return
    if not file or len(file) > 1:
        raise typer.BadParameter("name one FILE, or give a row with --row column=value …", param_hint="FILE")
    source = Path(file[0])
    parquet = _is_parquet(source)
    if out is not None and _is_parquet(out) != parquet:
        raise typer.BadParameter(f"{out} would be in the format of {source.name}: name it so", param_hint="--out")
    with opened(source) as content:
        if out is not None:
            with replaced(out) as target:
                outcome = _file(session, name, source, content, target, explain=explain)
            answer = {
                "model": name,
                "version": outcome.version,
                "rows": outcome.rows,
                "warning_count": outcome.warnings,
            }
            session.show(answer | {"out": str(out)}, lambda: _summary(outcome, f"written to {out}"))
            return
        with tempfile.TemporaryFile() as target:
            outcome = _file(session, name, source, content, target, explain=explain)
            target.seek(0)
            _hand_over(session, outcome, target, parquet=parquet)


def explained(answer: Json) -> RenderableType:
    """An answer to one row: what, how sure, and why."""
    found = answer["predictions"][0]
    head = Text.assemble((str(written(found["prediction"])), "bold green"))
    if found.get("probability") is not None:
        head.append(f"  (probability {found['probability']:.1%})")
    parts: list[RenderableType] = [head, Text(f"{answer['model']} version {answer['version']}", "dim")]
    if probabilities := found.get("probabilities"):
        parts.append(
            table(("class", "probability"), [(label, f"{value:.2%}") for label, value in probabilities.items()])
        )
    if explanation := found.get("explanation"):
        parts.append(_reasons(explanation))
    parts += [Text(_warning(warning), "yellow") for warning in answer.get("warnings", [])]
    return stacked(*parts)


def _row(session: Session, name: str, cells: list[str], *, out: Path | None, explain: bool) -> None:
    if out is not None:
        raise typer.BadParameter("goes with a file only; a row's answer is printed", param_hint="--out")
    contract = Contract.model_validate(session.platform.contract(name)["contract"])
    answer = predict_row(session, name, parse_row(cells, contract), explain=explain)
    session.show(answer, lambda: explained(answer))


def predict_row(session: Session, name: str, row: dict[str, Any], *, explain: bool) -> Json:
    """The API's answer to one row."""
    path = f"/models/{part(name)}/predict" + ("?explain=true" if explain else "")
    return session.platform.api.post(path, {"row": row})


def _file(
    session: Session, name: str, source: Path, content: IO[bytes], target: IO[bytes], *, explain: bool
) -> Outcome:
    from tablee_cli import batch  # brings Arrow along, which one row need not pay for

    with bar(session) as progress:
        task = progress.add_task(f"predicting {source.name}", total=source.stat().st_size)

        def restart() -> None:
            session.note("another version became the champion: beginning again, so that one version predicts all rows")
            progress.reset(task)

        return batch.predict(
            session.platform,
            name,
            content,
            target,
            parquet=_is_parquet(source),
            explain=explain,
            advance=lambda count: progress.advance(task, count),
            restart=restart,
        )


def _hand_over(session: Session, outcome: Outcome, target: IO[bytes], *, parquet: bool) -> None:
    """Without --out: rows as JSON, the first ones as a table on a terminal, the file itself to a pipe."""
    if not session.json and not session.out.is_terminal:
        while piece := target.read(PIECE):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with _parquet_rows(target) if parquet else _csv_rows(target) as (columns, rows):
        if session.json:
            counts = {"model": outcome.model, "version": outcome.version, "rows": outcome.rows}
            session.dump(counts | {"warning_count": outcome.warnings, "predictions": list(rows)})
            return
        first = [
            ["" if value is None else str(value) for value in found.values()] for found in islice(rows, SHOWN_ROWS)
        ]
    hint = f"the first {SHOWN_ROWS}; --out FILE keeps all" if outcome.rows > SHOWN_ROWS else "--out FILE keeps them"
    session.out.print(stacked(table(columns, first), _summary(outcome, hint)))


@contextmanager
def _csv_rows(file: IO[bytes]) -> Iterator[tuple[list[str], Iterator[Json]]]:
    """Column names and rows of texts, but numbers in the columns that the API added."""
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        columns = list(reader.fieldnames or ())
        numbers = _numeric(columns)
        yield (
            columns,
            ({name: float(cell) if name in numbers and cell else cell for name, cell in row.items()} for row in reader),
        )


@contextmanager
def _parquet_rows(file: IO[bytes]) -> Iterator[tuple[list[str], Iterator[Json]]]:
    """Column names and rows."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(file) as opened:
        yield opened.schema_arrow.names, (row for batch in opened.iter_batches() for row in batch.to_pylist())


def _numeric(columns: Sequence[str]) -> set[str]:
    """The columns the API added that hold numbers: all but the label of a class."""
    start = max((index for index, name in enumerate(columns) if name.startswith("prediction")), default=len(columns))
    added = set(columns[start:])
    return added - {columns[start]} if any(name.startswith("probability_") for name in added) else added


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def _summary(outcome: Outcome, where: str) -> str:
    warned = f", {outcome.warnings:,} warnings" if outcome.warnings else ""
    return f"{outcome.rows:,} rows predicted by {outcome.model} version {outcome.version}{warned}; {where}"


def _reasons(explanation: Json) -> RenderableType:
    """Contributions, the strongest first, as bars around nothing."""
    contributions: dict[str, float] = explanation["contributions"]
    strongest = max((abs(value) for value in contributions.values()), default=0.0) or 1.0
    rows = []
    for column, value in sorted(contributions.items(), key=lambda item: -abs(item[1])):
        bar_ = Text("█" * max(round(abs(value) / strongest * 20), 1 if value else 0), "green" if value > 0 else "red")
        rows.append((column, f"{value:+.4g}", bar_))
    scale = explanation["scale"].replace("_", " ")
    about = f" of {explanation['class']}" if explanation.get("class") else ""
    end = f"from {explanation['bias']:.4g} on average to {explanation['output']:.4g} here"
    return table((f"reasons ({scale}{about})", end, ""), rows)


def _warning(warning: Json) -> str:
    texts = {
        "missing_value": "has no value",
        "unseen_level": f"has {warning.get('value')!r}, which training never saw",
        "out_of_range": f"is {warning.get('value')}, beyond what training saw",
    }
    return f"{warning['column']} {texts.get(warning['code'], warning['code'])}"
