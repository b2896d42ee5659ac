"""Personal data in a data set: findings, the actions that change it, and k-anonymity.

No model here holds a value of a data set: findings and actions name columns, equivalence classes are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tablee.datasets.profile import Basis
from tablee.errors.unfit import Unfit

LEVELS_OF_K = (2, 3, 5, 10)
"""The values of k for which the rows in smaller equivalence classes are counted."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PersonalData(StrEnum):
    """Kinds of personal data that a column may hold."""

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
    """What a finding rests on: the values, the name of the column, or both."""

    CONTENT = "content"
    NAME = "name"
    BOTH = "both"
    WITHIN = "within"
    """Values that stand among other words in longer texts."""


class _Action(_Data):
    column: str


class Keep(_Action):
    """Keep a column as it is; says that somebody decided so."""

    kind: Literal["keep"] = "keep"


class Drop(_Action):
    """Remove a column."""

    kind: Literal["drop"] = "drop"


class Mask(_Action):
    """Replace values by three asterisks and, if asked, their last characters. The length of a value is hidden, too."""

    kind: Literal["mask"] = "mask"
    keep_last: int = Field(0, ge=0, le=4)
    """Number of last characters that are kept; of values that have at most twice as many, none is kept."""


class Pseudonym(_Action):
    """Replace values by keyed pseudonyms: the same value has the same pseudonym in every version and data set."""

    kind: Literal["pseudonym"] = "pseudonym"
    scope: str = Field("", max_length=64)
    """Another scope gives other pseudonyms, so that two tables with different scopes cannot be joined."""


class Bands(_Action):
    """Replace numbers by the lower bound of their band: with a width of 10, 34 becomes 30."""

    kind: Literal["bands"] = "bands"
    width: float = Field(gt=0, allow_inf_nan=False)
    start: float = Field(0, allow_inf_nan=False)
    """The lower bound of one of the bands."""


class Prefix(_Action):
    """Keep the first characters, such as the department of a post code."""

    kind: Literal["prefix"] = "prefix"
    length: int = Field(ge=1, le=32)
    digits: int = Field(0, ge=0, le=32)
    """Before that, numbers and texts of digits are padded with leading zeros to so many digits: 1000 is 01000."""


class Period(_Action):
    """Keep the year and month of dates, or the year alone."""

    kind: Literal["period"] = "period"
    to: Literal["month", "year"]
    format: str = Field("%Y-%m-%d", max_length=64)
    """The format of the dates, as strptime takes it. A time that follows an ISO date is ignored."""


Action = Annotated[Keep | Drop | Mask | Pseudonym | Bands | Prefix | Period, Field(discriminator="kind")]


def _one_each(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    twice = [column for column, count in Counter(action.column for action in actions).items() if count > 1]
    if twice:
        raise Unfit("one_action", column=twice[0])
    return actions


Actions = Annotated[tuple[Action, ...], AfterValidator(_one_each)]
"""At most one action for a column; columns without one are kept."""


class Finding(_Data):
    """Personal data that a column seems to hold."""

    column: str
    kind: PersonalData
    share: float
    """Share of the distinct values looked at that are of this kind."""
    confidence: float
    """From 0 to 1; a fixed one for findings that rest on the name alone."""
    how: Evidence
    proposal: Action
    """The action that is proposed to the user."""
    applied: Action | None = None
    """The action that has changed the column; the finding is about its original values then."""


class Uncounted(_Data):
    """A column that privacy actions changed and that k-anonymity does not count, as nobody can know its values."""

    column: str
    applied: Literal["drop", "mask", "pseudonym"]
    """What was done: the column was removed, all its values were masked, or a key is needed to know whose they are."""


class Findings(_Data):
    """Personal data in a version of a data set, or in a file that is not stored yet; the surest finding first."""

    dataset: str | None = None
    version: str | None = None
    findings: tuple[Finding, ...]
    quasi_identifiers: tuple[str, ...]
    """Columns that may identify a person together: a proposal for an `AnonymityRequest`. By their names; and those that
    privacy actions made coarser."""
    uncounted: tuple[Uncounted, ...] = ()
    """Columns that privacy actions hid, and that are not proposed therefore."""
    basis: Basis
    """The rows that were looked at."""


class EquivalenceClasses(_Data):
    """Equivalence classes of k-anonymity: rows with the same quasi-identifiers."""

    columns: tuple[str, ...]
    rows: int
    groups: int
    """Number of equivalence classes."""
    smallest: int
    """Number of rows of the smallest class: the k of k-anonymity. 0 if there is no row."""
    below: tuple[tuple[int, int], ...]
    """Pairs of a size and the number of rows in classes that are smaller."""


class Anonymity(_Data):
    """The equivalence classes of the same rows before and after actions."""

    before: EquivalenceClasses
    after: EquivalenceClasses
    """Its columns are the quasi-identifiers that are neither dropped nor masked completely."""
    left_out: tuple[str, ...] = ()
    """Columns that are proposed as quasi-identifiers, or that the actions make coarser, and that the request does not
    name: nothing here counts them."""


class AnonymityRequest(_Data):
    """Asks for the k-anonymity of a version, and for the one that it would have after actions."""

    quasi_identifiers: tuple[str, ...] = Field(min_length=1, max_length=32)
    """Columns by which somebody might identify a person."""
    actions: Actions = ()
    """The actions that would be applied."""


class AnonymisationRequest(_Data):
    """Asks for an anonymised version of another one."""

    actions: Actions
    """The actions, at most one for a column."""
    keep_original: bool = True
    """Keep the version that is anonymised; otherwise its rows, manifest and profiles are removed for good."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not any(changes_values(action) for action in self.actions):
            raise Unfit("changing_action")
        return self


class Anonymised(_Data):
    """The privacy actions that were applied to a version; part of its manifest."""

    source: str | None = None
    """The version that was anonymised; None if the actions were applied while a file was read."""
    actions: Actions
    """All actions on the original values, those that were applied to `source` included: an action on a column that was
    changed before stands for both."""
    key: str | None = None
    """Id of the key of the pseudonyms, if there are some."""
    other_keys: dict[str, str] = {}
    """By column: id of the key of pseudonyms that were made with another key before."""
    findings: tuple[Finding, ...] | None = None
    """The personal data that was found in the original values of columns that are changed and kept. None if an earlier
    release made the version."""
    fingerprint: str
    """Hash of the actions and the id of the key; the version depends on it. It does not reveal the key."""


def changes_values(action: Action) -> bool:
    """Whether an action changes the values of its column."""
    return not isinstance(action, Keep)


def leaves_nothing(action: Action) -> bool:
    """Whether nothing of the values of a column is left after an action."""
    return isinstance(action, Drop) or (isinstance(action, Mask) and not action.keep_last)


def hidden_columns(actions: Sequence[Action]) -> frozenset[str]:
    """The columns whose original values must not be shown."""
    return frozenset(action.column for action in actions if changes_values(action))
