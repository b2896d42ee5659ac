"""Sentences about a prediction. They are Markdown; values from outside are escaped."""

from __future__ import annotations

from tablee.http.schemas.inference import Explanation, Prediction
from tablee.i18n import Formatter
from tablee.models.contract import Contract
from tablee.models.problem import ProblemType
from tablee.models.validation.block import CellWarning, WarningCode
from tablee_ui.pages.predict.contract_form import Row
from tablee_ui.texts import Texts, escaped

MAX_REASONS = 3
"""Columns that the sentence about contributions names."""
_CERTAINTY = ((0.95, "very_sure"), (0.8, "rather_sure"), (0.6, "leaning"))
"""Least probability of the answer for each degree of certainty."""


class AnswerTexts:
    """Sentences of one language about the predictions of a model.

    :param contract: what the model expects and returns.
    """

    def __init__(self, texts: Texts, formatter: Formatter, contract: Contract) -> None:
        self._texts, self._formatter, self._contract = texts, formatter, contract

    def answer(self, prediction: Prediction) -> str:
        """The predicted value with the name of the target: `species: **Adelie**`."""
        target, value = self._contract.target, prediction.prediction
        shown = value if isinstance(value, str) else self.number(value)
        key = "answer.number" if target.problem_type is ProblemType.REGRESSION else "answer.class"
        return self._texts.rich(key, target=target.name, answer=shown)

    def short(self, prediction: Prediction) -> str:
        """The predicted value with its probability, as plain text."""
        if isinstance(prediction.prediction, float):
            return self.number(prediction.prediction)
        share = f" ({self._formatter.percent(prediction.probability)})" if prediction.probability is not None else ""
        return f"{prediction.prediction}{share}"

    def number(self, value: float) -> str:
        """A predicted number: rounded to an integer if the target is one, else four significant digits."""
        if self._contract.target.integer and abs(value) >= 10:
            return self._formatter.number(value, 0)
        return self._formatter.number(float(f"{value:.4g}"))

    def signed(self, amount: float) -> str:
        """An amount of the target's unit, with its sign."""
        return f"{'+' if amount >= 0 else '−'}{self.number(abs(amount))}"

    def cell(self, value: float | str | None) -> str:
        """A value of the form; a word if it is missing."""
        return self._formatter.plain(value, missing=self._texts("predict.unknown"))

    def confidence(self, prediction: Prediction) -> str:
        """How certain the model is, and the second class if it is nearly as likely; empty for numbers."""
        if prediction.probability is None or not prediction.probabilities:
            return ""
        share = self._formatter.percent(prediction.probability)
        ranked = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
        threshold = self._contract.threshold
        if ranked[0][0] != prediction.prediction and threshold is not None:
            positive, limit = self._contract.target.classes[-1], self._formatter.percent(threshold)
            return self._texts.rich("answer.by_threshold", share=share, positive=positive, limit=limit)
        degree = next((word for limit, word in _CERTAINTY if prediction.probability >= limit), "hesitating")
        sentence = self._texts.rich(f"confidence.{degree}", share=share)
        second = next(((name, other) for name, other in ranked if name != prediction.prediction), None)
        if second is None or second[1] < 0.1:
            return sentence
        other = self._formatter.percent(second[1])
        return f"{sentence} {self._texts.rich('answer.second', second=second[0], share=other)}"

    def reasons(self, explanation: Explanation, row: Row) -> str:
        """The largest contributions, first those in favour of the answer; empty if all are zero."""
        texts = self._texts
        ranked = sorted(explanation.contributions.items(), key=lambda item: -abs(item[1]))
        largest = [(name, weight) for name, weight in ranked[:MAX_REASONS] if weight]
        positive = [self._reason(explanation, name, weight, row) for name, weight in largest if weight > 0]
        negative = [self._reason(explanation, name, weight, row) for name, weight in largest if weight < 0]
        about = escaped(explanation.about or "")
        of_number = explanation.scale == "value"
        up, down = ("raises", "lowers") if of_number else ("for", "against")
        start = [texts.rich("reasons.start", mean=self.number(explanation.bias))] if of_number else []
        sentences = [
            texts(f"reasons.{direction}", reasons=texts.listed(parts), about=about)
            for direction, parts in ((up, positive), (down, negative))
            if parts
        ]
        return " ".join(start + sentences) if sentences else ""

    def _reason(self, explanation: Explanation, name: str, weight: float, row: Row) -> str:
        reason = f"{escaped(name)} = {escaped(self.cell(row.get(name)))}"
        if explanation.scale != "value":
            return reason
        return f"{reason} ({escaped(self.signed(weight))})"

    def warning(self, warning: CellWarning) -> str:
        """What to know about a value that the model accepted but never saw in training."""
        values = {"column": warning.column, "value": self.cell(warning.value)}
        if warning.code is WarningCode.RANGE:
            column = self._contract.column(warning.column)
            low, high = getattr(column, "minimum", None), getattr(column, "maximum", None)
            values |= {"low": self.cell(low), "high": self.cell(high)}
        if warning.code is WarningCode.UNREADABLE:
            values["expected"] = self._contract.column(warning.column).expected.said(self._texts)
        return self._texts.rich(f"warning.{warning.code.value}", **values)
