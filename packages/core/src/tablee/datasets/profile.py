"""The profile of a version: statistics of columns, associations between columns, and warnings.

`basis` says from how many rows each kind of statistic is computed. A warning is a code with its figures and one
proposed action; `tablee.i18n.data_texts` turns it into a sentence.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tablee.errors.unfit import Unfit
from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels, SingleColumnStep

FORMAT: Literal[2] = 2
"""Format of stored profiles; a stored profile of another format is computed again."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Histogram(_Data):
    """Number of values between neighbouring edges; the first bin also holds all values below, the last all above."""

    edges: tuple[float, ...]
    """One more than counts, ascending, from the least value to the greatest. Dates are days since 1970-01-01."""
    counts: tuple[int, ...]


class NumberStatistics(_Data):
    """Statistics of a column of numbers; `mean`, `std`, `minimum`, `maximum` and `zeros` are always exact."""

    mean: float
    std: float
    """Standard deviation with n - 1 in the denominator; 0 for a single value."""
    minimum: float
    maximum: float
    zeros: int
    quantiles: tuple[tuple[float, float], ...]
    """Pairs of probability and value."""
    outliers: int
    """Number of values beyond the fences: more than 1.5 interquartile ranges below the first quartile or above the
    third (Tukey, Exploratory Data Analysis, 1977)."""
    fences: tuple[float, float]
    """The lower and the upper fence."""
    histogram: Histogram


class DateStatistics(_Data):
    """Statistics of a column of dates; `earliest` and `latest` are always exact, as ISO 8601 texts."""

    earliest: str
    latest: str
    histogram: Histogram


class TextLengths(_Data):
    """Lengths of the texts of a column in characters; always exact."""

    shortest: int
    longest: int
    mean: float


class Level(_Data):
    """A distinct value with its number of rows."""

    value: str
    count: int


class ColumnProfile(_Data):
    """The profile of one column."""

    name: str
    kind: Literal["number", "category", "text", "date"]
    boolean: bool = False
    """Whether the two values are a pair such as yes and no, or 0 and 1."""
    integer: bool = False
    missing: int
    distinct: int
    distinct_exact: bool = True
    """Whether `distinct` was counted; else it is an estimate."""
    numbers: NumberStatistics | None = None
    dates: DateStatistics | None = None
    lengths: TextLengths | None = None
    levels: tuple[Level, ...] = ()
    """The most frequent values of a category or text."""


class AssociationMeasure(StrEnum):
    """How an association is measured, from 0 (none) to 1 (complete); Spearman's from -1."""

    SPEARMAN = "spearman"
    """Of two numbers."""
    CRAMER = "cramers_v"
    """Of two categories, corrected for bias."""
    RATIO = "correlation_ratio"
    """Of a number and a category, corrected for bias."""


class Association(_Data):
    """The association of two columns."""

    columns: tuple[str, str]
    measure: AssociationMeasure
    value: float
    pearson: float | None = None
    """Pearson's correlation, if both columns are numbers."""

    @property
    def strength(self) -> float:
        """From 0 to 1."""
        return abs(self.value)


class DropColumns(_Data):
    """Train without these columns."""

    kind: Literal["drop_columns"] = "drop_columns"
    columns: tuple[str, ...]


class DropDuplicateRows(_Data):
    """Of rows that are equal in every column, keep the first."""

    kind: Literal["drop_duplicate_rows"] = "drop_duplicate_rows"


class DropRareRows(_Data):
    """Remove the rows whose value in a column has fewer rows than `least_rows`; rows without a value are kept."""

    kind: Literal["drop_rare_rows"] = "drop_rare_rows"
    column: str
    least_rows: int = Field(ge=2)


_S = TypeVar("_S", bound=SingleColumnStep)


def _in_place(step: _S) -> _S:
    """
    :raises ValueError: the step would make a new column.
    """
    if step.to is not None:
        raise Unfit("in_place")
    return step


