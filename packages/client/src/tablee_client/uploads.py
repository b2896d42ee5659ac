"""Resumable uploads in the tus protocol 1.0.0: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from typing import IO

from pydantic import TypeAdapter

from tablee.datasets.privacy import Action, Findings
from tablee.datasets.reading import Corrections
from tablee.errors import InvalidInput, Unavailable
from tablee.http.schemas.datasets import FilePreview, Upload
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service, parsed, segment

TUS = {"tus-resumable": "1.0.0"}
PART_BYTES = 8 << 20
"""Bytes of a part."""
TRIES = 6
"""How often a part is sent before an unavailable controller is an error."""
_ACTIONS: TypeAdapter[tuple[Action, ...]] = TypeAdapter(tuple[Action, ...])


class Uploads:
    """`/uploads` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, filename: str, size: int) -> Upload:
        """Create an upload.

        :param size: bytes of the whole file.
        """
        name = base64.b64encode(filename.encode()).decode()
        headers = TUS | {"upload-length": str(size), "upload-metadata": f"filename {name}"}
        return parsed(self._service.request("POST", "/uploads", headers=headers), Upload)

    def get(self, upload_id: str) -> Upload:
        """The state of an upload.

        :raises UploadNotFound: the upload has expired, or was never created.
        """
        return self._service.get(_path(upload_id), Upload)

    def append(self, upload: Upload, content: bytes) -> Upload:
        """Send the bytes of a file that follow those that have arrived.

        :raises UploadOffset: the offset is not the number of bytes that have arrived.
        """
        headers = TUS | {"content-type": "application/offset+octet-stream", "upload-offset": str(upload.offset)}
        answer = self._service.request(
            "PATCH", _path(upload.id), content=content, headers=headers, timeout=LONG_TIMEOUT_SECONDS
        )
        return upload.model_copy(update={"offset": int(answer.headers["upload-offset"])})

    def send(
        self,
        content: IO[bytes],
        filename: str,
        size: int,
        *,
        resume: str | None = None,
        on_progress: Callable[[Upload], None] = lambda upload: None,
        pause: float = 1.0,
    ) -> Upload:
        """Send a whole file in parts.

        :param content: the file; it must be seekable.
        :param size: bytes of the file.
        :param resume: id of an upload to continue.
        :param on_progress: called with the upload at the beginning, and after each part.
        :param pause: seconds before a part is sent again to an unavailable controller, times the number of the attempt.
        :raises InvalidInput: the upload to continue has another size.
        :raises UploadNotFound: the upload to continue has expired.
        :raises Unavailable: the controller did not accept a part in `TRIES` attempts; the upload can be resumed.
        """
        upload = self.get(resume) if resume else self.create(filename, size)
        if upload.bytes != size:
            raise InvalidInput("upload_of_another_file", upload=upload.id, size=upload.bytes, given=size)
        on_progress(upload)
        while upload.offset < size:
            content.seek(upload.offset)
            upload = self._append_with_retries(upload, content.read(PART_BYTES), pause)
            on_progress(upload)
        return upload

    def _append_with_retries(self, upload: Upload, part: bytes, pause: float) -> Upload:
        for attempt in range(1, TRIES + 1):
            try:
                if attempt > 1:
                    known = self.get(upload.id)
                    if known.offset != upload.offset:  # the part has arrived, only the response was lost
                        return known
                return self.append(upload, part)
            except Unavailable:
                if attempt == TRIES:
                    raise
                threading.Event().wait(pause * attempt)
        raise AssertionError("the last try answers or raises")

    def preview(
        self, upload_id: str, corrections: Corrections, rows: int | None = None, actions: Sequence[Action] = ()
    ) -> FilePreview:
        """How an uploaded file would be read, with its first rows after the actions.

        :param rows: how many rows to show; None: as many as the controller gives.
        """
        return self._service.get(
            f"{_path(upload_id)}/preview",
            FilePreview,
            timeout=LONG_TIMEOUT_SECONDS,
            rows=rows,
            **_said(corrections, actions),
        )

    def findings(self, upload_id: str, corrections: Corrections, actions: Sequence[Action] = ()) -> Findings:
        """Personal data that the columns of an uploaded file seem to hold, but for those that the actions drop."""
        said = _said(corrections, actions)
        return self._service.get(f"{_path(upload_id)}/privacy", Findings, timeout=LONG_TIMEOUT_SECONDS, **said)

    def delete(self, upload_id: str) -> None:
        """Delete an upload."""
        self._service.request("DELETE", _path(upload_id), headers=TUS)


def _said(corrections: Corrections, actions: Sequence[Action]) -> dict[str, str | None]:
    """What a person says about a file, as query parameters."""
    return {
        "options": corrections.model_dump_json(exclude_defaults=True),
        "actions": _ACTIONS.dump_json(tuple(actions)).decode() if actions else None,
    }


def _path(upload_id: str) -> str:
    return f"/uploads/{segment(upload_id)}"
