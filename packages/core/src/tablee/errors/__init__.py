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
    ├── UnsupportedProtocol          412 unsupported_protocol
    ├── ChecksumMismatch             460 checksum_mismatch     a part of an upload that was damaged on its way
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

Each class carries its HTTP status and a stable code. What happened is a reason, a short code of its own, with facts:

    raise InvalidTable("too_many_columns", columns=5_012, limit=5_000)

The sentence of a reason stands in the catalogue of each language (`tablee/i18n/{en,fr}/*.toml`) below
`reason.{code}.{reason}`, where `code` is the code of the class or of one of its parents; what to do next stands below
`hint.{code}`, or below `hint.{hint}` where a raise names a hint of its own. A fact is a text, a number, a `Message`
(a further sentence with facts of its own, such as what was expected), another error, or a list of these.

Every service answers with `problem()`, the JSON of RFC 9457: `title`, `detail` and `hint` are sentences in the language
that `Accept-Language` asks for, English if none is named; `reason` and `facts` let a client say the same in another
language (`TableeError.said`, `TableeError.advised`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from tablee.errors.base import TableeError, tree
from tablee.errors.cells import MAX_CELLS, Cell, readable
from tablee.i18n.message import Message, english, said
from tablee.i18n.translator import Translator

__all__ = [
    "AccessDenied",
    "AlreadyExists",
    "BodyTooLarge",
    "BundleCorrupt",
    "ChecksumMismatch",
    "Conflict",
    "DatabaseUnavailable",
    "DatasetNotFound",
    "DiskFull",
    "EngineUnavailable",
    "InvalidInput",
    "InvalidQuery",
    "InvalidRecipe",
    "InvalidRequest",
    "InvalidRows",
    "InvalidSettings",
    "InvalidTable",
    "KubernetesUnavailable",
    "MalformedBody",
    "MethodNotAllowed",
    "ModelNotFound",
    "ModelNotReady",
    "NotFound",
    "NotRunning",
    "ObjectStoreUnavailable",
    "Overloaded",
    "RegistryUnavailable",
    "ScoringCancelled",
    "ScoringEnded",
    "ScoringFailed",
    "ScoringNotFound",
    "SourceChanged",
    "SourceNotFound",
    "StartFailed",
    "TableeError",
    "TooManyRows",
    "TrainingCancelled",
    "TrainingEnded",
    "TrainingFailed",
    "TrainingNotFound",
    "Unavailable",
    "UnsupportedMediaType",
    "UnsupportedProtocol",
    "UploadNotFound",
    "UploadOffset",
    "tree",
]


class InvalidInput(TableeError):
    status, code = 422, "invalid_input"


class InvalidRows(InvalidInput):
    """Rows that do not fit a contract; `cells` names up to `MAX_CELLS` of the wrong cells."""

    code = "invalid_rows"

    def __init__(self, cells: list[Cell], total: int | None = None) -> None:
        self.total = total if total is not None else len(cells)
        self.cells = cells[:MAX_CELLS]
        super().__init__("cells")

    def said(self, translator: Translator) -> str:
        if not self.cells:  # an answer of another release, which names none
            return super().said(translator)
        first = self.cells[0].said(translator)
        return translator("reason.invalid_rows.more", cell=first, more=self.total - 1) if self.total > 1 else first

    def below(self, rows: int, line_of: Callable[[int], int] | None = None) -> InvalidRows:
        """The same of a table that has so many rows more above these.

        :param line_of: the line of its file that one of these rows, from 0, begins on.
        """
        cells = [
            replace(cell, row=cell.row + rows, line=cell.line if line_of is None else line_of(cell.row - 1))
            if cell.row
            else replace(cell, row=None)
            for cell in self.cells
        ]
        return InvalidRows(cells, self.total)

    def members(self, translator: Translator) -> dict[str, Any]:
        return {
            "errors": [cell.to_dict(translator) for cell in self.cells],
            "error_count": self.total,
        }

    def _revive(self, body: Mapping[str, Any]) -> None:
        self.cells = [Cell.from_dict(cell) for cell in body.get("errors", [])]
        self.total = int(body.get("error_count", len(self.cells)))


class InvalidTable(InvalidInput):
    """A file that cannot be read as a table; names the line (from 1) and the column where it can."""

    code = "invalid_table"
    PLACE: ClassVar[tuple[str, ...]] = ("line", "column", "value", "expected")

    def __init__(
        self,
        reason: str,
        /,
        *,
        line: int | None = None,
        column: str | None = None,
        value: Any = None,
        expected: Message | str | None = None,
        hint: str | None = None,
        **facts: Any,
    ) -> None:
        place = {"line": line, "column": column, "value": readable(value), "expected": expected}
        super().__init__(reason, hint=hint, **facts, **{name: each for name, each in place.items() if each is not None})
        self.place = {name: said(each, english()) for name, each in place.items()}

    def said(self, translator: Translator) -> str:
        return self._at("line", translator, super().said(translator))

    def advised(self, translator: Translator) -> str:
        named = {"line", "row", "column"} & self.facts.keys()
        return super().advised(translator) if named or self.hint_key else translator("hint.whole_file")

    def members(self, translator: Translator) -> dict[str, Any]:
        place = self.place | {"expected": said(self.facts.get("expected", self.place.get("expected")), translator)}
        return {key: value for key, value in place.items() if value is not None}

    def _revive(self, body: Mapping[str, Any]) -> None:
        self.place = {key: body.get(key) for key in self.PLACE}


class InvalidRecipe(InvalidInput):
    """A recipe with a step that cannot be carried out; names the step (from 1) and the column where it can."""

    code = "invalid_recipe"

    def __init__(self, reason: str, /, *, step: int | None = None, column: str | None = None, **facts: Any) -> None:
        place: dict[str, Any] = {name: each for name, each in (("step", step), ("column", column)) if each is not None}
        super().__init__(reason, **facts, **place)
        self.step, self.column = step, column

    def without_step(self) -> InvalidRecipe:
        """The same error for a place that shows the number of the step by itself."""
        return InvalidRecipe(self.reason, **{name: fact for name, fact in self.facts.items() if name != "step"})

    def said(self, translator: Translator) -> str:
        return self._at("step", translator, super().said(translator))

    def members(self, translator: Translator) -> dict[str, Any]:
        found: dict[str, Any] = {"step": self.step, "column": self.column}
        return {key: value for key, value in found.items() if value is not None}

    def _revive(self, body: Mapping[str, Any]) -> None:
        self.step, self.column = body.get("step"), body.get("column")


class InvalidQuery(InvalidInput):
    code = "invalid_query"


class InvalidRequest(InvalidInput):
    code = "invalid_request"


class MalformedBody(TableeError):
    status, code = 400, "malformed_body"


class UnsupportedMediaType(TableeError):
    status, code = 415, "unsupported_media_type"


class UnsupportedProtocol(TableeError):
    status, code = 412, "unsupported_protocol"


class ChecksumMismatch(TableeError):
    status, code = 460, "checksum_mismatch"


class BodyTooLarge(TableeError):
    status, code = 413, "body_too_large"


class TooManyRows(TableeError):
    status, code = 413, "too_many_rows"


class DiskFull(TableeError):
    status, code = 507, "disk_full"


class AccessDenied(TableeError):
    status, code = 401, "access_denied"


class NotFound(TableeError):
    status, code = 404, "not_found"


class DatasetNotFound(NotFound):
    code = "dataset_not_found"


class ModelNotFound(NotFound):
    code = "model_not_found"


class TrainingNotFound(NotFound):
    code = "training_not_found"


class ScoringNotFound(NotFound):
    code = "scoring_not_found"


class UploadNotFound(NotFound):
    code = "upload_not_found"


class SourceNotFound(NotFound):
    code = "source_not_found"


class MethodNotAllowed(TableeError):
    status, code = 405, "method_not_allowed"


class Conflict(TableeError):
    status, code = 409, "conflict"


class AlreadyExists(Conflict):
    code = "already_exists"


class TrainingEnded(Conflict):
    code = "training_ended"


class ScoringEnded(Conflict):
    code = "scoring_ended"


class UploadOffset(Conflict):
    code = "upload_offset"


class SourceChanged(Conflict):
    code = "source_changed"


class Unavailable(TableeError):
    status, code = 503, "unavailable"
    retry_after: ClassVar[int] = 2


class ModelNotReady(Unavailable):
    code = "model_not_ready"


class RegistryUnavailable(Unavailable):
    code = "registry_unavailable"


class ObjectStoreUnavailable(Unavailable):
    code = "object_store_unavailable"


class EngineUnavailable(Unavailable):
    code = "engine_unavailable"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"


class KubernetesUnavailable(Unavailable):
    """The Kubernetes API does not answer, or does not let us do what we must."""

    code = "kubernetes_unavailable"


class Overloaded(Unavailable):
    code = "overloaded"


class NotRunning(Unavailable):
    code = "not_running"


class BundleCorrupt(TableeError):
    code = "bundle_corrupt"


class TrainingFailed(TableeError):
    code = "training_failed"


class TrainingCancelled(TableeError):
    status, code = 499, "training_cancelled"


class ScoringFailed(TableeError):
    code = "scoring_failed"


class ScoringCancelled(TableeError):
    status, code = 499, "scoring_cancelled"


class InvalidSettings(TableeError):
    code = "invalid_settings"


class StartFailed(TableeError):
    code = "start_failed"
