"""The mutation runner: what it changes, and that its list of modules is up to date."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from mutants.__main__ import drawn, mirrored, modules, outdated
from mutants.mutations import mutations
from repository import ROOT

AREAS = tomllib.loads((ROOT / "tools" / "mutants" / "areas.toml").read_text())
ACCEPTED = tomllib.loads((ROOT / "tools" / "mutants" / "accepted.toml").read_text()).get("survivor", [])


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("x < y", ["(x <= y)"]),
        ("x not in y", ["(x in y)"]),
        ("not x", ["(x)"]),
        ("a and b", ["(a or b)"]),
        ("a + é", ["(a - é)"]),
        ("f(a, b)", ["(f(b, a))", "pass"]),
        ("isinstance(a, b)", ["pass"]),
        ("min(a, b)", ["(max(a, b))", "pass"]),
        ("any(a)", ["(all(a))", "pass"]),
        ("True", ["(False)"]),
        ("2", ["(3)"]),
        ("0.5", ["(1.0)"]),
        ("'text'", []),
        ("f'{a + b}'", []),
        ("log.info(a, b + 1)", []),
        ("x += y", ["pass"]),
        ("self.x = y", ["pass"]),
        ("x = y", []),
        ("a if b else c", ["(c if b else a)"]),
        ("def f(x: 'a + b' = 1) -> 2: x", ["(2)"]),
        ("if x:\n    raise y", ["pass"]),
    ],
)
def test_the_changes_of_a_line(code: str, changed: list[str]) -> None:
    assert sorted(each.new for each in mutations(code.encode())) == sorted(changed)


def test_a_change_replaces_its_own_span_only() -> None:
    source = "é = 1  # é\nif (a <\n    b) and c:\n    d()\n".encode()
    changed = {each.apply(source).decode() for each in mutations(source)}
    assert changed == {
        "é = (2)  # é\nif (a <\n    b) and c:\n    d()\n",
        "é = 1  # é\nif ((a <= b)) and c:\n    d()\n",
        "é = 1  # é\nif (a < b or c):\n    d()\n",
        "é = 1  # é\nif (a <\n    b) and c:\n    pass\n",
    }


@pytest.mark.parametrize("name", AREAS)
def test_every_area_has_modules_and_tests_of_its_own(name: str) -> None:
    for pattern in AREAS[name]["modules"]:
        assert list(ROOT.glob(pattern)), f"{pattern} names nothing"
    for path in modules(AREAS[name]):
        for tests in AREAS[name].get("tests") or [mirrored(path)]:
            assert (ROOT / tests).exists()
            assert len((ROOT / tests).relative_to(ROOT).parts) > 2, f"{path} has no tests of its own"


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    first, again, other = (drawn("gate", AREAS["gate"], 10, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("survivor", ACCEPTED, ids=lambda each: each["change"])
def test_accepted_survivors_exist_and_have_a_reason(survivor: dict[str, Any]) -> None:
    assert outdated([survivor]) == []
    assert len(survivor["reason"]) > 20


@pytest.mark.parametrize(
    ("changed", "times"), [({"line": "no such line"}, 0), ({"path": "packages/gone.py"}, 0), ({"count": 2}, 1)]
)
def test_a_reason_whose_change_does_not_exist_is_named(changed: dict[str, Any], times: int) -> None:
    named = outdated([ACCEPTED[0] | changed])
    assert len(named) == 1
    assert named[0].endswith(f"found {times} times, not {changed.get('count', 1)}")
