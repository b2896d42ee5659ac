"""The steps of recipes, as data. The parameters that a step learns from training rows are fields that are null before.

This is the one list of all steps. `tablee.recipes.row` and `tablee.recipes.frame` apply them,
`tablee.recipes.fitting` learns their parameters, and the web pages describe them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tablee.recipes.steps.base import Kind, SingleColumnStep, StepFault
from tablee.recipes.steps.columns import Drop
from tablee.recipes.steps.dates import DateParts, Elapsed, ParseDate, Part
from tablee.recipes.steps.missing import Fill, MissingMarkers
from tablee.recipes.steps.numbers import MAX_BINS, Bin, Cap, Formula, Log, Ratio
from tablee.recipes.steps.texts import CleanText, ParseNumber, RareLevels

__all__ = [
    "MAX_BINS",
    "Bin",
    "Cap",
    "CleanText",
    "DateParts",
    "Drop",
    "Elapsed",
    "Fill",
    "Formula",
    "Kind",
    "Log",
    "MissingMarkers",
    "ParseDate",
    "ParseNumber",
    "Part",
    "RareLevels",
    "Ratio",
    "SingleColumnStep",
    "Step",
    "StepFault",
    "ValueStep",
]

Step = Annotated[
    CleanText
    | MissingMarkers
    | ParseNumber
    | ParseDate
    | DateParts
    | Elapsed
    | RareLevels
    | Cap
    | Fill
    | Log
    | Ratio
    | Bin
    | Formula
    | Drop,
    Field(discriminator="kind"),
]
"""Any step; `kind` tells which."""

ValueStep = CleanText | MissingMarkers | ParseNumber | ParseDate | RareLevels | Cap | Log | Bin
"""A step whose result for a row depends on one value alone, and that leaves a missing value missing."""