class _StepAction(_Data):
    """An action that applies a step of a recipe to one column, in place."""

    step: SingleColumnStep

    @property
    def column(self) -> str:
        return self.step.column


class ParseNumbers(_StepAction):
    """Read texts as numbers."""

    kind: Literal["parse_numbers"] = "parse_numbers"
    step: Annotated[ParseNumber, AfterValidator(_in_place)]


class ParseDates(_StepAction):
    """Read texts as dates."""

    kind: Literal["parse_dates"] = "parse_dates"
    step: Annotated[ParseDate, AfterValidator(_in_place)]


class GroupRareLevels(_StepAction):
    """Replace levels that have few rows by one level."""

    kind: Literal["group_rare_levels"] = "group_rare_levels"
    step: Annotated[RareLevels, AfterValidator(_in_place)]


class RankBy(_Data):
    """Rank the models by a metric that is meaningful for imbalanced classes."""

    kind: Literal["rank_by"] = "rank_by"
    metric: Literal["aucpr", "mean_per_class_error"]


WarningAction = Annotated[
    DropColumns | DropDuplicateRows | DropRareRows | ParseNumbers | ParseDates | GroupRareLevels | RankBy,
    Field(discriminator="kind"),
]
"""The action that a warning proposes."""

RepairAction = Annotated[
    DropDuplicateRows | DropRareRows | ParseNumbers | ParseDates | GroupRareLevels, Field(discriminator="kind")
]
"""Actions that change the rows of a data set and so make a new version."""


class WarningCode(StrEnum):
    """What a warning is about."""

    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    NEAR_DUPLICATE = "near_duplicate_columns"
    DUPLICATE_ROWS = "duplicate_rows"
    TARGET_LEAK = "target_leak"
    IMBALANCE = "class_imbalance"
    FEW_ROWS = "few_rows_per_class"
    MANY_LEVELS = "too_many_levels"
    DATE_AS_TEXT = "date_as_text"
    NUMBER_AS_TEXT = "number_as_text"
    MIXED_CURRENCIES = "mixed_currencies"
    MIXED_UNITS = "mixed_units"
    MIXED_PERCENT = "mixed_percent"
    MIXED_BOUNDS = "mixed_bounds"
    MOSTLY_MISSING = "mostly_missing"


class ProfileWarning(_Data):
    """Something a person should decide on before a training."""

    code: WarningCode
    columns: tuple[str, ...] = ()
    """The columns that the warning is about; empty if it is about rows."""
    figures: dict[str, float | str] = {}
    """What the sentence of the warning shows: counts and shares by name, and examples."""
    action: WarningAction


class Basis(_Data):
    """How many rows a statistic is computed from."""

    rows: int
    of: int

    @property
    def whole(self) -> bool:
        return self.rows == self.of


class Bases(_Data):
    """How many rows each kind of statistic is computed from; rows are chosen at random if they are not all."""

    counts: Basis
    """Of missing values, mean, standard deviation, minimum, maximum, lengths of texts and distinct values."""
    distributions: Basis
    """Of quantiles, histograms, outliers, levels, duplicate rows, and texts that are dates or numbers."""
    associations: Basis
    """Of associations, and of the warnings that rest on them."""


class Profile(_Data):
    """The profile of one version of a data set."""

    format: Literal[2] = FORMAT
    dataset: str
    version: str
    rows: int
    target: str | None = None
    """The column to predict, if one was named; `with_target` and some warnings are about it."""
    columns: tuple[ColumnProfile, ...]
    duplicate_rows: int
    """Number of rows that repeat an earlier one, among those of `basis.distributions`."""
    compared: tuple[str, ...]
    """The columns that were compared with each other for `between`."""
    between: tuple[Association, ...]
    """Associations of pairs of columns, strongest first."""
    with_target: tuple[Association, ...] = ()
    """Associations of columns with the target (`columns` are column and target), strongest first."""
    warnings: tuple[ProfileWarning, ...]
    basis: Bases
