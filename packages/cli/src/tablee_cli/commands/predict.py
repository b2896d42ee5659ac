"""`tablee predict`: predicts one row, or a file of any size."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from tablee.datasets.questions import not_written
from tablee.datasets.reading import Corrections
from tablee.http.schemas.inference import Explanation, RowPredictions
from tablee.i18n.message import said
from tablee.i18n.translator import Translator
from tablee.models.validation.block import WarningCode
from tablee_cli.files import opened, replaced
from tablee_cli.options.reading import ReadAs
from tablee_cli.options.row import parse_row
from tablee_cli.options.shared import Commands
from tablee_cli.options.usage import WrongUse
from tablee_cli.output.datasets import remarks
from tablee_cli.output.tables import stacked, table, written
from tablee_cli.sending import bar
from tablee_cli.session import Session
from tablee_cli.texts import headings

if TYPE_CHECKING:
    from tablee_client.predict_file import Outcome
    from tablee_data.prediction_files import OpenFile

SHOWN_ROWS = 20
PIECE = 1 << 18


def register(app: Commands) -> None:
    app.add(predict)


def predict(
    session: Session,
    read_as: ReadAs,
    name: Annotated[str, typer.Argument()],
    file: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]"),
    ] = None,
    row: Annotated[list[str] | None, typer.Option("--row", metavar="COLUMN=VALUE …")] = None,
    out: Annotated[Path | None, typer.Option("--out")] = None,
    explain: Annotated[bool, typer.Option("--explain")] = False,
) -> None:
    """Predict a file, or one row of column=value pairs, with the champion. A file is read as by `tablee data add`, with
    the same options. The result is the file with the predictions as further columns."""
    corrections = read_as.corrections
    if row:
        if corrections != Corrections():
            raise WrongUse("reading_of_row", at="--row")
        if any("=" not in each and Path(each).exists() for each in file or ()):
            raise WrongUse("file_or_row", at="file")
        _row(session, name, [*row, *(file or [])], out=out, explain=explain)
        return
    if not file or len(file) > 1:
        raise WrongUse("file_or_row", at="file")
    opened(Path(file[0])).close()  # report a usage error before any call of the platform
    if out is not None and out.exists() and out.samefile(file[0]):
        raise WrongUse("out_is_input", at="--out", out=str(out))
    _file(session, name, Path(file[0]), corrections, out=out, explain=explain)


def explained(answer: RowPredictions, texts: Translator) -> RenderableType:
    """The prediction of one row with its probabilities and contributions, for a terminal."""
    found = answer.prediction
    head = Text.assemble((written(found.prediction, texts), "bold green"))
    if found.probability is not None:
        head.append(f"  {texts('predict.probability', share=texts.formatter.percent(found.probability))}")
    by = texts("predict.model", model=answer.model, version=answer.version)
    parts: list[RenderableType] = [head, Text(by, "dim")]
    if found.probabilities:
        shares = [(label, texts.formatter.percent(value, 2)) for label, value in found.probabilities.items()]
        parts.append(table(headings(texts, ("class", "probability")), shares, texts))
    if found.explanation:
        parts.append(_reasons(found.explanation, texts))
    for each in answer.warnings:
        facts = {"column": each.column, "value": each.value, "expected": said(each.expected, texts)}
        parts.append(Text(texts(f"cell_warning.{each.code}", **facts), "yellow"))
    return stacked(*parts)


def _row(session: Session, name: str, cells: list[str], *, out: Path | None, explain: bool) -> None:
    if out is not None:
        raise WrongUse("out_of_row", at="--out")
    row = parse_row(cells, session.platform.api.model(name).contract)
    found, answer = predict_row(session, name, row, explain=explain)
    session.show(answer, lambda: explained(found, session.texts))


def predict_row(session: Session, name: str, row: dict[str, Any], *, explain: bool) -> tuple[RowPredictions, Any]:
    """Predict one row. Returns the predictions, and the API's response as JSON."""
    api = session.platform.api
    return session.request(lambda: api.predict(name, row, explain=explain))


