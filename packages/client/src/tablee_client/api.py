"""The client of the API: served models and predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tablee.http.schemas.inference import ModelCard, RowPredictions, ServedModel
from tablee.http.schemas.platform import Readiness
from tablee_client.http import LONG_TIMEOUT_SECONDS, Service, parsed, segment

ARROW = "application/vnd.apache.arrow.stream"


@dataclass(frozen=True, slots=True)
class PartPredictions:
    """The predictions of a part of a file."""

    body: bytes
    """An Arrow IPC stream of the new columns, with one row for each row of the part."""
    model: str
    version: int
    warnings: int
    """Number of cells with a warning: their value was changed for the prediction, or lies outside of what training
    saw."""


class Api:
    """The API. All methods raise the same errors as `Service.request`."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    def url(self) -> str:
        return self.service.url

    def ready(self) -> Readiness:
        return self.service.ready()

    def models(self) -> list[ServedModel]:
        """The served models; the default model is the first."""
        answer = self.service.request("GET", "/models").json()
        found = [ServedModel.model_validate(model) for model in answer["models"]]
        return sorted(found, key=lambda model: not model.default)

    def model(self, name: str) -> ModelCard:
        """A served model with its contract.

        :raises ModelNotFound: the API does not serve the model.
        """
        return self.service.get(f"/models/{segment(name)}", ModelCard)

    def predict(self, model: str, row: dict[str, Any], *, explain: bool = False) -> RowPredictions:
        """Predict one row.

        :param explain: with the contribution of each column.
        :raises InvalidRows: the row does not fit the contract.
        """
        answer = self.service.request(
            "POST",
            f"/models/{segment(model)}/predict",
            json={"row": row},
            params={"explain": "true" if explain else None},
            repeatable=True,
        )
        return parsed(answer, RowPredictions)

    def predict_part(self, model: str, body: bytes, *, explain: bool = False) -> PartPredictions:
        """Predict some rows of a file.

        :param body: an Arrow stream of the columns that the model reads.
        :param explain: with the contribution of each column.
        """
        answer = self.service.request(
            "POST",
            f"/models/{segment(model)}/predict",
            content=body,
            headers={"content-type": ARROW, "accept": ARROW},
            params={"explain": "true" if explain else None},
            repeatable=True,
            timeout=LONG_TIMEOUT_SECONDS,
        )
        return PartPredictions(
            body=answer.content,
            model=answer.headers.get("tablee-model", model),
            version=int(answer.headers["tablee-version"]),
            warnings=int(answer.headers.get("tablee-warning-count", 0)),
        )

    def close(self) -> None:
        self.service.close()
