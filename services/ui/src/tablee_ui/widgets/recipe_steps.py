"""Sentences about the steps of a recipe. They are Markdown; values from outside are escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tablee.http.schemas.recipes import ProposalReason
from tablee.i18n import Formatter
from tablee.recipes import steps
from tablee.recipes.formula import expression as formula
from tablee.recipes.steps import Kind, Step
from tablee_ui.texts import Texts, escaped

MAX_VALUES = 5
"""Values of a list that a sentence names."""
_READABLE: Final[Mapping[str, tuple[Kind, ...]]] = {
    "date_parts": ("date",),
    "elapsed": ("date",),
    "ratio": ("number",),
}
"""Kinds of columns that a step can read, for the steps that read several columns."""


class StepTexts:
    """Sentences of one language: what a step does, why it is proposed, what it learns, why it does not fit."""

    def __init__(self, texts: Texts, formatter: Formatter) -> None:
        self._texts, self._formatter = texts, formatter

    def of(self, step: Step) -> str:
        """What the step does."""
        sentence = self._sentence(step)
        if isinstance(step, steps.SingleColumnStep) and step.to is not None:
            return self._texts("step.as_new", sentence=sentence, to=escaped(step.to))
        return sentence

    def why(self, step: Step, reason: ProposalReason) -> str:
        """Why the step is proposed.

        :param reason: the proposal's reason.
        """
        texts = self._texts
        values = {"of": reason.of, "n": reason.texts}
        match step:
            case steps.ParseDate() | steps.ParseNumber():
                examples = self._quoted(reason.examples)
                return texts(f"why.{step.kind}", examples=examples, **values)
            case steps.CleanText():
                return texts("why.clean_text", **values)
            case steps.RareLevels() if reason.reason == "rare_levels":
                return texts("why.rare", **values)
            case steps.RareLevels():
                return texts("why.rare_too")
        return texts.known(f"why.{step.kind}", "")

    def learnt(self, step: Step, found: Mapping[str, Any]) -> str:
        """What the step computes from the rows, in a sentence; empty if it computes nothing.

        :param found: the values that were computed, by name.
        """
        texts = self._texts
        match step:
            case steps.RareLevels(levels=None) if found.get("levels"):
                levels = found["levels"]
                return texts("learnt.rare", n=len(levels), values=self._quoted(levels))
            case steps.Cap() if found.get("low") is not None and found.get("high") is not None:
                return texts("learnt.cap", low=self._number(found["low"]), high=self._number(found["high"]))
            case steps.Fill() if found.get("value") is not None:
                return texts("learnt.fill", value=self._value(found["value"]))
            case steps.Bin(edges=None) if found.get("edges"):
                return texts("learnt.bin", edges=self._texts.listed([self._number(edge) for edge in found["edges"]]))
        return ""

    def fault(self, step: Step, kinds: Mapping[str, Kind]) -> str:
        """Why the step does not fit its columns; empty if that is not known here.

        :param kinds: kind of each column before the step, by name.
        """
        texts = self._texts
        absent = [name for name in step.reads if name not in kinds]
        if absent:
            return texts("step_fault.no_column", column=escaped(absent[0]))
        if isinstance(step, steps.SingleColumnStep):
            readable: tuple[Kind, ...] | None = step.accepts
        else:
            readable = _READABLE.get(step.kind)
        wrong = next((name for name in step.reads if readable and kinds[name] not in readable), None)
        if wrong is not None:
            return texts("step_fault.wrong_kind", column=escaped(wrong), kind=texts(f"column_kind.{kinds[wrong]}"))
        if isinstance(step, steps.Formula) and (fault := self.formula_fault(step.expression, kinds)):
            return fault
        made = getattr(step, "to", None)
        if made in kinds:
            return texts("step_fault.taken", column=escaped(made))
        return ""

    def formula_fault(self, expression: str, kinds: Mapping[str, Kind]) -> str:
        """What is wrong with a formula over these columns; empty if it is valid."""
        try:
            tree = formula.parse(expression)
            absent = [name for name in formula.columns(tree) if name not in kinds]
            if absent:
                return self._texts("step_fault.no_column", column=escaped(absent[0]))
            formula.check(tree, kinds)
        except formula.FormulaFault as fault:
            return self._fault_text(fault)
        return ""

    def _fault_text(self, fault: formula.FormulaFault) -> str:
        texts, key, facts = self._texts, f"formula_fault.{fault.code}", dict(fault.facts)
        if fault.code == "unreadable" and facts["place"]:
            key += "_at"
        if fault.code == "wrong_kind":
            key += "_date" if facts["kind"] == "date" else ""
            facts |= {name: texts(f"column_kind.{facts[name]}") for name in ("kind", "needed")}
        return texts.rich(key, **facts)

    def _sentence(self, step: Step) -> str:
        texts, number = self._texts, self._number
        match step:
            case steps.CleanText():
                how = ["step.clean_spaces"] if step.case == "keep" else ["step.clean_spaces", f"step.clean_{step.case}"]
                how += ["step.clean_accents"] if step.accents == "remove" else []
                changes = texts.listed([texts(key) for key in how])
                return texts("step.clean_text", column=escaped(step.column), how=changes)
            case steps.MissingMarkers():
                marks = [self._quote(text) for text in step.markers] + [number(value) for value in step.numbers]
                return texts("step.missing", column=escaped(step.column), values=self._texts.listed(marks))
            case steps.ParseNumber():
                return self._parse_number(step)
            case steps.ParseDate():
                return texts(f"step.parse_date_{step.order}", column=escaped(step.column))
            case steps.DateParts():
                parts = self._texts.listed([texts(f"date_part.{part}") for part in step.parts])
                return texts("step.date_parts", column=escaped(step.column), parts=parts)
            case steps.Elapsed():
                names = {"start": escaped(step.start), "end": escaped(step.end), "to": escaped(step.to)}
                return texts("step.elapsed", unit=texts(f"unit.{step.unit}"), **names)
            case steps.RareLevels():
                values = {"column": escaped(step.column), "other": escaped(step.other)}
                if step.levels is not None:
                    return texts("step.rare_given", levels=self._quoted(step.levels), **values)
                return texts("step.rare", least=number(step.least), most=number(step.most), **values)
            case steps.Cap():
                bounds = self._texts.listed([self._bound("low", step), self._bound("high", step)])
                return texts("step.cap", column=escaped(step.column), bounds=bounds)
            case steps.Fill():
                shown = "" if step.value is None else self._value(step.value)
                return texts(f"step.fill_{step.by}", column=escaped(step.column), value=shown)
            case steps.Log():
                key = "step.log_offset" if step.offset else "step.log"
                return texts(key, column=escaped(step.column), offset=number(step.offset))
            case steps.Ratio():
                names = {"numerator": step.numerator, "denominator": step.denominator, "to": step.to}
                return texts.rich("step.ratio", **names)
            case steps.Bin() if step.edges is not None:
                edges = self._texts.listed([number(edge) for edge in step.edges])
                return texts("step.bin_given", column=escaped(step.column), edges=edges)
            case steps.Bin():
                return texts("step.bin", column=escaped(step.column), bins=number(step.bins))
            case steps.Formula():
                return texts("step.formula", to=escaped(step.to), expression=code(step.expression))
            case steps.Drop():
                return texts("step.drop", columns=self._texts.listed([self._quote(name) for name in step.columns]))

    def _parse_number(self, step: steps.ParseNumber) -> str:
        texts = self._texts
        values = {"column": escaped(step.column), "mark": texts("step.comma" if step.decimal == "," else "step.point")}
        if not step.units:
            return texts("step.parse_number", **values)
        units = [
            escaped(unit) if factor == 1 else texts("step.unit_times", unit=escaped(unit), factor=self._number(factor))
            for unit, factor in step.units.items()
        ]
        sentence = texts("step.parse_number_units", units=self._texts.listed(units), **values)
        return texts("step.unit_needed", sentence=sentence) if step.without_unit == "missing" else sentence

    def _bound(self, end: str, step: steps.Cap) -> str:
        given, share = (step.low, step.low_share) if end == "low" else (step.high, step.high_share)
        if given is not None:
            return self._texts(f"step.cap_{end}", value=self._number(given))
        if share == 0:
            return self._texts(f"step.cap_{end}_seen")
        return self._texts(f"step.cap_{end}_share", share=self._formatter.percent(share, 2 if share < 0.01 else 0))

    def _value(self, value: float | str) -> str:
        return self._quote(value) if isinstance(value, str) else self._number(value)

    def _number(self, value: float) -> str:
        return escaped(self._formatter.number(value))

    def _quote(self, text: str) -> str:
        return self._texts.rich("step.quoted", value=text)

    def _quoted(self, values: Sequence[str]) -> str:
        shown = [self._quote(value) for value in values[:MAX_VALUES]]
        return ", ".join([*shown, "…"]) if len(values) > MAX_VALUES else self._texts.listed(shown)


def code(expression: str) -> str:
    """An expression as Markdown code, whatever characters it has."""
    fence = "``" if "`" in expression else "`"
    space = " " if "`" in expression else ""
    return f"{fence}{space}{expression}{space}{fence}".replace("\n", " ")
