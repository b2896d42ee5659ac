"""What identifies persons in an anonymised version: the measure that was predicted is the measure of the version."""

from __future__ import annotations

import random
from typing import Any

import pytest
from data.privacy import people
from pydantic import TypeAdapter

from tablee.datasets.generalisation import quasi_identifiers
from tablee.datasets.manifest import DatasetManifest
from tablee.datasets.privacy import Action, Actions, Anonymity, Findings
from tablee.storage.object_store import DirectoryStore

ACTIONS: TypeAdapter[Actions] = TypeAdapter(Actions)
DRAW = random.Random(17)
N = 160
TOWNS = ("Brest", "Nantes", "Lyon", "")
TABLE = {
    "Nom": [("Le Goff", "Martin", "Petit", "Robert")[index % 4] for index in range(N)],
    "Courriel": [f"personne{index}@exemple.fr" for index in range(N)],
    "Date de naissance": [
        f"{DRAW.randint(1, 28):02}/{DRAW.randint(1, 12):02}/{DRAW.randint(1940, 2005)}" for _ in range(N)
    ],
    "Code postal": [f"{DRAW.choice((1, 29, 44, 69)):02}{DRAW.randint(0, 9)}00" for _ in range(N)],
    "Ville": [DRAW.choice(TOWNS) for _ in range(N)],
    "v17": [people.phone(DRAW) for _ in range(N)],
    "Revenu": [str(DRAW.randint(1200, 4800)) if index % 9 else "" for index in range(N)],
    "Parti": [("oui", "non")[index % 3 == 0] for index in range(N)],
}
CSV = "\n".join([";".join(TABLE), *(";".join(row) for row in zip(*TABLE.values(), strict=True))]).encode()
POSSIBLE: dict[str, list[dict[str, Any]]] = {
    "Nom": [{"kind": "drop"}, {"kind": "mask"}, {"kind": "pseudonym"}, {"kind": "keep"}],
    "Courriel": [{"kind": "pseudonym"}, {"kind": "mask"}, {"kind": "prefix", "length": 9}],
    "Date de naissance": [
        *({"kind": "period", "to": to} for to in ("year", "month")),
        *({"kind": kind} for kind in ("drop", "mask", "pseudonym", "keep")),
    ],
    "Code postal": [
        *({"kind": "prefix", "length": length, "digits": 5} for length in (1, 2, 3)),
        *({"kind": kind} for kind in ("drop", "mask", "pseudonym", "keep")),
    ],
    "Ville": [{"kind": kind} for kind in ("drop", "mask", "pseudonym", "keep")],
    "v17": [{"kind": "mask", "keep_last": 2}, {"kind": "pseudonym"}, {"kind": "drop"}],
    "Revenu": [{"kind": "bands", "width": 500}, {"kind": "mask"}, {"kind": "keep"}],
}
NEWCOMER: list[dict[str, Any]] = [
    {"kind": "pseudonym", "column": "Courriel"},
    {"kind": "prefix", "column": "Code postal", "length": 2, "digits": 5},
    {"kind": "period", "column": "Date de naissance", "to": "year"},
    {"kind": "drop", "column": "Nom"},
    {"kind": "mask", "column": "v17"},
]
"""What is proposed for such a table, and a mask."""


def findings(controller: Any, version: str) -> Findings:
    answer = controller.client.get(f"/datasets/people/versions/{version}/privacy")
    assert answer.status_code == 200, answer.text
    return Findings.model_validate_json(answer.content)


def measure(controller: Any, version: str, columns: tuple[str, ...], actions: Any = ()) -> Anonymity:
    asked = {"quasi_identifiers": columns, "actions": actions}
    answer = controller.client.post(f"/datasets/people/versions/{version}/anonymity", json=asked)
    assert answer.status_code == 200, answer.text
    return Anonymity.model_validate_json(answer.content)


def add(controller: Any, actions: list[dict[str, Any]] | None = None) -> DatasetManifest:
    asked = {} if actions is None else {"actions": ACTIONS.dump_json(ACTIONS.validate_python(actions)).decode()}
    answer = controller.client.put("/datasets/people", content=CSV, params=asked)
    assert answer.status_code in (200, 201), answer.text
    return DatasetManifest.model_validate_json(answer.content)


def anonymise(controller: Any, version: str, actions: list[dict[str, Any]]) -> DatasetManifest:
    answer = controller.client.post(f"/datasets/people/versions/{version}/anonymise", json={"actions": actions})
    assert answer.status_code in (200, 201), answer.text
    return DatasetManifest.model_validate_json(answer.content)


def counted(controller: Any, manifest: DatasetManifest, actions: tuple[Action, ...]) -> tuple[str, ...]:
    """The columns that are counted if nobody says otherwise."""
    found = findings(controller, manifest.version).quasi_identifiers
    return quasi_identifiers([column.name for column in manifest.columns], found, actions)


