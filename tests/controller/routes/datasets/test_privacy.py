"""Personal data over HTTP: findings, k-anonymity, anonymised versions; removed values are nowhere."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import structlog
from data.privacy import people
from traces import traces

from tablee.datasets.privacy import Anonymity, Findings
from tablee.storage.object_store import DirectoryStore
from tablee_controller.app import Limits

DRAW = random.Random(5)
N = 120
FIRST_NAMES = ("Wilhelmine", "Théodule", "Cunégonde", "Zéphyrin")
TABLE = {
    "prénom": [FIRST_NAMES[index % 4] for index in range(N)],
    "courriel": [f"client{index}@exemple-secret.fr" for index in range(N)],
    "iban": [people.iban(DRAW) for _ in range(N)],
    "siret": [people.siret(DRAW) for _ in range(N)],
    "code postal": [f"{DRAW.randint(11, 95)}{DRAW.randint(100, 999)}" for _ in range(N)],
    "âge": [str(DRAW.randint(18, 90)) for _ in range(N)],
    "parti": [("oui", "non")[index % 3 == 0] for index in range(N)],
}
CSV = "\n".join([",".join(TABLE), *(",".join(row) for row in zip(*TABLE.values(), strict=True))]).encode()
SECRETS = [*FIRST_NAMES, *TABLE["courriel"], *TABLE["iban"], *(each.lstrip("0") for each in TABLE["siret"])]
ACTIONS = [
    {"kind": "drop", "column": "prénom"},
    {"kind": "pseudonym", "column": "courriel"},
    {"kind": "mask", "column": "iban", "keep_last": 0},
    {"kind": "pseudonym", "column": "siret"},
    {"kind": "prefix", "column": "code postal", "length": 2, "digits": 5},
    {"kind": "bands", "column": "âge", "width": 20},
]
PEOPLE = "/datasets/people/versions/latest"


def test_findings_come_with_a_proposal_each(controller: Any) -> None:
    controller.client.put("/datasets/people", content=CSV)
    answer = controller.client.get(f"{PEOPLE}/privacy")
    assert answer.status_code == 200
    found = Findings.model_validate_json(answer.content)
    kinds = {each.column: str(each.kind) for each in found.findings}
    assert kinds == {
        "prénom": "person_name",
        "courriel": "email",
        "iban": "iban",
        "siret": "siret",
        "code postal": "post_code",
    }
    assert found.quasi_identifiers == ("code postal", "âge")
    assert (found.basis.rows, found.basis.of) == (N, N)
    proposals = [finding["proposal"] for finding in answer.json()["findings"]]
    assert controller.client.post(f"{PEOPLE}/anonymise", json={"actions": proposals}).status_code == 201


def test_findings_are_computed_once(controller: Any, store: DirectoryStore) -> None:
    version = controller.client.put("/datasets/people", content=CSV).json()["version"]
    folder = f"datasets/people/{version}"
    found = controller.client.get(f"{PEOPLE}/privacy").json()
    kept = [key for key in store.list(folder) if "/privacy-" in key]
    assert len(kept) == 1
    rows = store.get(f"{folder}/data.parquet")
    store.delete(f"{folder}/data.parquet")
    assert controller.client.get(f"{PEOPLE}/privacy").json() == found, "without a look at the rows"
    store.put(f"{folder}/data.parquet", rows)
    store.put(kept[0], b'{"findings": "of an earlier release"}')
    assert controller.client.get(f"{PEOPLE}/privacy").json() == found
    assert Findings.model_validate_json(store.get(kept[0])).version == version


def test_equivalence_classes_grow_by_actions(controller: Any) -> None:
    controller.client.put("/datasets/people", content=CSV)
    asked = {"quasi_identifiers": ["code postal", "âge", "prénom"], "actions": ACTIONS}
    found = Anonymity.model_validate_json(controller.client.post(f"{PEOPLE}/anonymity", json=asked).content)
    assert found.before.smallest == 1
    assert found.before.columns == ("code postal", "âge", "prénom")
    assert found.after.columns == ("code postal", "âge"), "a dropped column tells nobody apart"
    assert (
        found.after.groups
        < found.before.groups
        == len(set(zip(*(TABLE[name] for name in found.before.columns), strict=True)))
    )
    alone = controller.client.post(
        f"{PEOPLE}/anonymity", json={"quasi_identifiers": ["prénom"], "actions": ACTIONS}
    ).json()
    assert (alone["before"]["groups"], alone["before"]["smallest"]) == (4, 30)
    assert (alone["after"]["groups"], alone["after"]["smallest"]) == (1, N)
    assert len(controller.client.get("/datasets/people").json()["versions"]) == 1, "nothing is stored"


def test_an_anonymised_version_names_its_actions(controller: Any) -> None:
    original = controller.client.put("/datasets/people", content=CSV).json()
    answer = controller.client.post(f"{PEOPLE}/anonymise", json={"actions": ACTIONS})
    made = answer.json()
    assert answer.status_code == 201
    assert made["version"] != original["version"]
    assert made["anonymised"]["source"] == original["version"]
    assert [each["kind"] for each in made["anonymised"]["actions"]] == [each["kind"] for each in ACTIONS]
    assert len(made["anonymised"]["key"]) == 8
    assert [column["name"] for column in made["columns"]] == list(TABLE)[1:]
    columns = {column["name"]: column for column in made["columns"]}
    assert columns["iban"]["top"] == [["***", N]]
    assert columns["parti"] == next(column for column in original["columns"] if column["name"] == "parti")
    assert columns["âge"]["kind"] == "number"
    rows = controller.client.get(f"{PEOPLE}/rows", params={"limit": N}).json()["rows"]
    assert {row["âge"] for row in rows} <= {0, 20, 40, 60, 80}
    assert [row["code postal"] for row in rows] == [each[:2] for each in TABLE["code postal"]]
    assert len({row["courriel"] for row in rows}) == N
    address = f"/datasets/people/versions/{original['version']}/anonymise"
    again = controller.client.post(address, json={"actions": ACTIONS[::-1]})
    assert (again.status_code, again.json()["version"]) == (200, made["version"]), "the same is the same version"


def proposed(controller: Any) -> dict[str, str]:
    found = controller.client.get(f"{PEOPLE}/privacy").json()["findings"]
    return {each["column"]: each["proposal"]["kind"] for each in found}


def test_a_version_names_the_actions_of_its_source_too(controller: Any) -> None:
    controller.client.put("/datasets/people", content=CSV)
    first = controller.client.post(f"{PEOPLE}/anonymise", json={"actions": ACTIONS[:2]}).json()
    assert proposed(controller) == {
        "courriel": "keep",
        "iban": "pseudonym",
        "siret": "pseudonym",
        "code postal": "prefix",
    }
    second = controller.client.post(f"{PEOPLE}/anonymise", json={"actions": [ACTIONS[1], *ACTIONS[2:]]}).json()
    assert second["anonymised"]["source"] == first["version"]
    told = [(each["column"], each["kind"]) for each in second["anonymised"]["actions"]]
    assert told == [(each["column"], each["kind"]) for each in ACTIONS]
    assert second["anonymised"]["key"] == first["anonymised"]["key"]
    assert set(proposed(controller).values()) <= {"keep"}, "of what was changed nothing more is proposed"
    wider = [{"kind": "bands", "column": "âge", "width": 40}, {"kind": "prefix", "column": "code postal", "length": 1}]
    third = controller.client.post(f"{PEOPLE}/anonymise", json={"actions": wider, "keep_original": False}).json()
    assert len(third["anonymised"]["actions"]) == len(ACTIONS)
    rows = controller.client.get(f"{PEOPLE}/rows", params={"limit": N}).json()["rows"]
    assert {row["âge"] for row in rows} <= {0, 40, 80}
    assert [row["code postal"] for row in rows] == [each[:1] for each in TABLE["code postal"]]
    for actions, words in (
        ([{"kind": "mask", "column": "siret", "keep_last": 4}], "“siret” was changed before (Replace by a pseudonym)"),
        (ACTIONS[1:3], "was done to version"),
        (ACTIONS[:1], "no column “prénom”"),
    ):
        for route in ("anonymise", "anonymity") if "before (" in words else ("anonymise",):
            body = {"actions": actions} | ({"quasi_identifiers": ["âge"]} if route == "anonymity" else {})
            answer = controller.client.post(f"{PEOPLE}/{route}", json=body)
            assert (answer.status_code, words in answer.json()["detail"]) == (422, True)
    assert controller.client.get(f"/datasets/people/versions/{third['version']}/rows").status_code == 200


def test_pseudonyms_are_the_same_in_every_version(controller: Any) -> None:
    first = controller.client.put("/datasets/people", content=CSV).json()["version"]
    second = controller.client.put(
        "/datasets/others", content=b"courriel,n\nclient7@exemple-secret.fr,1\nx@y.fr,2\n"
    ).json()
    action = {"actions": [{"kind": "pseudonym", "column": "courriel"}]}
    controller.client.post(f"/datasets/people/versions/{first}/anonymise", json=action)
    controller.client.post(f"/datasets/others/versions/{second['version']}/anonymise", json=action)
    rows, others = (
        controller.client.get(f"/datasets/{name}/versions/latest/rows").json()["rows"] for name in ("people", "others")
    )
    assert rows[7]["courriel"] == others[0]["courriel"]


def test_removed_values_are_in_no_file_or_log(
    controller: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every byte that the controller wrote: object store, home, registry, uploads, logs."""
    with structlog.testing.capture_logs() as logs:
        version = controller.client.put("/datasets/people", content=CSV, params={"filename": "people.csv"}).json()[
            "version"
        ]
        for route in ("profile?target=parti", "profile.html", "privacy", "rows"):
            assert controller.client.get(f"{PEOPLE}/{route}").status_code == 200
        before = traces(tmp_path, SECRETS)
        assert {value for _, value in before} == set(SECRETS), "the search finds what is there"
        assert len({file for file, _ in before}) == 4, "rows, manifest, two profiles"
        asked = {"actions": ACTIONS, "keep_original": False}
        answer = controller.client.post(f"/datasets/people/versions/{version}/anonymise", json=asked)
        assert answer.status_code == 201
        for route in ("profile?target=parti", "profile.html", "privacy", "rows"):
            assert controller.client.get(f"{PEOPLE}/{route}").status_code == 200
        wrong = {"actions": [{"kind": "period", "column": "courriel", "to": "year"}]}
        assert controller.client.post(f"{PEOPLE}/anonymise", json=wrong).status_code == 422
    said = capfd.readouterr()
    (tmp_path / "logs").write_text(f"{logs}\n{said.out}\n{said.err}\n{answer.text}", encoding="utf-8")
    assert "dataset_anonymised" in (tmp_path / "logs").read_text(encoding="utf-8")
    assert traces(tmp_path, SECRETS) == set()
    assert controller.client.get(f"/datasets/people/versions/{version}/rows").status_code == 404
    assert [each["version"] for each in controller.client.get("/datasets/people").json()["versions"]] == [
        answer.json()["version"]
    ]


