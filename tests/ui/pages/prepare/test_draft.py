"""The draft of a recipe: its steps, their order, what was proposed."""

from __future__ import annotations

import pytest

from tablee.datasets.reading import Decision
from tablee.http.schemas.recipes import ProposalReason, RecipeProposal
from tablee.recipes import Kind, Recipe
from tablee.recipes.steps import CleanText, Drop, Formula, ParseDate, ParseNumber, RareLevels
from tablee_ui.pages.prepare.draft import Draft, kinds_at
from tablee_ui.pages.prepare.steps import proposed_for

DATE, CLEAN, DROP = ParseDate(column="day"), CleanText(column="town"), Drop(columns=("age",))
PROPOSAL = RecipeProposal(
    recipe=Recipe(steps=(DATE, CLEAN)),
    reasons=[ProposalReason(column="day", reason="date_as_text", texts=3, of=3)],
    rows=9,
)


@pytest.fixture
def draft() -> Draft:
    made = Draft("sales", "1", None, PROPOSAL)
    made.reset(PROPOSAL.recipe)
    return made


def test_steps_can_be_moved_and_removed(draft: Draft) -> None:
    first, second = (line.number for line in draft.steps)
    draft.move(first, -1)
    assert draft.recipe.steps == (DATE, CLEAN)
    assert not draft.changed
    draft.move(first, 1)
    assert draft.recipe.steps == (CLEAN, DATE)
    assert draft.changed
    draft.remove(second)
    draft.add(DROP)
    assert draft.recipe.steps == (DATE, DROP)


def test_an_edited_step_stays_where_it_is(draft: Draft) -> None:
    first = draft.steps[0].number
    draft.edit(first)
    assert draft.editing == first
    other = ParseDate(column="day", order="month_day_year")
    draft.replace(first, other)
    assert draft.recipe.steps == (other, CLEAN)
    assert draft.editing is None
    assert draft.latest == ("day",)


def test_another_target_brings_another_proposal_unless_something_was_changed(draft: Draft) -> None:
    other = PROPOSAL.model_copy(update={"recipe": Recipe(steps=(CLEAN,))})
    draft.switch("1", "day", other)
    assert draft.recipe.steps == (CLEAN,)
    draft.add(DROP)
    draft.switch("1", None, PROPOSAL)
    assert draft.recipe.steps == (CLEAN, DROP)


def test_a_step_requested_by_another_page_is_added_once(draft: Draft) -> None:
    before = draft.recipe.steps
    draft.add_or_replace(before[0])
    assert draft.recipe.steps == before, "it is at work already"
    other = ParseDate(column="day", order="month_year")
    draft.add_or_replace(other)
    assert draft.recipe.steps == (other, *before[1:])
    draft.add_or_replace(RareLevels(column="town"))
    assert draft.recipe.steps[-1] == RareLevels(column="town")


def test_only_a_step_as_proposed_has_its_reason(draft: Draft) -> None:
    assert proposed_for(draft, draft.steps[0]) == PROPOSAL.reasons[0]
    assert proposed_for(draft, draft.steps[1]) is None
    draft.replace(draft.steps[0].number, ParseDate(column="day", order="year_month_day"))
    assert proposed_for(draft, draft.steps[0]) is None


def test_a_step_that_does_not_fit_changes_no_column() -> None:
    inputs: dict[str, Kind] = {"day": "text", "age": "number"}
    steps = (ParseDate(column="gone"), DATE, Formula(to="x", expression="age + 1"), DROP)
    found = kinds_at(steps, inputs)
    assert [found[0], found[1]] == [inputs, inputs]
    assert found[-1] == {"day": "date", "x": "number"}


def test_a_step_that_another_one_reads_otherwise_can_be_changed_and_changed_back() -> None:
    step, other = ParseNumber(column="w", units={"kg": 1.0}), ParseNumber(column="w", decimal=",", units={"kg": 1.0})
    decision = Decision(field="decimal", column="w", chosen=".", alternatives=(",",), sure=False)
    reason = ProposalReason(
        column="w", reason="number_as_text", texts=3, of=3, decision=decision, otherwise={",": other}
    )
    proposal = RecipeProposal(recipe=Recipe(steps=(DATE, step)), reasons=[*PROPOSAL.reasons, reason], rows=9)
    made = Draft("sales", "1", None, proposal)
    made.reset(proposal.recipe)
    assert made.readings(step) == made.readings(other) == (decision, {".": step, ",": other})
    assert made.readings(DATE) is None
    assert made.readings(ParseNumber(column="w", decimal=",")) is None
