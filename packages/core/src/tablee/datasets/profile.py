"""What is known of a data set's version once all of it has been looked at: figures, associations, warnings.

Whoever reads a profile finds under `basis` from how many rows each kind of figure comes. A warning is a code with its
figures and one proposed action, all of it data; `tablee.i18n` says it in French and English.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels, SingleColumnStep

FORMAT: Literal[2] = 2
"""Of the stored profile; one of another format is computed anew."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Histogram(_Data):
    """How many values lie between neighbouring edges; the first bin holds all below it, too, the last all above."""

    edges: tuple[float, ...]
    """One more than counts, ascending, from the least value to the largest. Of dates: days since 1970-01-01."""
    counts: tuple[int, ...]


class NumberStatistics(_Data):
    """Of a number column; `mean` to `maximum` are exact always."""

    mean: float
    std: float
    """Standard deviation with n − 1; 0 for a single value."""
    minimum: float
    maximum: float
    zeros: int
    quantiles: tuple[tuple[float, float], ...]
    """Pairs of probability and value."""
    outliers: int
    """Values more than 1.5 interquartile ranges away from the middle half (Tukey, Exploratory Data Analysis, 1977)."""
    fences: tuple[float, float]
    """Where outliers begin."""
    histogram: Histogram


class DateStatistics(_Data):
    """Of a date column; `earliest` and `latest` are exact always, as ISO 8601."""

    earliest: str
    latest: str
    histogram: Histogram


class Lengths(_Data):
    """Characters of the texts of a column; exact always."""

    shortest: int
    longest: int
    mean: float


class Level(_Data):
    """A value with its number of rows."""

    value: str
    count: int


class ColumnProfile(_Data):
    """One column."""

    name: str
    kind: Literal["number", "category", "text", "date"]
    boolean: bool = False
    """Two values that say yes and no."""
    integer: bool = False
    missing: int
    distinct: int
    distinct_exact: bool = True
    """Whether `distinct` was counted at import; else it was estimated."""
    numbers: NumberStatistics | None = None
    dates: DateStatistics | None = None
    lengths: Lengths | None = None
    levels: tuple[Level, ...] = ()
    """The most frequent values of a category or text."""


class AssociationMeasure(StrEnum):
    """How an association is measured; all reach from 0 (none) to 1 (complete), and Spearman's from −1."""

    SPEARMAN = "spearman"
    """Of two numbers."""
    CRAMER = "cramers_v"
    """Of two categories, corrected for bias."""
    RATIO = "correlation_ratio"
    """Of a number and a category, corrected for bias."""


class Association(_Data):
    """How much one column tells of another."""

    columns: tuple[str, str]
    measure: AssociationMeasure
    value: float
    pearson: float | None = None
    """Of two numbers, too."""

    @property
    def strength(self) -> float:
        return abs(self.value)


class DropColumns(_Data):
    kind: Literal["drop_columns"] = "drop_columns"
    columns: tuple[str, ...]


class DropDuplicateRows(_Data):
    """Keep the first of rows that are the same in every column."""

    kind: Literal["drop_duplicate_rows"] = "drop_duplicate_rows"


class DropRareRows(_Data):
    """Leave out the rows of values that have few; rows without a value stay."""

    kind: Literal["drop_rare_rows"] = "drop_rare_rows"
    column: str
    least_rows: int = Field(ge=2)


_S = TypeVar("_S", bound=SingleColumnStep)


def _in_place(step: _S) -> _S:
    if step.to is not None:
        raise ValueError("«to»: the column itself is changed, no new one made")
    return step


class _Stepped(_Data):
    """An action that a step of a recipe does to one column."""

    step: SingleColumnStep

    @property
    def column(self) -> str:
        return self.step.column


class ParseNumbers(_Stepped):
    """Read texts as numbers."""

    kind: Literal["parse_numbers"] = "parse_numbers"
    step: Annotated[ParseNumber, AfterValidator(_in_place)]


class ParseDates(_Stepped):
    """Read texts as dates."""

    kind: Literal["parse_dates"] = "parse_dates"
    step: Annotated[ParseDate, AfterValidator(_in_place)]


class GroupRareLevels(_Stepped):
    """Make one level of all that have fewer rows."""

    kind: Literal["group_rare_levels"] = "group_rare_levels"
    step: Annotated[RareLevels, AfterValidator(_in_place)]


class RankBy(_Data):
    """Rank models by a metric that classes of unequal size do not fool."""

    kind: Literal["rank_by"] = "rank_by"
    metric: Literal["aucpr", "mean_per_class_error"]


WarningAction = Annotated[
    DropColumns | DropDuplicateRows | DropRareRows | ParseNumbers | ParseDates | GroupRareLevels | RankBy,
    Field(discriminator="kind"),
]
"""One click that answers a warning."""

RepairAction = Annotated[
    DropDuplicateRows | DropRareRows | ParseNumbers | ParseDates | GroupRareLevels, Field(discriminator="kind")
]
"""Those that can be done to the rows themselves."""


class WarningCode(StrEnum):
    """What a warning warns of."""

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
    MOSTLY_MISSING = "mostly_missing"


class ProfileWarning(_Data):
    """Something a person should decide on before a training."""

    code: WarningCode
    columns: tuple[str, ...] = ()
    """The columns it is about; none where it is about rows."""
    figures: dict[str, float | str] = {}
    """What its sentence names: counts and shares by name, and examples."""
    action: WarningAction


class Basis(_Data):
    """From which rows a kind of figure comes."""

    rows: int
    of: int

    @property
    def whole(self) -> bool:
        return self.rows == self.of


class Bases(_Data):
    """From which rows the figures come; chosen at random where they are not all."""

    counts: Basis
    """Missing, mean, standard deviation, least and largest, text lengths; distinct as counted at import."""
    distributions: Basis
    """Quantiles, histograms, outliers, levels, duplicate rows, what texts look like."""
    associations: Basis
    """Associations, and the warnings that rest on them."""


class Profile(_Data):
    """One version of a data set, looked at from all sides."""

    format: Literal[2] = FORMAT
    dataset: str
    version: str
    rows: int
    target: str | None = None
    """The column to predict, when one was named; then `with_target` and warnings about it are there."""
    columns: tuple[ColumnProfile, ...]
    duplicate_rows: int
    """Rows that repeat an earlier one, among those of `basis.distributions`."""
    compared: tuple[str, ...]
    """The columns that `between` is about."""
    between: tuple[Association, ...]
    """Of pairs of columns, strongest first."""
    with_target: tuple[Association, ...] = ()
    """Of every column with the target (`columns` are column and target), strongest first."""
    warnings: tuple[ProfileWarning, ...]
    basis: Bases
