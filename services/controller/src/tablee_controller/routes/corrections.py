"""What is to be read otherwise, as a query has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import ValidationError

from tablee.faults import request_error
from tablee.reading import Corrections


def _read(
    options: Annotated[
        str,
        Query(
            max_length=100_000,
            description='Corrections as JSON, such as {"decimal": ",", "dates": {"born": "%d/%m/%Y"}}',
        ),
    ] = "{}",
) -> Corrections:
    try:
        return Corrections.model_validate_json(options)
    except ValidationError as error:
        found = [each | {"loc": ("options", *each["loc"])} for each in error.errors(include_url=False)]
        raise request_error(found) from None


Asked = Annotated[Corrections, Depends(_read)]
