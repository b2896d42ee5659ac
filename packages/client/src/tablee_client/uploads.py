"""Files sent in parts, which may break off and go on."""

from __future__ import annotations

from tablee.datasets.privacy import Findings
from tablee.datasets.reading import Corrections
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service, parsed, segment
from tablee_client.schemas.datasets import FilePreview, Upload


class Uploads:
    """`/uploads` of the controller."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def create(self, filename: str, size: int) -> Upload:
        """Begin to send a file.

        :param size: bytes of the whole file.
        """
        return self._service.post("/uploads", Upload, {"filename": filename, "bytes": size})

    def get(self, upload_id: str) -> Upload:
        """How much of a file has arrived.

        :raises UploadNotFound: it has expired, or never began.
        """
        return self._service.get(_path(upload_id), Upload)

    def append(self, upload_id: str, offset: int, content: bytes) -> Upload:
        """Send the bytes of a file from an offset on.

        :raises UploadOffset: they do not follow those that have arrived.
        """
        headers = {"content-type": "application/octet-stream", "upload-offset": str(offset)}
        answer = self._service.request(
            "PATCH", _path(upload_id), content=content, headers=headers, timeout=LONG_TIMEOUT_SECONDS
        )
        return parsed(answer, Upload)

    def preview(self, upload_id: str, corrections: Corrections, rows: int | None = None) -> FilePreview:
        """How the file would be read.

        :param rows: how many rows to show; None: as many as the controller gives.
        """
        return self._service.get(
            f"{_path(upload_id)}/preview",
            FilePreview,
            timeout=LONG_TIMEOUT_SECONDS,
            options=corrections.model_dump_json(exclude_defaults=True),
            rows=rows,
        )

    def findings(self, upload_id: str, corrections: Corrections) -> Findings:
        """Personal data that columns of the file seem to hold."""
        options = corrections.model_dump_json(exclude_defaults=True)
        return self._service.get(f"{_path(upload_id)}/privacy", Findings, timeout=LONG_TIMEOUT_SECONDS, options=options)

    def delete(self, upload_id: str) -> None:
        """Delete the parts."""
        self._service.request("DELETE", _path(upload_id))


def _path(upload_id: str) -> str:
    return f"/uploads/{segment(upload_id)}"
