"""The recipe that a person is at work on. It lives in the session; the service has it once it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from tablee.errors import InvalidRecipe
from tablee.recipes import Kind, Recipe, Step
from tablee.recipes.fitted import outputs
from tablee.recipes.recipe import after
from tablee.recipes.steps import ParseDate, ParseNumber, RareLevels
from tablee.recipes.store import SavedRecipe
from tablee_client.schemas.recipes import RecipePreview, RecipeProposal

WISH = "prepare_wish"
"""Where a session holds a data set with a step that another page asks for."""


@dataclass(slots=True)
class Line:
    """A step, with a number that stays with it wherever it moves."""

    number: int
    step: Step


@dataclass(slots=True)
class Draft:
    """Steps for a version of a data set."""

    dataset: str
    version: str
    target: str | None
    proposal: RecipeProposal
    lines: list[Line] = field(default_factory=list)
    began: Recipe = field(default_factory=Recipe)
    """What `lines` were before a person changed them."""
    kept: SavedRecipe | None = None
    """The kept recipe that they began as, or have become."""
    editing: int | None = None
    """Number of the line whose form is open."""
    opened: int = 0
    """How many forms were opened: a new one shares no field with those before."""
    latest: tuple[str, ...] = ()
    """The columns that the last change of a step made, which the preview shows first."""
    seen: tuple[Recipe, RecipePreview] | None = None
    """The last preview."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def recipe(self) -> Recipe:
        return Recipe(steps=tuple(line.step for line in self.lines))

    @property
    def changed(self) -> bool:
        """Whether there is something that a reload would forget."""
        return self.recipe != self.began

    def begin(self, recipe: Recipe, kept: SavedRecipe | None = None) -> None:
        """Start from a recipe."""
        self.lines = [Line(next(self._numbers), step) for step in recipe.steps]
        self.began, self.kept = recipe, kept
        self.close()

    def take(self, recipe: Recipe) -> None:
        """Other steps in the place of all, as a change that is not kept yet."""
        self.lines = [Line(next(self._numbers), step) for step in recipe.steps]
        self.close()

    def now_kept(self, saved: SavedRecipe) -> None:
        self.began, self.kept = saved.recipe, saved

    def look_at(self, version: str, target: str | None, proposal: RecipeProposal) -> None:
        """Another version, or another column to predict: what a person has changed stays."""
        self.version, self.target, self.seen = version, target, None
        untouched = not self.changed and self.kept is None
        self.proposal = proposal
        if untouched:
            self.begin(proposal.recipe)

    def remove(self, number: int) -> None:
        self.lines = [line for line in self.lines if line.number != number]

    def move(self, number: int, by: int) -> None:
        """One place up (-1) or down (1), as far as there is one."""
        here = next(place for place, line in enumerate(self.lines) if line.number == number)
        there = here + by
        if 0 <= there < len(self.lines):
            self.lines[here], self.lines[there] = self.lines[there], self.lines[here]

    def add(self, step: Step) -> None:
        self.lines.append(Line(next(self._numbers), step))
        self.latest = outputs(step)
        self.close()

    def wish(self, step: ParseNumber | ParseDate | RareLevels) -> None:
        """Add a step, unless one of its kind is at work on the column already: then that one gives way to it."""
        alike = (line for line in self.lines if line.step.kind == step.kind and line.step.reads == step.reads)
        line = next(alike, None)
        if line is None:
            self.add(step)
        elif line.step != step:
            self.replace(line.number, step)

    def replace(self, number: int, step: Step) -> None:
        self.lines = [Line(number, step) if line.number == number else line for line in self.lines]
        self.latest = outputs(step)
        self.close()

    def edit(self, number: int) -> None:
        self.close()
        self.editing = number

    def close(self) -> None:
        """Close the form that is open."""
        self.editing = None
        self.opened += 1


def kinds_at(steps: Iterable[Step], inputs: Mapping[str, Kind]) -> list[dict[str, Kind]]:
    """The columns that each step finds, and last those after all; a step that does not fit changes nothing."""
    found: list[dict[str, Kind]] = [dict(inputs)]
    for number, step in enumerate(steps, 1):
        try:
            found.append(after(step, number, found[-1]))
        except InvalidRecipe:
            found.append(found[-1])
    return found
