"""Personal data in a data set: where it was found, what is done about it, and how well rows hide among each other.

No model here holds a value of a data set: findings name columns, actions name columns, groups are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tablee.datasets.profile import Basis

LEVELS_OF_K = (2, 3, 5, 10)
"""Sizes of groups below which rows are counted."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PersonalData(StrEnum):
    """What personal data a column may hold."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    NIR = "nir"
    """French social security number."""
    SIRET = "siret"
    SIREN = "siren"
    CARD = "card"
    IP = "ip"
    POST_CODE = "post_code"
    NAME = "person_name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"


class Evidence(StrEnum):
    """By what it was found."""

    CONTENT = "content"
    NAME = "name"
    BOTH = "both"
    WITHIN = "within"
    """Somewhere inside of longer texts."""


class _Action(_Data):
    column: str


class Keep(_Action):
    """Leave a column as it is, on purpose."""

    kind: Literal["keep"] = "keep"


class Drop(_Action):
    """Leave a column out."""

    kind: Literal["drop"] = "drop"


class Mask(_Action):
    """Replace values by asterisks, but for their last characters; how long they were is hidden too."""

    kind: Literal["mask"] = "mask"
    keep_last: int = Field(0, ge=0, le=4)
    """Characters that stay; none of values that have no more than twice as many."""


class Pseudonym(_Action):
    """Replace values by keyed pseudonyms: the same value has the same one in every version and data set."""

    kind: Literal["pseudonym"] = "pseudonym"
    scope: str = Field("", max_length=64)
    """Another scope gives other pseudonyms, so that two tables cannot be joined by them."""


class Bands(_Action):
    """Replace numbers by the lower end of their band: with a width of 10, 34 becomes 30."""

    kind: Literal["bands"] = "bands"
    width: float = Field(gt=0, allow_inf_nan=False)
    start: float = Field(0, allow_inf_nan=False)
    """Where one of the bands begins."""


class Prefix(_Action):
    """Keep the first characters, such as the department of a post code."""

    kind: Literal["prefix"] = "prefix"
    length: int = Field(ge=1, le=32)
    digits: int = Field(0, ge=0, le=32)
    """Texts of digits alone and numbers are filled up with zeros in front to so many digits first: 1000 is 01000."""


class Period(_Action):
    """Keep month and year of dates, or the year alone."""

    kind: Literal["period"] = "period"
    to: Literal["month", "year"]
    format: str = Field("%Y-%m-%d", max_length=64)
    """How the dates are written, as strptime takes it. What follows an ISO date in its text is left out."""


Action = Annotated[Keep | Drop | Mask | Pseudonym | Bands | Prefix | Period, Field(discriminator="kind")]


def _one_each(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    twice = [column for column, count in Counter(action.column for action in actions).items() if count > 1]
    if twice:
        raise ValueError(f"there are two actions for «{twice[0]}», expected one")
    return actions


Actions = Annotated[tuple[Action, ...], AfterValidator(_one_each)]
"""At most one for a column; columns without one are kept."""


class Finding(_Data):
    """Personal data that a column seems to hold."""

    column: str
    kind: PersonalData
    share: float
    """Of the different values looked at that are such."""
    confidence: float
    """From 0 to 1; of findings by name alone a fixed one."""
    how: Evidence
    proposal: Action
    """What to do about it, unless somebody knows better."""


class Findings(_Data):
    """What was found in a version of a data set, or in a file on its way to be one; surest first."""

    dataset: str | None = None
    version: str | None = None
    findings: tuple[Finding, ...]
    quasi_identifiers: tuple[str, ...]
    """Columns that say little of a person each and much together, by their names: a proposal for `Groups`."""
    basis: Basis
    """The rows looked at."""


class EquivalenceClasses(_Data):
    """How rows hide among each other: those with the same quasi-identifiers are a group."""

    columns: tuple[str, ...]
    rows: int
    groups: int
    smallest: int
    """Rows of the smallest group: the k of k-anonymity. 0 where there is no row."""
    below: tuple[tuple[int, int], ...]
    """Pairs of a size and the number of rows in groups that are smaller."""


class Anonymity(_Data):
    """The same rows before and after actions."""

    before: EquivalenceClasses
    after: EquivalenceClasses
    """Quasi-identifiers that are dropped are not among its columns."""


class AnonymityRequest(_Data):
    """Asks how rows would hide among each other."""

    quasi_identifiers: tuple[str, ...] = Field(min_length=1, max_length=32)
    """Columns by which somebody might know a person."""
    actions: Actions = ()
    """What would be done before."""


class AnonymisationRequest(_Data):
    """Asks for a version without the personal data of another."""

    actions: Actions
    """What is done, column by column."""
    keep_original: bool = True
    """Keep the version it is made of; else its rows, manifest and profiles are removed for good."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not any(changes_values(action) for action in self.actions):
            raise ValueError("there is no action that changes a column")
        return self


class Anonymised(_Data):
    """What a version went through; part of its manifest."""

    source: str | None = None
    """The version it was made of; None where it was done on the way in."""
    actions: Actions
    """All that was done to its values, to those of its source, too: an action on a column that was changed before
    stands for both."""
    key: str | None = None
    """Id of the key of its pseudonyms, if it has some."""
    other_keys: dict[str, str] = {}
    """By column, the key of pseudonyms that were made with another one before."""
    fingerprint: str
    """The same for the same actions with the same key on the same source: part of the version. It does not give the
    key away."""


def changes_values(action: Action) -> bool:
    return not isinstance(action, Keep)


def hidden_columns(actions: Sequence[Action]) -> frozenset[str]:
    """The columns whose values must not be seen as they were."""
    return frozenset(action.column for action in actions if changes_values(action))
