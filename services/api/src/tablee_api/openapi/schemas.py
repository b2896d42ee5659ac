"""The JSON objects that are the same for every model, as pydantic models, and their JSON schemas."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from tablee.errors import TableeError, tree
from tablee.models.validation.block import WarningCode

CODES = sorted({error.code for error in tree(TableeError)})


class _Schema(BaseModel):
    """Attribute docstrings become descriptions."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Problem(_Schema):
    """Problem details of RFC 9457: the body of every error."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(json_schema_extra={"enum": [*CODES]})
    hint: str
    """What to do next"""
    request_id: str = ""
    errors: list[dict[str, Any]] = []
    """The first wrong cells"""
    error_count: int = 0


class CellWarning(_Schema):
    """A cell that was scored although it is missing, out of range, unseen or unreadable."""

    row: int
    """From 1"""
    column: str
    code: str = Field(json_schema_extra={"enum": [code.value for code in WarningCode]})
    value: float | str | None
    expectation: dict[str, Any] = {}
    """Of a text that cannot be read: what it should be, as a key of the catalogue with its facts, among them `format`
    and `example` of a date"""


class Explanation(_Schema):
    """The contribution of each column to one prediction."""

    scale: Literal["log_odds", "probability", "value"]
    explained_class: str | None = Field(alias="class")
    """Whose score is explained"""
    bias: float
    contributions: dict[str, float]
    """By column"""
    output: float
    """The bias and all contributions added up"""
    method: Literal["treeshap", "sampled_shapley"]
    standard_error: dict[str, float] | None
    """By column, where sampled"""
    evaluations: int
    """Rows scored for it"""


MODELS: tuple[type[BaseModel], ...] = (Problem, CellWarning, Explanation)


class _Generator(GenerateJsonSchema):
    """Schemas without titles, defaults and the docstrings of classes; alternatives are a list of types or `oneOf`."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().model_schema(schema)
        return {name: value for name, value in made.items() if name not in ("title", "description")}

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return {name: value for name, value in made.items() if value is not True}

    def get_union_of_schemas(self, schemas: list[JsonSchemaValue]) -> JsonSchemaValue:
        made = super().get_union_of_schemas(schemas)
        return {"oneOf": made.pop("anyOf"), **made} if "anyOf" in made else made


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON schema of each model, by the model's name."""
    return {
        model.__name__: model.model_json_schema(
            schema_generator=_Generator, mode="validation", union_format="primitive_type_array"
        )
        for model in MODELS
    }
