"""What a model said, as a person would say it. Returns Markdown; values from outside are escaped."""

from __future__ import annotations

from tablee.i18n import Formatter
from tablee.jobs.training import Check, TrainingState, Verdict
from tablee.models.contract import CellWarning, Contract, WarningCode
from tablee.models.problem import ProblemType
from tablee_client.schemas.inference import Explanation, Prediction
from tablee_ui.texts import Texts, escaped
from tablee_ui.widgets.contract_form import Row

REASONS = 3
"""How many columns the sentence of reasons names."""
_SURE = ((0.95, "very_sure"), (0.8, "rather_sure"), (0.6, "leaning"))


class Sentences:
    """Sentences of one language."""

    def __init__(self, texts: Texts, figures: Formatter) -> None:
        self._texts, self._figures = texts, figures

    def answer(self, contract: Contract, prediction: Prediction) -> str:
        """The answer: `**Adelie**` or `**4 012**`, with the name of what was asked."""
        target = contract.target
        value = prediction.prediction
        shown = value if isinstance(value, str) else self.estimate(contract, value)
        key = "answer.number" if target.problem_type is ProblemType.REGRESSION else "answer.class"
        return self._texts.rich(key, target=target.name, answer=shown)

    def short(self, contract: Contract, prediction: Prediction) -> str:
        """The answer in a few plain words, without Markdown."""
        if isinstance(prediction.prediction, float):
            return self.estimate(contract, prediction.prediction)
        share = f" ({self._figures.percent(prediction.probability)})" if prediction.probability is not None else ""
        return f"{prediction.prediction}{share}"

    def estimate(self, contract: Contract, value: float) -> str:
        """An estimated number, as fine as what was learnt from."""
        if contract.target.integer and abs(value) >= 10:
            return self._figures.number(value, 0)
        return self._figures.number(float(f"{value:.4g}"))

    def confidence(self, contract: Contract, prediction: Prediction) -> str:
        """How sure the model is, and what it hesitates with; empty for numbers."""
        if prediction.probability is None or not prediction.probabilities:
            return ""
        share = self._figures.percent(prediction.probability)
        ranked = sorted(prediction.probabilities.items(), key=lambda found: -found[1])
        if ranked[0][0] != prediction.prediction and contract.threshold is not None:
            positive = contract.target.classes[-1]
            limit = self._figures.percent(contract.threshold)
            return self._texts.rich("answer.by_threshold", share=share, positive=positive, limit=limit)
        word = next((word for limit, word in _SURE if prediction.probability >= limit), "hesitating")
        sure = self._texts.rich(f"confidence.{word}", share=share)
        second = next(((name, other) for name, other in ranked if name != prediction.prediction), None)
        if second is None or second[1] < 0.1:
            return sure
        other = self._figures.percent(second[1])
        return f"{sure} {self._texts.rich('answer.second', second=second[0], share=other)}"

    def reasons(self, contract: Contract, explanation: Explanation, row: Row) -> str:
        """The heaviest reasons, first those for the answer; empty if nothing weighed anything."""
        ranked = sorted(explanation.contributions.items(), key=lambda found: -abs(found[1]))
        heavy = [(name, weight) for name, weight in ranked[:REASONS] if weight]
        ups = [self._reason(contract, explanation, name, weight, row) for name, weight in heavy if weight > 0]
        downs = [self._reason(contract, explanation, name, weight, row) for name, weight in heavy if weight < 0]
        about = escaped(explanation.about or "")
        of_number = explanation.scale == "value"
        up, down = ("raises", "lowers") if of_number else ("for", "against")
        start = [self._texts.rich("reasons.start", mean=self.estimate(contract, explanation.bias))] if of_number else []
        said = [
            self._texts(f"reasons.{way}", reasons=self.listed(parts), about=about)
            for way, parts in ((up, ups), (down, downs))
            if parts
        ]
        return " ".join(start + said) if said else ""

    def listed(self, parts: list[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self._texts("reasons.and", first=", ".join(parts[:-1]), last=parts[-1])

    def _reason(self, contract: Contract, explanation: Explanation, name: str, weight: float, row: Row) -> str:
        reason = f"{escaped(name)} = {escaped(self.cell(row.get(name)))}"
        if explanation.scale != "value":
            return reason
        return f"{reason} ({escaped(self.signed(contract, weight))})"

    def signed(self, contract: Contract, amount: float) -> str:
        """An amount with its sign."""
        return f"{'+' if amount >= 0 else '−'}{self.estimate(contract, abs(amount))}"

    def cell(self, value: float | str | None) -> str:
        """A value of the form in plain words."""
        return self._figures.plain(value, missing=self._texts("predict.unknown"))

    def warning(self, contract: Contract, warning: CellWarning) -> str:
        """What to know of a value that was scored all the same."""
        values = {"column": warning.column, "value": self.cell(warning.value)}
        if warning.code is WarningCode.RANGE:
            column = contract.column(warning.column)
            low, high = getattr(column, "minimum", None), getattr(column, "maximum", None)
            values |= {"low": self.cell(low), "high": self.cell(high)}
        return self._texts.rich(f"warning.{warning.code.value}", **values)

    def verdict(self, state: TrainingState) -> str:
        """How a training ended, for someone who never saw a gate."""
        verdict = state.verdict
        if verdict is None:
            return self._texts("verdict.none")
        name = self.metric(verdict.metric)
        if name[1:2].islower():  # not the first letter of an abbreviation
            name = name[0].lower() + name[1:]
        values = {
            "model": state.request.model_name,
            "version": state.version or 0,
            "champion": verdict.champion_version or 0,
            "metric": name,
            "candidate": self.score(verdict.metric, verdict.candidate),
            "before": "" if verdict.champion is None else self.score(verdict.metric, verdict.champion),
        }
        if verdict.champion_version is None:
            return self._texts.rich("verdict.first" if verdict.passed else "verdict.first_refused", **values)
        if verdict.passed:
            key = "verdict.better_late" if state.promoted is False else "verdict.better"
            return self._texts.rich(key, **values)
        compared = verdict.difference is not None and verdict.difference <= 0
        return self._texts.rich("verdict.not_better" if compared else "verdict.refused", **values)

    def uncertainty(self, verdict: Verdict) -> str:
        """The interval of the difference to the champion; empty without one."""
        if verdict.interval is None or verdict.difference is None:
            return ""
        low, high = (self.score(verdict.metric, edge) for edge in verdict.interval)
        return self._texts.rich(
            "verdict.interval", difference=self.score(verdict.metric, verdict.difference), low=low, high=high
        )

    def check(self, check: Check) -> str:
        """The question a check asked."""
        return self._texts.known(f"check.{check.name.replace(' ', '_')}", escaped(check.name))

    def metric(self, name: str) -> str:
        """A metric's name for people."""
        return self._texts.known(f"metric.{name.lower()}", name)

    def algorithm(self, name: str | None) -> str:
        """A method's name for people, however a service writes it."""
        return self._texts.known(f"algorithm.{(name or '').lower()}", name or "–")

    def metric_help(self, name: str) -> str | None:
        """What a metric means, for the question mark beside it."""
        return self._texts.known(f"metric_help.{name.lower()}", "") or None

    def score(self, metric: str, value: float) -> str:
        """A metric's value: shares in percent, others as numbers."""
        if metric.lower() in ("accuracy", "mean_per_class_error"):
            return self._figures.percent(value) if value >= 0 else self._figures.number(100 * value, 1)
        return self._figures.number(value) if abs(value) >= 10 else self._figures.number(value, 3)
