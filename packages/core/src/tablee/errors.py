"""Every error a person can meet, in one tree.

    TableeError                      500 internal_error
    ├── InvalidInput                 422 invalid_input
    │   ├── InvalidRows              422 invalid_rows          cells named by row and column
    │   ├── InvalidTable             422 invalid_table         a file that is not a table
    │   ├── InvalidRecipe            422 invalid_recipe        a step that does not fit its columns
    │   ├── InvalidQuery             422 invalid_query         what a source asks a database for
    │   └── InvalidRequest           422 invalid_request       any other malformed field
    ├── MalformedBody                400 malformed_body        not JSON, not UTF-8
    ├── UnsupportedMediaType         415 unsupported_media_type
    ├── BodyTooLarge                 413 body_too_large
    ├── TooManyRows                  413 too_many_rows
    ├── DiskFull                     507 disk_full             no room for what waits on the service's disk
    ├── AccessDenied                 401 access_denied
    ├── NotFound                     404 not_found
    │   ├── DatasetNotFound          404 dataset_not_found
    │   ├── ModelNotFound            404 model_not_found
    │   ├── TrainingNotFound         404 training_not_found
    │   ├── ScoringNotFound          404 scoring_not_found
    │   ├── UploadNotFound           404 upload_not_found
    │   └── SourceNotFound           404 source_not_found
    ├── MethodNotAllowed             405 method_not_allowed
    ├── Conflict                     409 conflict
    │   ├── AlreadyExists            409 already_exists
    │   ├── TrainingEnded            409 training_ended
    │   ├── ScoringEnded             409 scoring_ended
    │   ├── UploadOffset             409 upload_offset         a part of an upload that does not follow the others
    │   └── SourceChanged            409 source_changed        an input is not the one that was planned with
    ├── Unavailable                  503 unavailable
    │   ├── ModelNotReady            503 model_not_ready
    │   ├── RegistryUnavailable      503 registry_unavailable
    │   ├── ObjectStoreUnavailable   503 object_store_unavailable
    │   ├── EngineUnavailable        503 engine_unavailable
    │   ├── DatabaseUnavailable      503 database_unavailable
    │   ├── KubernetesUnavailable    503 kubernetes_unavailable
    │   ├── Overloaded               503 overloaded
    │   └── NotRunning               503 not_running           nobody answers where the platform should be
    ├── BundleCorrupt                500 bundle_corrupt
    ├── TrainingFailed               500 training_failed
    ├── TrainingCancelled            499 training_cancelled
    ├── ScoringFailed                500 scoring_failed
    ├── ScoringCancelled             499 scoring_cancelled
    ├── InvalidSettings              500 invalid_settings
    └── StartFailed                  500 start_failed          a process of the local stack

Each class carries its HTTP status, a stable code and a hint that says what to do next. Every service answers
with `problem()`, the JSON of RFC 9457.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from tablee.models.validation.invalid_cells import MAX_CELLS, Cell, readable


class TableeError(Exception):
    """Something went wrong that a person should hear about."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    hint: ClassVar[str] = "Try again; if it happens again, look at the service's log under the request id."

    def __init__(self, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.advice = hint or self.hint

    def members(self) -> dict[str, Any]:
        """Extra members of the problem JSON, for the classes that have some."""
        return {}

    def problem(self, request_id: str = "") -> dict[str, Any]:
        """The answer's body: RFC 9457 members, then `code`, `hint`, `request_id` and what the class adds."""
        body: dict[str, Any] = {
            "type": f"urn:tablee:error:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.advice,
        }
        if request_id:
            body["request_id"] = request_id
        return body | self.members()

    @staticmethod
    def from_problem(body: dict[str, Any]) -> TableeError:
        """The error a service answered with, as our own class again (clients raise it)."""
        known = {cls.code: cls for cls in tree(TableeError)}
        cls = known.get(str(body.get("code")), TableeError)
        error = cls.__new__(cls)
        TableeError.__init__(error, str(body.get("detail", "the service gave no reason")), hint=body.get("hint"))
        if isinstance(error, InvalidRows):
            error.cells = [Cell(**cell) for cell in body.get("errors", [])]
            error.total = int(body.get("error_count", len(error.cells)))
        if isinstance(error, InvalidTable):
            error.place = {key: body.get(key) for key in InvalidTable.PLACE}
        if isinstance(error, InvalidRecipe):
            error.step, error.column = body.get("step"), body.get("column")
        return error


def tree(root: type[TableeError]) -> list[type[TableeError]]:
    """The class and all below it, depth first."""
    return [root, *(cls for child in root.__subclasses__() for cls in tree(child))]


class InvalidInput(TableeError):
    status, code = 422, "invalid_input"
    hint = "Correct what the detail names and send it again."


class InvalidRows(InvalidInput):
    """Rows that do not fit a contract; `cells` names up to `MAX_CELLS` of the wrong cells."""

    code = "invalid_rows"
    hint = "Correct the cells under `errors`; GET /models/{name} shows the columns, types and levels expected."

    def __init__(self, cells: list[Cell], total: int | None = None) -> None:
        self.total = total if total is not None else len(cells)
        self.cells = cells[:MAX_CELLS]
        more = f" (and {self.total - 1} more)" if self.total > 1 else ""
        super().__init__(f"{self.cells[0]}{more}")

    def below(self, rows: int) -> InvalidRows:
        """The same of a table that has so many rows more above these."""
        cells = [replace(cell, row=cell.row + rows if cell.row else None) for cell in self.cells]
        return InvalidRows(cells, self.total)

    def members(self) -> dict[str, Any]:
        return {
            "errors": [cell.to_dict() for cell in self.cells],
            "error_count": self.total,
        }


class InvalidTable(InvalidInput):
    """A file that cannot be read as a table; names the line (from 1) and the column where it can."""

    code = "invalid_table"
    hint = "Correct the file at the place named and send it again; nothing was stored."
    PLACE: ClassVar[tuple[str, ...]] = ("line", "column", "value", "expected")

    def __init__(
        self,
        detail: str,
        *,
        line: int | None = None,
        column: str | None = None,
        value: Any = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(detail if line is None else f"line {line}: {detail}")
        self.place = {"line": line, "column": column, "value": readable(value), "expected": expected}

    def members(self) -> dict[str, Any]:
        return {key: value for key, value in self.place.items() if value is not None}


class InvalidRecipe(InvalidInput):
    """A recipe with a step that cannot be carried out; names the step (from 1) and the column where it can."""

    code = "invalid_recipe"
    hint = "Correct the step named; docs/recipes.md describes them all."

    def __init__(self, detail: str, *, step: int | None = None, column: str | None = None) -> None:
        super().__init__(detail if step is None else f"step {step}: {detail}")
        self.step, self.column = step, column

    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = {"step": self.step, "column": self.column}
        return {key: value for key, value in found.items() if value is not None}


class InvalidQuery(InvalidInput):
    code = "invalid_query"
    hint = "Correct the query of the source; docs/sources.md says what may stand there. Nothing was stored."


class InvalidRequest(InvalidInput):
    code = "invalid_request"


class MalformedBody(TableeError):
    status, code = 400, "malformed_body"
    hint = 'Send UTF-8 JSON such as {"rows": [{"column": 1}]}, without NaN or Infinity, or text/csv.'


class UnsupportedMediaType(TableeError):
    status, code = 415, "unsupported_media_type"
    hint = "Send application/json or text/csv."


class BodyTooLarge(TableeError):
    status, code = 413, "body_too_large"
    hint = "Send less at once, or raise the service's body limit."


class TooManyRows(TableeError):
    status, code = 413, "too_many_rows"
    hint = "Send the rows as text/csv, or in several requests."


class DiskFull(TableeError):
    status, code = 507, "disk_full"
    hint = "Send the rows in several requests, or score the file with `tablee score`; or give the service more disk."


class AccessDenied(TableeError):
    status, code = 401, "access_denied"
    hint = "Send the key as `Authorization: Bearer KEY` (the command line: --key)."


class NotFound(TableeError):
    status, code = 404, "not_found"
    hint = "Check the address; /docs lists every route."


class DatasetNotFound(NotFound):
    code = "dataset_not_found"
    hint = "List the data sets with `tablee data list`, or add one with `tablee data add FILE`."


class ModelNotFound(NotFound):
    code = "model_not_found"
    hint = "List the models with `tablee models`."


class TrainingNotFound(NotFound):
    code = "training_not_found"
    hint = "List the trainings with `tablee trainings`."


class ScoringNotFound(NotFound):
    code = "scoring_not_found"
    hint = "List the scorings with `tablee scorings`."


class UploadNotFound(NotFound):
    code = "upload_not_found"
    hint = "Begin a new upload with POST /uploads: they are kept for a day after their last part."


class SourceNotFound(NotFound):
    code = "source_not_found"
    hint = "List the sources with `tablee sources list`."


class MethodNotAllowed(TableeError):
    status, code = 405, "method_not_allowed"
    hint = "Check the method; /docs lists every route."


class Conflict(TableeError):
    status, code = 409, "conflict"
    hint = "Somebody else changed it meanwhile: look at it again, then repeat."


class AlreadyExists(Conflict):
    code = "already_exists"


class TrainingEnded(Conflict):
    code = "training_ended"
    hint = "Nothing is left to cancel."


class ScoringEnded(Conflict):
    code = "scoring_ended"
    hint = "Nothing is left to cancel."


class UploadOffset(Conflict):
    code = "upload_offset"
    hint = "HEAD /uploads/{id} says under Upload-Offset where to go on."


class SourceChanged(Conflict):
    code = "source_changed"
    hint = "Score again when nobody writes there: a new scoring takes the files as they are then."


class Unavailable(TableeError):
    status, code = 503, "unavailable"
    hint = "Try again in a few seconds."
    retry_after: ClassVar[int] = 2


class ModelNotReady(Unavailable):
    code = "model_not_ready"
    hint = "Train a model first (`tablee train`), or wait until the roll-out has finished."


class RegistryUnavailable(Unavailable):
    code = "registry_unavailable"
    hint = "MLflow does not answer: see `tablee doctor`, or its log."


class ObjectStoreUnavailable(Unavailable):
    code = "object_store_unavailable"
    hint = "The object store does not answer: see `tablee doctor`."


class EngineUnavailable(Unavailable):
    code = "engine_unavailable"
    hint = "H2O does not answer, or not with the expected size: see `tablee doctor`."


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    hint = "The source tries again at its next time; if the login is refused, ask the administrator of the connection."


class KubernetesUnavailable(Unavailable):
    """The Kubernetes API does not answer, or does not let us do what we must."""

    code = "kubernetes_unavailable"
    hint = "What runs goes on, and the controller looks again by itself; if it is forbidden, mend its Role."


class Overloaded(Unavailable):
    code = "overloaded"
    hint = "Send fewer requests at once, or add replicas."


class NotRunning(Unavailable):
    code = "not_running"
    hint = "Start the local stack with `tablee up`, or name a platform that runs elsewhere with --url."


class BundleCorrupt(TableeError):
    code = "bundle_corrupt"
    hint = "The model's files are not those that were registered: promote another version, or train again."


class TrainingFailed(TableeError):
    code = "training_failed"
    hint = "Read the training's log; correct the request or the data, then train again."


class TrainingCancelled(TableeError):
    status, code = 499, "training_cancelled"
    hint = "Start the training again when you want it."


class ScoringFailed(TableeError):
    code = "scoring_failed"
    hint = "Correct the parts named, then score again; the outputs of all other parts are complete."


class ScoringCancelled(TableeError):
    status, code = 499, "scoring_cancelled"
    hint = "Outputs that were complete stay; start it again when you want the rest."


class InvalidSettings(TableeError):
    code = "invalid_settings"
    hint = "Correct the variable named; docs/settings.md lists them all."


class StartFailed(TableeError):
    code = "start_failed"
    hint = "Read the log lines above; `tablee doctor` looks for the usual causes."
