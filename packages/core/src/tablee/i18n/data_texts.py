"""Sentences about profiles, readings and findings. The report, the command and the page all say them."""

from __future__ import annotations

from tablee.datasets import questions
from tablee.datasets.profile import (
    DropColumns,
    DropDuplicateRows,
    DropRareRows,
    GroupRareLevels,
    ParseDates,
    ParseNumbers,
    Profile,
    ProfileWarning,
    RankBy,
    WarningAction,
    WarningCode,
)
from tablee.datasets.reading import Decision
from tablee.i18n.message import said
from tablee.i18n.translator import Translator


class DataTranslator(Translator):
    """A translator that also says what profiles and manifests hold as data."""

    def warning(self, warning: ProfileWarning) -> str:
        """What a warning says."""
        names = dict(zip(("column", "other"), warning.columns, strict=False))
        key = f"warning.{warning.code}"
        if warning.code is WarningCode.CONSTANT and not warning.figures["value"]:
            key = "warning.empty_column"
        elif "other_result" in warning.figures:
            key += "_of_two"
        return self(key, **(warning.figures | names))

    def action(self, action: WarningAction) -> str:
        """What its one click does."""
        match action:
            case DropColumns():
                return self("action.drop_columns", columns=", ".join(action.columns))
            case DropDuplicateRows():
                return self("action.drop_duplicate_rows")
            case DropRareRows():
                return self("action.drop_rare_rows", least_rows=action.least_rows)
            case ParseNumbers() if any(scale != 1 for scale in action.step.units.values()):
                return self("action.parse_percent")
            case ParseNumbers():
                return self("action.parse_numbers", decimal=action.step.decimal)
            case ParseDates():
                return self("action.parse_dates", order=self(f"order.{action.step.order}"))
            case GroupRareLevels():
                return self("action.group_rare_levels", least_rows=action.step.least)
            case RankBy():
                return self("action.rank_by", metric=action.metric)

    def reason(self, decision: Decision) -> str:
        """Why something was chosen in reading a file."""
        return str(said(questions.reason(decision), self))

    def basis(self, profile: Profile) -> str:
        """From which rows its figures come."""
        found = profile.basis
        rows, kept, compared = profile.rows, found.distributions.rows, found.associations.rows
        if not found.distributions.whole:
            return self("report.sampled", rows=rows, kept=kept, compared=compared)
        return self("report.exact" if found.associations.whole else "report.exact_but", rows=rows, compared=compared)
