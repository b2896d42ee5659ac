"""What profiles, findings and readings say to people: one catalogue a language, `en.toml` and `fr.toml`.

They stand in the core because three places say the same sentences: the report, the command line, and the UI, which
knows nothing but the core. A key is `section.name`, its entry a text with `{placeholders}`, or two of them, `one` and
`other`, between which the value named by `by` decides.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from tablee.datasets.profile import (
    Code,
    DropColumns,
    DropDuplicateRows,
    DropRareRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    Profile,
    ProfileWarning,
    Proposal,
    RankBy,
)
from tablee.datasets.reading import Decision
from tablee.i18n.numbers import Numbers

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

_SHARES: Final = ("share", "largest_share")
"""Figures of warnings that are shares of 1."""


Entry = str | dict[str, str]


@cache
def catalogue(language: Language) -> dict[str, Entry]:
    """All entries of a language by key."""
    sections = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


class Words:
    """The texts and figures of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts = catalogue(language)
        self._numbers = Numbers(language)

    def __call__(self, key: str, **values: float | str) -> str:
        """The text of a key, numbers written as the language does; `KeyError` names a key or value that is missing."""
        written = {name: each if isinstance(each, str) else self.number(each) for name, each in values.items()}
        entry = self._texts[key]
        if isinstance(entry, dict):
            entry = entry["one" if self._single(values[entry["by"]]) else "other"]
        return entry.format_map(written)

    def _single(self, count: float | str) -> bool:
        """Whether a noun stays in the singular: in French below 2."""
        return not isinstance(count, str) and (abs(count) < 2 if self.language == "fr" else count == 1)

    def warning(self, warning: ProfileWarning) -> str:
        """What a warning says."""
        figures: dict[str, float | str] = {
            name: self.share(value) if name in _SHARES and not isinstance(value, str) else value
            for name, value in warning.figures.items()
        }
        names = dict(zip(("column", "other"), warning.columns, strict=False))
        empty = warning.code is Code.CONSTANT and not figures["value"]
        return self("warning.empty_column" if empty else f"warning.{warning.code}", **(figures | names))

    def action(self, action: Proposal) -> str:
        """What its one click does."""
        match action:
            case DropColumns():
                return self("action.drop_columns", columns=", ".join(action.columns))
            case DropDuplicateRows():
                return self("action.drop_duplicate_rows")
            case DropRareRows():
                return self("action.drop_rare_rows", least_rows=action.least_rows)
            case ParseNumbers():
                return self("action.parse_numbers", decimal=action.step.decimal)
            case ParseDates():
                return self("action.parse_dates", order=self(f"order.{action.step.order}"))
            case GroupRareLevels():
                return self("action.group_rare_levels", least_rows=action.step.least)
            case RankBy():
                return self("action.rank_by", metric=action.metric)

    def reason(self, decision: Decision) -> str:
        """Why something was chosen in reading a file; empty where that is not known."""
        if decision.reason is None:
            return ""
        facts = {
            name: self.share(value) if name in _SHARES and not isinstance(value, str) else value
            for name, value in decision.facts.items()
        }
        said = self(f"reason.{decision.reason}", **facts)
        return self("reason.whatever_ending", reason=said, **facts) if "ending" in facts else said

    def basis(self, profile: Profile) -> str:
        """From which rows its figures come."""
        found = profile.basis
        rows, kept, compared = profile.rows, found.distributions.rows, found.associations.rows
        if not found.distributions.whole:
            return self("report.sampled", rows=rows, kept=kept, compared=compared)
        return self("report.exact" if found.associations.whole else "report.exact_but", rows=rows, compared=compared)

    def number(self, value: float) -> str:
        """As `Numbers.value` writes it: years look like years."""
        return self._numbers.value(value)

    def share(self, value: float) -> str:
        """As `Numbers.share` writes it."""
        return self._numbers.share(value)
