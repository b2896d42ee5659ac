"""The recipe that a visitor is editing. It is in the browser session; the controller has it once it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from tablee.datasets.reading import Decision
from tablee.errors import InvalidRecipe
from tablee.http.schemas.recipes import RecipePreview, RecipeProposal
from tablee.recipes import Kind, Recipe, Step
from tablee.recipes.fitted import outputs
from tablee.recipes.recipe import after
from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels
from tablee.recipes.store import SavedRecipe

REQUESTED_STEP = "prepare_requested_step"
"""Slot of the session in which another page leaves a data set's name and a step to add."""


@dataclass(slots=True)
class DraftStep:
    """A step of the draft, with a number that identifies it wherever it moves."""

    number: int
    step: Step


@dataclass(slots=True)
class Draft:
    """The steps for a version of a data set."""

    dataset: str
    version: str
    target: str | None
    proposal: RecipeProposal
    steps: list[DraftStep] = field(default_factory=list)
    original: Recipe = field(default_factory=Recipe)
    """The steps before the visitor changed them."""
    saved: SavedRecipe | None = None
    """The saved recipe from which the steps come, or as which they were saved."""
    editing: int | None = None
    """Number of the step whose form is open."""
    opened: int = 0
    """How many forms have been opened. It is part of the widgets' keys, so that a new form begins empty."""
    latest: tuple[str, ...] = ()
    """Columns that the last added or changed step makes. The preview shows them first."""
    preview: tuple[Recipe, RecipePreview] | None = None
    """The last preview, with the recipe that it shows."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def recipe(self) -> Recipe:
        return Recipe(steps=tuple(each.step for each in self.steps))

    @property
    def changed(self) -> bool:
        """Whether there are changes that a reload of the page would lose."""
        return self.recipe != self.original

    def reset(self, recipe: Recipe, saved: SavedRecipe | None = None) -> None:
        """Replace all steps by those of a recipe, which counts as unchanged.

        :param saved: the recipe as it was saved, if it was.
        """
        self.steps = [DraftStep(next(self._numbers), step) for step in recipe.steps]
        self.original, self.saved = recipe, saved
        self.close()

    def replace_all(self, recipe: Recipe) -> None:
        """Replace all steps by those of a recipe, as a change that is not saved yet."""
        self.steps = [DraftStep(next(self._numbers), step) for step in recipe.steps]
        self.close()

    def mark_saved(self, saved: SavedRecipe) -> None:
        """The steps are saved as they are."""
        self.original, self.saved = saved.recipe, saved

    def switch(self, version: str, target: str | None, proposal: RecipeProposal) -> None:
        """Go to another version or target. The steps become the proposed ones, unless they were changed or saved."""
        self.version, self.target, self.preview = version, target, None
        as_proposed = not self.changed and self.saved is None
        self.proposal = proposal
        if as_proposed:
            self.reset(proposal.recipe)

    def remove(self, number: int) -> None:
        self.steps = [each for each in self.steps if each.number != number]

    def move(self, number: int, by: int) -> None:
        """Move a step by one position, up (-1) or down (1). The first and the last step cannot move further."""
        old = next(position for position, each in enumerate(self.steps) if each.number == number)
        new = old + by
        if 0 <= new < len(self.steps):
            self.steps[old], self.steps[new] = self.steps[new], self.steps[old]

    def add(self, step: Step) -> None:
        """Add a step at the end."""
        self.steps.append(DraftStep(next(self._numbers), step))
        self.latest = outputs(step)
        self.close()

    def add_or_replace(self, step: ParseNumber | ParseDate | RareLevels) -> None:
        """Replace the step of the same kind on the same column; add it if there is none."""
        alike = (each for each in self.steps if each.step.kind == step.kind and each.step.reads == step.reads)
        existing = next(alike, None)
        if existing is None:
            self.add(step)
        elif existing.step != step:
            self.replace(existing.number, step)

    def replace(self, number: int, step: Step) -> None:
        """Put another step in the position of a step."""
        self.steps = [DraftStep(number, step) if each.number == number else each for each in self.steps]
        self.latest = outputs(step)
        self.close()

    def readings(self, step: Step) -> tuple[Decision, dict[str, Step]] | None:
        """The decision of the proposal between several steps that read the same texts, and these steps by its choices;
        None if the step is none of them."""
        for reason in self.proposal.reasons:
            if reason.decision is None or reason.column != getattr(step, "column", None):
                continue
            proposed = next(each for each in self.proposal.recipe.steps if _reads_texts(each, reason.column))
            found: dict[str, Step] = {reason.decision.chosen: proposed, **reason.otherwise}
            if step in found.values():
                return reason.decision, found
        return None

    def edit(self, number: int) -> None:
        """Open the form of a step."""
        self.close()
        self.editing = number

    def close(self) -> None:
        """Close the form that is open."""
        self.editing = None
        self.opened += 1


def _reads_texts(step: Step, column: str) -> bool:
    return isinstance(step, ParseDate | ParseNumber) and step.column == column


def kinds_at(steps: Iterable[Step], inputs: Mapping[str, Kind]) -> list[dict[str, Kind]]:
    """The kinds of the columns before each step, and at the end those after all steps.

    A step that does not fit its columns changes nothing.

    :param inputs: kind of each column of the data set, by name.
    """
    found: list[dict[str, Kind]] = [dict(inputs)]
    for number, step in enumerate(steps, 1):
        try:
            found.append(after(step, number, found[-1]))
        except InvalidRecipe:
            found.append(found[-1])
    return found
