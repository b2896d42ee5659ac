"""The steps there are. What one learns from training rows is a field of it that is null until then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tablee.recipes.formula import expression as formula

Kind = Literal["number", "text", "date"]
"""What a column holds while the recipe works on it. A date is the second of its instant, counted from 1970."""

MOST_BINS = 50


def _own(name: str) -> str:
    if name.startswith("__"):
        raise ValueError("a column's name may not begin with two underscores")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
NewName = Annotated[Name, AfterValidator(_own)]
"""Of a column that a step makes."""
Text = Annotated[str, StringConstraints(max_length=1000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns it reads."""
        raise NotImplementedError

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        """The columns it writes, by name.

        :raises ValueError: a column is not of a kind that it can read.
        """
        raise NotImplementedError

    @property
    def learnt(self) -> dict[str, Any]:
        """What it has learnt, or would learn: by the names of its fields."""
        return {}


class OfOne(_Step):
    """A step from one column to one, in its place or beside it."""

    accepts: ClassVar[tuple[Kind, ...]]
    gives: ClassVar[Kind | None] = None
    """None: what it read."""

    column: Name
    to: NewName | None = None
    """Name of a new column for the result; the column itself is changed when left out."""

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def output(self) -> str:
        return self.to or self.column

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        kind = kinds[self.column]
        if kind not in self.accepts:
            raise ValueError(f"«{self.column}» is a {kind} here, expected a {' or a '.join(self.accepts)}")
        return {self.output: self.gives or kind}


class CleanText(OfOne):
    """Trim a text, make one space of many, and unify case and accents; an empty text is a missing value."""

    accepts = ("text",)
    kind: Literal["clean_text"] = "clean_text"
    case: Literal["keep", "lower", "upper"] = "keep"
    accents: Literal["keep", "remove"] = "keep"


class MissingMarkers(OfOne):
    """Take texts or numbers that only say «nothing is known» for missing values."""

    accepts = ("text", "number")
    kind: Literal["missing"] = "missing"
    markers: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """Texts, compared without the spaces around them and without regard to case."""
    numbers: Annotated[tuple[Number, ...], Field(max_length=100)] = ()
    """Numbers, such as -999."""

    @model_validator(mode="after")
    def _are_some(self) -> MissingMarkers:
        if not self.markers and not self.numbers:
            raise ValueError("give at least one of «markers» and «numbers»")
        return self


class ParseNumber(OfOne):
    """Read numbers out of texts such as `1 234,50 €`; a text that is none becomes a missing value."""

    accepts, gives = ("text",), "number"
    kind: Literal["parse_number"] = "parse_number"
    decimal: Literal[".", ","] = "."
    thousands: Annotated[tuple[Literal[" ", ".", ",", "'"], ...], Field(max_length=4)] = ()
    """What may stand between groups of three digits; a space stands for every kind of space, the ' for the ’ too."""
    units: dict[Text, Number] = {}
    """Texts that may stand before or behind the number, and what the number is multiplied by then: `{"€": 1,
    "k€": 1000}`."""

    @model_validator(mode="after")
    def _differ(self) -> ParseNumber:
        if self.decimal in self.thousands:
            raise ValueError(f"'{self.decimal}' cannot be both the decimal sign and a thousands separator")
        if any(not unit.strip() or unit[:1].isdigit() or unit[-1:].isdigit() for unit in self.units):
            raise ValueError("a unit must not be empty nor begin or end with a digit")
        return self


class ParseDate(OfOne):
    """Read dates out of texts; a text that is none becomes a missing value.

    ISO 8601 is always read. Times may follow a date; an offset from UTC is applied.
    """

    accepts, gives = ("text",), "date"
    kind: Literal["parse_date"] = "parse_date"
    order: Literal["day_month_year", "month_day_year", "year_month_day", "month_year"] = "day_month_year"
    """Of dates such as 03/04/2024, 3.4.24, 3 avril 2024; of months such as 04/2024, avr. 2024, which are their first
    day."""


Part = Literal["year", "quarter", "month", "day", "weekday", "day_of_year", "hour", "days"]


class DateParts(_Step):
    """Numbers out of a date, each a column «{column}.{part}»; weekdays count from Monday, 1."""

    kind: Literal["date_parts"] = "date_parts"
    column: Name
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=8)]
    since: date = date(1970, 1, 1)
    """`days` counts from this day on."""

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.column,)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        _dates(kinds, self.column)
        return dict.fromkeys((self.named(part) for part in self.parts), "number")

    def named(self, part: str) -> str:
        return f"{self.column}.{part}"


class Elapsed(_Step):
    """The time from one date to another, negative where the second is the earlier one."""

    kind: Literal["elapsed"] = "elapsed"
    start: Name
    end: Name
    to: NewName
    unit: Literal["days", "hours", "minutes", "seconds"] = "days"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.start, self.end)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        _dates(kinds, self.start, self.end)
        return {self.to: "number"}


