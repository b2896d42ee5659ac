"""Predictions of uploaded files: preview, start, follow, cancel, fetch the result."""

from __future__ import annotations

from typing import Any

from tablee.datasets.reading import Corrections
from tablee.http.schemas.predictions import PredictionPreview
from tablee.jobs.file_prediction import FilePrediction, Summary
from tablee_client.controller.jobs import Jobs
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service


class FilePredictions(Jobs[FilePrediction]):
    """`/predictions` of the controller. A prediction that is unknown or has expired raises `NotFound`."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, "/predictions", FilePrediction)

    def preview(
        self,
        upload_id: str,
        model: str,
        *,
        version: int | None = None,
        corrections: Corrections | None = None,
        rows: int | None = None,
    ) -> PredictionPreview:
        """How a complete upload would be read for a model. Nothing is predicted or stored.

        :param version: of the model; None: the one that serves at this moment, else the champion.
        :param rows: how many rows to show; None: as many as the controller gives.
        :raises InvalidTable: the file is not a table.
        :raises InvalidRows: the file does not fit the model.
        """
        body = _request(upload_id, model, version, corrections)
        return self._service.post(
            f"{self._path}/preview", PredictionPreview, body, repeatable=True, timeout=LONG_TIMEOUT_SECONDS, rows=rows
        )

    def start(
        self,
        upload_id: str,
        model: str,
        *,
        version: int | None = None,
        corrections: Corrections | None = None,
        explain: bool = False,
    ) -> FilePrediction:
        """Predict a complete upload in the background. The controller copies the upload, which may then be deleted.

        :param version: of the model; None: the one that serves at this moment, else the champion.
        :param explain: add a column for what each column contributed to the answer.
        """
        body = _request(upload_id, model, version, corrections) | {"explain": explain}
        return self._service.post(self._path, FilePrediction, body, timeout=LONG_TIMEOUT_SECONDS)

    def summary(self, prediction_id: str) -> Summary:
        """The first rows of the result as texts, and how often each answer occurs."""
        return self._service.get(f"{self._path_of(prediction_id)}/summary", Summary)

    def result(self, prediction_id: str) -> bytes:
        """The answered file, in the form of the uploaded one."""
        path = f"{self._path_of(prediction_id)}/result"
        return self._service.request("GET", path, timeout=LONG_TIMEOUT_SECONDS).content

    def delete(self, prediction_id: str) -> None:
        """Delete a prediction that has ended, with its result.

        :raises Conflict: it still waits or runs.
        """
        self._service.request("DELETE", self._path_of(prediction_id))


def _request(upload_id: str, model: str, version: int | None, corrections: Corrections | None) -> dict[str, Any]:
    body: dict[str, Any] = {"upload": upload_id, "model": model}
    if version is not None:
        body["version"] = version
    if corrections is not None and corrections != Corrections():
        body["reading"] = corrections.model_dump(mode="json", exclude_defaults=True)
    return body
