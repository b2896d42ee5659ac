"""Sends files to the platform, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action
from tablee.datasets.reading import Corrections
from tablee.errors import Unavailable
from tablee.http.schemas.datasets import Upload
from tablee.i18n.translator import Translator
from tablee_cli.files import opened, pieces
from tablee_cli.person import person
from tablee_cli.session import Session
from tablee_client.uploads import PART_BYTES

T = TypeVar("T")


def upload(
    session: Session,
    file: Path,
    name: str,
    corrections: Corrections | None = None,
    resume: str | None = None,
    actions: Sequence[Action] = (),
    *,
    strict: bool = False,
) -> tuple[DatasetManifest, bool, Any]:
    """Send a file and store it as a version of a data set. A file of more than `PART_BYTES` is sent in parts.

    :param resume: id of an interrupted upload to continue.
    :param strict: refuse a file of which something is not sure.
    :return: the manifest, whether the version is new, and the controller's response as JSON.
    :raises Unavailable: the controller did not answer; the hint says how to resume the upload.
    """
    datasets = session.platform.controller.datasets
    corrections, by = corrections or Corrections(), person()
    with opened(file) as content, bar(session) as progress:
        size = file.stat().st_size
        if size <= PART_BYTES and resume is None:
            task = progress.add_task(session.texts("data.sending", file=file.name), total=size)
            whole = pieces(content, progress, task)
            (manifest, new), answer = session.request(
                lambda: datasets.add(
                    name, whole, file.name, corrections=corrections, actions=actions, by=by, strict=strict
                )
            )
            return manifest, new, answer
        upload_id = _sent(session, file, content, progress, resume)
    (manifest, new), answer = session.request(
        lambda: datasets.add_upload(name, upload_id, corrections=corrections, actions=actions, by=by, strict=strict)
    )
    return manifest, new, answer


def looked_at(session: Session, file: Path, look: Callable[[str], T]) -> tuple[T, Any]:
    """Send a file, ask the controller about it, and delete the upload.

    :param look: asks about the upload of this id.
    :return: the result of `look`, and the controller's response as JSON.
    """
    with opened(file) as content, bar(session) as progress:
        upload_id = _sent(session, file, content, progress, None)
    try:
        return session.request(lambda: look(upload_id))
    finally:
        session.platform.controller.uploads.delete(upload_id)


def _sent(session: Session, file: Path, content: IO[bytes], progress: Progress, resume: str | None) -> str:
    """Send a whole file as an upload. Returns the id of the upload.

    :raises Unavailable: the controller did not answer; the hint says how to resume the upload.
    """
    size, last = file.stat().st_size, None
    task = progress.add_task(session.texts("data.sending", file=file.name), total=size)

    def advanced(upload: Upload) -> None:
        nonlocal last
        last = upload.id
        progress.update(task, completed=upload.offset)

    try:
        uploads = session.platform.controller.uploads
        return uploads.send(content, file.name, size, resume=resume, on_progress=advanced).id
    except Unavailable as error:
        if last is not None:
            error.hint_key, error.facts = "resume_upload", {**error.facts, "upload": last}
        raise


def bar(session: Session) -> Progress:
    """A progress bar of bytes. It is shown on a terminal only, and removed at the end."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Sent(session.texts),
        console=session.err,
        transient=True,
        disable=session.json or not session.err.is_terminal,
    )


class _Sent(ProgressColumn):
    """How many bytes of how many are done, in the reader's language."""

    def __init__(self, texts: Translator) -> None:
        super().__init__()
        self._texts = texts

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(self._texts.formatter.size(int(task.completed)))
        return Text(self._texts("data.sent", done=task.completed, total=task.total))