@pytest.mark.parametrize(
    ("route", "body", "words"),
    [
        ("anonymise", {"actions": []}, "expected an action that changes a column"),
        ("anonymise", {"actions": [{"kind": "keep", "column": "parti"}]}, "expected an action that changes a column"),
        ("anonymise", {"actions": [{"kind": "drop", "column": "nobody"}]}, "no column “nobody”"),
        ("anonymise", {"actions": [{"kind": "bands", "column": "prénom", "width": 5}]}, "“prénom” holds texts"),
        ("anonymise", {"actions": [{"kind": "drop", "column": name} for name in TABLE]}, "at least one must stay"),
        ("anonymise", {"actions": [ACTIONS[0], ACTIONS[0]]}, "one action for “prénom”, not two"),
        ("anonymity", {"quasi_identifiers": []}, "quasi_identifiers"),
        ("anonymity", {"quasi_identifiers": ["nobody"]}, "no column “nobody”"),
    ],
)
def test_refused_requests_store_nothing(controller: Any, route: str, body: Any, words: str) -> None:
    controller.client.put("/datasets/people", content=CSV)
    answer = controller.client.post(f"{PEOPLE}/{route}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert words in answer.json()["detail"]
    assert not any(secret in answer.text for secret in SECRETS)
    assert len(controller.client.get("/datasets/people").json()["versions"]) == 1


def test_a_missing_version_is_not_found(read_only_controller: Any) -> None:
    for method, route in (("GET", "privacy"), ("POST", "anonymise"), ("POST", "anonymity")):
        body = {"actions": ACTIONS, "quasi_identifiers": ["x"]} if route == "anonymity" else {"actions": ACTIONS}
        answer = read_only_controller.client.request(
            method, f"/datasets/none/versions/latest/{route}", json=None if method == "GET" else body
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "dataset_not_found")


def test_only_files_may_be_as_large_as_files(start_controller: Any) -> None:
    controller = start_controller(limits=Limits(upload_bytes=1 << 20, body_bytes=1000))
    controller.client.put("/datasets/people", content=CSV)
    answer = controller.client.post(f"{PEOPLE}/anonymise", json={"actions": ACTIONS * 20})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
