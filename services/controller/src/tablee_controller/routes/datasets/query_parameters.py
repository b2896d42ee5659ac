"""Query parameters that hold JSON: corrections of how a file is read, and actions on personal data."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from tablee.datasets.privacy import Actions
from tablee.datasets.reading import Corrections
from tablee.http.validation_errors import request_error

T = TypeVar("T")

_CORRECTIONS: TypeAdapter[Corrections] = TypeAdapter(Corrections)
_ACTIONS: TypeAdapter[Actions] = TypeAdapter(Actions)


def _corrections(
    options: Annotated[
        str,
        Query(
            max_length=100_000,
            description='Corrections as JSON, such as {"decimal": ",", "dates": {"born": "%d/%m/%Y"}}',
        ),
    ] = "{}",
) -> Corrections:
    return _parsed("options", _CORRECTIONS, options)


def _actions(
    actions: Annotated[
        str,
        Query(
            max_length=100_000,
            description='What is done about personal data on the way in, as JSON: [{"kind": "drop", "column": "name"}]',
        ),
    ] = "[]",
) -> Actions:
    return _parsed("actions", _ACTIONS, actions)


def _parsed(name: str, adapter: TypeAdapter[T], given: str) -> T:
    try:
        return adapter.validate_json(given)
    except ValidationError as error:
        found = [each | {"loc": (name, *each["loc"])} for each in error.errors(include_url=False)]
        raise request_error(found) from None


ReadingCorrections = Annotated[Corrections, Depends(_corrections)]
PrivacyActions = Annotated[Actions, Depends(_actions)]
