"""The contract as data: its JSON, its columns, and targets that contradict themselves."""

from __future__ import annotations

import pytest

from tablee.models.contract import CategoryColumn, Contract, NumberColumn, Target
from tablee.models.problem import ProblemType

CONTRACT = Contract(
    model="clients",
    columns=(
        NumberColumn(name="age", minimum=18, maximum=90, integer=True, missing=0.1),
        CategoryColumn(name="ville", levels=("Lyon", "Nîmes", "Paris")),
        CategoryColumn(name="actif", levels=("false", "true")),
    ),
    target=Target(name="parti", problem_type=ProblemType.BINARY, classes=("non", "oui")),
    ignored=("parti", "id"),
    threshold=0.4,
)


def test_a_contract_survives_its_json() -> None:
    assert Contract.from_json(CONTRACT.to_json()) == CONTRACT


def test_a_column_is_found_by_name() -> None:
    assert CONTRACT.names == ("age", "ville", "actif")
    assert CONTRACT.column("ville") is CONTRACT.columns[1]
    with pytest.raises(KeyError, match="id"):
        CONTRACT.column("id")


@pytest.mark.parametrize(
    ("problem_type", "classes"), [("binary", ("a",)), ("multiclass", ("a", "b")), ("regression", ("a", "b"))]
)
def test_classes_fit_the_problem_type(problem_type: str, classes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Target(name="y", problem_type=ProblemType(problem_type), classes=classes)


def test_a_target_is_not_whole_numbers_unless_the_contract_says_so() -> None:
    """Contracts of older bundles have no `integer`."""
    read = Target.model_validate_json('{"name": "y", "problem_type": "regression"}')
    assert read.integer is False
    assert read.classes == ()