class RareLevels(OfOne):
    """One level for all that are rare in training, and for those that training never saw."""

    accepts = ("text",)
    kind: Literal["rare"] = "rare"
    least: Annotated[int, Field(ge=1)] = 10
    """A level with at least so many training rows is kept."""
    most: Annotated[int, Field(ge=1, le=1000)] = 200
    """At most so many levels are kept, the most frequent ones."""
    other: Annotated[Text, StringConstraints(min_length=1)] = "(other)"
    levels: tuple[str, ...] | None = None
    """LearntSteps: the levels kept, sorted."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {"levels": self.levels}


class Cap(OfOne):
    """Pull numbers beyond two bounds back to them."""

    accepts = ("number",)
    kind: Literal["cap"] = "cap"
    low_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    """This share of the training rows lies below the lower bound; 0 for the least value itself."""
    high_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    low: Number | None = None
    """LearntSteps unless given."""
    high: Number | None = None

    @property
    def learnt(self) -> dict[str, Any]:
        return {"low": self.low, "high": self.high}

    @model_validator(mode="after")
    def _in_order(self) -> Cap:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the lower bound {self.low} is above the upper one, {self.high}")
        return self


class Fill(OfOne):
    """Put a value where there is none."""

    accepts = ("number", "text")
    kind: Literal["fill"] = "fill"
    by: Literal["constant", "median", "most_frequent"] = "constant"
    value: Number | Text | None = None
    """Of `constant`; else learnt."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {} if self.by == "constant" else {"value": self.value}

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        made, kind = super().makes(kinds), kinds[self.column]
        if self.by == "median" and kind != "number":
            raise ValueError(f"«{self.column}» is a {kind}, which has no median")
        if self.value is not None and isinstance(self.value, str) != (kind == "text"):
            raise ValueError(f"«{self.column}» is a {kind}, which {self.value!r} cannot fill")
        return made

    @model_validator(mode="after")
    def _has_a_value(self) -> Fill:
        if self.by == "constant" and self.value is None:
            raise ValueError("give the «value» to fill with")
        return self


class Log(OfOne):
    """The natural logarithm of a number plus an offset; missing where that is not above 0."""

    accepts = ("number",)
    kind: Literal["log"] = "log"
    offset: Number = 0.0


class Ratio(_Step):
    """One number divided by another; missing where the second is 0 or the result too great for a number."""

    kind: Literal["ratio"] = "ratio"
    numerator: Name
    denominator: Name
    to: NewName

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.numerator, self.denominator)

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        for name in self.reads:
            if kinds[name] != "number":
                raise ValueError(f"«{name}» is a {kinds[name]} here, expected a number")
        return {self.to: "number"}


class Bin(OfOne):
    """Ranges of a number as levels, each with about as many training rows."""

    accepts, gives = ("number",), "text"
    kind: Literal["bin"] = "bin"
    bins: Annotated[int, Field(ge=2, le=MOST_BINS)] = 10
    edges: Annotated[tuple[Number, ...], Field(max_length=MOST_BINS - 1)] | None = None
    """LearntSteps unless given: where a range ends and the next begins, which it belongs to."""

    @property
    def learnt(self) -> dict[str, Any]:
        return {"edges": self.edges}

    @model_validator(mode="after")
    def _ascend(self) -> Bin:
        if self.edges is not None and list(self.edges) != sorted(set(self.edges)):
            raise ValueError("the edges must ascend")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """One more than there are edges."""
        edges = self.edges or ()
        between = (f"{low!r} to {high!r}" for low, high in pairwise(edges))
        ends = (f"below {edges[0]!r}", *between, f"from {edges[-1]!r}") if edges else ("all",)
        return tuple(f"{number:02}: {end}" for number, end in enumerate(ends, 1))


class Formula(_Step):
    """A number computed from columns by an expression of a closed grammar (`tablee.recipes.formula.expression`)."""

    kind: Literal["formula"] = "formula"
    to: NewName
    expression: Annotated[str, StringConstraints(max_length=formula.LONGEST)]

    @model_validator(mode="after")
    def _parses(self) -> Formula:
        formula.parse(self.expression)
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        return formula.columns(formula.parse(self.expression))

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        formula.check(formula.parse(self.expression), kinds)
        return {self.to: "number"}


class Drop(_Step):
    """Leave columns out of what the model reads."""

    kind: Literal["drop"] = "drop"
    columns: Annotated[tuple[Name, ...], Field(min_length=1)]

    @property
    def reads(self) -> tuple[str, ...]:
        return self.columns

    def makes(self, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        return {}


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


def _dates(kinds: Mapping[str, Kind], *names: str) -> None:
    for name in names:
        if kinds[name] != "date":
            raise ValueError(f"«{name}» is a {kinds[name]} here, expected a date: parse it first")