def _file(
    session: Session, name: str, source: Path, corrections: Corrections, *, out: Path | None, explain: bool
) -> None:
    texts = session.texts
    from tablee_cli import predict_file  # imports Arrow, which takes time and is not needed for one row

    piped = not session.json and not session.out.is_terminal
    with bar(session) as progress:
        looking = progress.add_task(texts("predict.looking", file=source.name), total=None)
        first = predict_file.opened(session.platform, name, source, corrections)
        progress.remove_task(looking)
        _tell(session, first, source, out)
        task = progress.add_task(texts("predict.predicting", file=source.name), total=source.stat().st_size)

        def restart() -> None:
            session.note(texts("predict.restart"))
            progress.reset(task)

        keep = 0 if out is not None or piped else None if session.json else SHOWN_ROWS
        watched = predict_file.Watched(first.contract, keep, lambda count: progress.advance(task, count), restart)
        again = partial(predict_file.opened, session.platform, name, source, corrections)
        with replaced(out) if out is not None else tempfile.TemporaryFile() as target:
            outcome = predict_file.predict(
                session.platform, name, first, again, target, explain=explain, watched=watched
            )
            if out is None and piped:
                _hand_over(target)
    for warned in _warned(watched.warned, texts):
        session.note(warned)
    if out is None and piped:
        return
    answer: dict[str, Any] = {
        "model": outcome.model,
        "version": outcome.version,
        "rows": outcome.rows,
        "warning_count": outcome.warnings,
        "warned": [{"column": name, "code": code, "cells": count} for (name, code), count in watched.warned.items()],
        "left_out": list(first.left_out),
        "reading": first.reading.model_dump(mode="json"),
    }
    if out is not None:
        answer |= {"model": name, "out": str(out)}
        session.show(answer, lambda: _summary(outcome, texts("predict.written", file=str(out)), texts))
    elif session.json:
        session.dump(answer | {"predictions": watched.rows})
    else:
        cells = [[_cell(value, texts) for value in row.values()] for row in watched.rows]
        hint = texts("predict.first", rows=SHOWN_ROWS) if outcome.rows > SHOWN_ROWS else texts("predict.keep")
        session.out.print(stacked(table(watched.columns, cells, texts), _summary(outcome, hint, texts)))


def _tell(session: Session, file: OpenFile, source: Path, out: Path | None) -> None:
    """Print how the file is read, and in which format the result is written.

    :raises typer.BadParameter: the extension of the output file names another format.
    """
    written = PurePath(file.filename).suffix.lower()
    wanted = written if out is None else out.suffix.lower().replace(".pq", ".parquet")
    if wanted != written and {wanted, written} & {".parquet", ".xlsx"}:
        raise WrongUse("other_format", at="--out", out=str(out), file=source.name)
    for remark in remarks(file.decisions, session.texts):
        session.note(remark)
    if (missing := not_written(file.reading)) is not None:
        session.note(missing.said(session.texts))
    if file.left_out:
        session.note(session.texts("question.left_out", columns=", ".join(file.left_out)))
    if file.encoding != file.reading.encoding:
        session.note(session.texts("predict.utf_8", encoding=file.reading.encoding))


def _cell(value: Any, texts: Translator) -> str:
    return texts.formatter.plain(value, digits=0) if isinstance(value, float) else "" if value is None else str(value)


def _hand_over(target: IO[bytes]) -> None:
    """Copy the result to standard output."""
    target.seek(0)
    while piece := target.read(PIECE):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _warned(warned: Counter[tuple[str, WarningCode]], texts: Translator) -> list[str]:
    """The warnings by column and kind, the most frequent first."""
    lines = [texts(f"cells_warned.{code}", column=name, count=count) for (name, code), count in warned.most_common()]
    more = [texts("predict.more_warnings", count=len(lines) - SHOWN_ROWS)] if len(lines) > SHOWN_ROWS else []
    return lines[:SHOWN_ROWS] + more


def _summary(outcome: Outcome, where: str, texts: Translator) -> str:
    said = texts("predict.summary", rows=outcome.rows, model=outcome.model, version=outcome.version)
    if outcome.warnings:
        said = texts("predict.summary_warned", summary=said, warnings=outcome.warnings)
    return texts("predict.summary_where", summary=said, where=where)


def _reasons(explanation: Explanation, texts: Translator) -> RenderableType:
    """The contributions as a bar chart, the largest absolute value first."""
    contributions = explanation.contributions
    strongest = max((abs(value) for value in contributions.values()), default=0.0) or 1.0
    mark = texts.formatter.marks[0]
    rows = []
    for column, value in sorted(contributions.items(), key=lambda item: -abs(item[1])):
        length = max(round(abs(value) / strongest * 20), 1 if value else 0)
        rows.append((column, f"{value:+.4g}".replace(".", mark), Text("█" * length, "green" if value > 0 else "red")))
    key = "predict.reasons_of" if explanation.about else "predict.reasons"
    head = texts(key, scale=texts(f"scale.{explanation.scale}"), about=explanation.about)
    ends = {"average": explanation.bias, "here": explanation.output}
    end = texts("predict.from_to", **{name: texts.formatter.plain(value, digits=4) for name, value in ends.items()})
    return table((head, end, ""), rows, texts)
