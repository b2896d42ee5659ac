"""Personal data that is removed at upload is in no file that the platform writes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import httpx
from traces import traces

draw = random.Random(5)
NAME, MAIL = "Wilhelminexqz", "zéphyrinxqz"
"""All personal values begin with this text, and nothing else does."""
NAMES = [NAME + "".join(draw.choices("abcdefghij", k=10)) for _ in range(300)]
MAILS = [f"{MAIL}.{draw.getrandbits(48):012x}@exemple.fr" for _ in range(300)]
ACTIONS = [{"kind": "drop", "column": "prénom"}, {"kind": "pseudonym", "column": "courriel"}]


def table() -> bytes:
    lines = ["prénom;courriel;âge;montant;parti"]
    for name, mail in zip(NAMES, MAILS, strict=True):
        age = draw.randint(18, 90)
        lines.append(f"{name};{mail};{age};{draw.randint(1, 9000)},5;{'oui' if age > 50 else 'non'}")
    return "\n".join([*lines, ""]).encode("cp1252")


def test_no_personal_value_is_left_in_any_file(stack: Any) -> None:
    content = table()
    with httpx.Client(base_url=stack.controller_url, timeout=120) as controller:
        tus = {"tus-resumable": "1.0.0"}
        upload = controller.post("/uploads", headers=tus | {"upload-length": str(len(content))}).json()["id"]
        part = tus | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
        controller.patch(f"/uploads/{upload}", content=content, headers=part).raise_for_status()
        found = controller.get(f"/uploads/{upload}/privacy").raise_for_status().json()
        assert {each["column"]: each["kind"] for each in found["findings"]} == {
            "courriel": "email",
            "prénom": "person_name",
        }
        params = {"upload": upload, "actions": json.dumps(ACTIONS), "by": "ana"}
        stored = controller.put("/datasets/private", params=params).raise_for_status().json()
        assert [column["name"] for column in stored["columns"]] == ["courriel", "âge", "montant", "parti"]
        assert [action["kind"] for action in stored["anonymised"]["actions"]] == ["drop", "pseudonym"]
        for path in ("profile?target=parti", "profile.html", "rows", "recipe", "privacy"):
            controller.get(f"/datasets/private/versions/latest/{path}").raise_for_status()
    trained = stack.cli("train", "--data", "private", "--target", "parti", "--models", 1, "--wait", "--json")
    assert trained.code == 0, trained.err
    home: Path = stack.home
    assert list(home.rglob("golden.parquet")), "the search covers the golden rows of the models"
    assert traces(home, [NAME, MAIL]) == set()