def test_the_measure_does_not_become_better_by_coarser_names_of_things(controller: Any) -> None:
    original = add(controller)
    before = findings(controller, original.version)
    assert before.quasi_identifiers == ("Date de naissance", "Code postal", "Ville")
    assert before.uncounted == ()
    predicted = measure(controller, original.version, before.quasi_identifiers, NEWCOMER)
    assert predicted.after.smallest == 1
    assert predicted.left_out == ()
    made = anonymise(controller, original.version, NEWCOMER)
    after = findings(controller, made.version)
    assert after.quasi_identifiers == before.quasi_identifiers
    assert measure(controller, made.version, after.quasi_identifiers).before == predicted.after
    assert [(each.column, each.applied) for each in after.uncounted] == [
        ("Courriel", "pseudonym"),
        ("Nom", "drop"),
        ("v17", "mask"),
    ]


def test_what_was_found_before_the_actions_is_still_known(controller: Any) -> None:
    original = add(controller)
    before = {each.column: each for each in findings(controller, original.version).findings}
    for made in (anonymise(controller, original.version, NEWCOMER), add(controller, NEWCOMER)):
        after = {each.column: each for each in findings(controller, made.version).findings}
        assert after.keys() == before.keys() - {"Nom"}
        for name, each in after.items():
            assert each.model_copy(update={"proposal": before[name].proposal, "applied": None}) == before[name]
            assert (each.proposal.kind, each.applied and each.applied.column) == ("keep", name)


@pytest.mark.parametrize("seed", range(12))
def test_the_predicted_measure_is_the_measure_of_the_version(controller: Any, seed: int) -> None:
    draw = random.Random(seed)
    chosen = [draw.choice(kinds) | {"column": name} for name, kinds in POSSIBLE.items()]
    actions = ACTIONS.validate_python(chosen)
    original = add(controller)
    columns = counted(controller, original, actions)
    predicted = measure(controller, original.version, columns, chosen)
    made = anonymise(controller, original.version, chosen)
    stored = add(controller, chosen)
    for version in (made.version, stored.version):
        found = findings(controller, version)
        assert found.quasi_identifiers == predicted.after.columns
        assert measure(controller, version, found.quasi_identifiers or ("Parti",)).before == (
            predicted.after if found.quasi_identifiers else measure(controller, version, ("Parti",)).before
        )
        told = {*found.quasi_identifiers, *(each.column for each in found.uncounted)}
        assert told >= {each["column"] for each in chosen if each["kind"] != "keep"}, "nothing is silent"


def test_actions_on_an_anonymised_version_are_predicted_too(controller: Any) -> None:
    first = anonymise(controller, add(controller).version, NEWCOMER)
    for more in (
        [{"kind": "prefix", "column": "Code postal", "length": 1}],
        [{"kind": "mask", "column": "Code postal"}, {"kind": "bands", "column": "Revenu", "width": 2000}],
        [{"kind": "drop", "column": "Date de naissance"}, {"kind": "pseudonym", "column": "Ville"}],
    ):
        columns = counted(controller, first, ACTIONS.validate_python(more))
        predicted = measure(controller, first.version, columns, more)
        second = anonymise(controller, first.version, more)
        found = findings(controller, second.version)
        assert found.quasi_identifiers == predicted.after.columns
        assert measure(controller, second.version, found.quasi_identifiers).before == predicted.after
        kinds = {each.column: str(each.kind) for each in found.findings}
        assert kinds["Courriel"] == "email"


def test_a_column_that_is_not_asked_about_is_named(controller: Any) -> None:
    made = anonymise(controller, add(controller).version, NEWCOMER)
    assert measure(controller, made.version, ("Ville",)).left_out == ("Date de naissance", "Code postal")
    bands = [{"kind": "bands", "column": "Revenu", "width": 500}]
    columns = ("Date de naissance", "Code postal", "Ville")
    assert measure(controller, made.version, columns, bands).left_out == ("Revenu",)


def test_versions_of_earlier_releases_know_by_their_actions_and_names(controller: Any, store: DirectoryStore) -> None:
    """Their manifests do not say what was found."""
    made = anonymise(controller, add(controller).version, [*NEWCOMER, {"kind": "pseudonym", "column": "Ville"}])
    (key,) = [key for key in store.list(f"datasets/people/{made.version}") if key.endswith("manifest.json")]
    assert made.anonymised is not None
    assert made.anonymised.findings is not None
    earlier = made.model_copy(update={"anonymised": made.anonymised.model_copy(update={"findings": None})})
    store.put(key, earlier.model_dump_json(exclude_none=True).encode())
    found = findings(controller, made.version)
    assert found.quasi_identifiers == ("Date de naissance", "Code postal", "Ville")
    assert {each.column: str(each.kind) for each in found.findings} == {
        "Courriel": "email",
        "Date de naissance": "birth_date",
        "Code postal": "post_code",
    }
