"""Whether callers of the champion can be answered by the candidate."""

from __future__ import annotations

import pytest

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target, TextColumn
from tablee.models.problem import ProblemType
from tablee_train.evaluation.compatibility import incompatibilities

REGRESSION, BINARY = ProblemType.REGRESSION, ProblemType.BINARY


def contract(target: Target | None = None, ignored: tuple[str, ...] = (), **kinds: str) -> Contract:
    columns = tuple(
        NumberColumn(name=name, minimum=0, maximum=1)
        if kind == "number"
        else CategoryColumn(name=name, levels=("a", "b"))
        for name, kind in (kinds or {"x": "number", "ville": "category"}).items()
    )
    target = target or Target(name="y", problem_type=BINARY, classes=("non", "oui"))
    return Contract(model="m", columns=columns, target=target, ignored=ignored)


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (contract(), None),
        (contract(ignored=("ville",), x="number"), None),
        (contract(Target(name="y", problem_type=BINARY, classes=("oui", "non"))), None),
        (contract(Target(name="z", problem_type=BINARY, classes=("non", "oui"))), "predicts “y”, this one “z”"),
        (contract(Target(name="y", problem_type=REGRESSION)), "is a binary model, this one regression"),
        (contract(Target(name="y", problem_type=BINARY, classes=("no", "oui"))), r"classes are not .* \(no, non\)"),
        (contract(x="number", ville="category", prix="number"), "needs the column “prix”"),
        (contract(x="category", ville="category"), "“x” is a category, for the champion a number"),
        (contract(x="number"), "does not know the column “ville”"),
    ],
)
def test_callers_of_the_champion_must_be_answered_as_before(candidate: Contract, words: str | None) -> None:
    found = incompatibilities(candidate, contract())
    assert bool(found) == bool(words)
    if words:
        with pytest.raises(AssertionError, match=words):
            raise AssertionError("; ".join(map(str, found)))


def with_ville(column: CategoryColumn | TextColumn | NumberColumn) -> Contract:
    return contract().model_copy(update={"columns": (NumberColumn(name="x", minimum=0, maximum=1), column)})


TEXT, FLAGS = TextColumn(name="ville"), CategoryColumn(name="ville", levels=("False", "TRUE"))


@pytest.mark.parametrize(
    ("candidate", "champion", "fits"),
    [
        (TEXT, CategoryColumn(name="ville", levels=("a", "b")), True),
        (TEXT, CategoryColumn(name="ville", levels=("true", "b")), True),
        (TEXT, FLAGS, False),
        (CategoryColumn(name="ville", levels=("a", "b")), TEXT, False),
        (TEXT, NumberColumn(name="ville", minimum=0, maximum=1), False),
        (CategoryColumn(name="ville", levels=("a",)), NumberColumn(name="ville", minimum=0, maximum=1), False),
        (CategoryColumn(name="ville", levels=("c",)), CategoryColumn(name="ville", levels=("a", "b")), True),
    ],
)
def test_a_text_column_takes_the_levels_of_a_category_but_not_true_and_false(
    candidate: CategoryColumn | TextColumn, champion: CategoryColumn | TextColumn | NumberColumn, fits: bool
) -> None:
    assert (incompatibilities(with_ville(candidate), with_ville(champion)) == []) is fits


def test_every_reason_is_given() -> None:
    candidate = contract(Target(name="y", problem_type=BINARY, classes=("no", "oui")), x="category", a="number")
    assert [str(each) for each in incompatibilities(candidate, contract())] == [
        "the classes are not the champion's (no, non)",
        "“x” is a category, for the champion a number",
        "it needs the column “a”, which callers of the champion do not send",
        "it does not know the column “ville”, which callers of the champion send",
    ]


def test_at_most_five_classes_are_named() -> None:
    many, few = (
        Target(name="y", problem_type=ProblemType.MULTICLASS, classes=classes)
        for classes in (tuple("abcdefghijk"), tuple("xyz"))
    )
    first = incompatibilities(contract(many), contract(few))[0]
    assert str(first) == "the classes are not the champion's (a, b, c, d, e)"


def test_what_the_candidate_ignores_may_be_sent() -> None:
    assert incompatibilities(contract(ignored=("ville",), x="number"), contract()) == []
