"""`tablee doctor`: faults are named with the remedy."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tablee_cli.diagnosis.check import Situation
from tablee_cli.diagnosis.checks import CHECKS, walk
from tablee_cli.stack.home import Home
from tablee_cli.stack.state_file import Recorded, StackRecord
from tablee_cli.texts import texts_in


def test_without_a_stack_it_names_the_command_that_starts_one(tablee: Any) -> None:
    done = tablee("doctor", "--json")
    assert done.code == 5
    found = {check["id"]: check for check in done.json["checks"]}
    assert list(found) == [check.id for check in CHECKS]
    assert (found["started"]["state"], found["started"]["mend"]) == ("failed", "`tablee up`")
    assert found["java"]["state"] == found["h2o-version"]["state"] == found["loopback"]["state"] == "ok"
    assert {found[name]["state"] for name in ("mlflow", "h2o", "controller", "api", "ui", "model")} == {"skipped"}
    told = tablee("doctor").out
    assert re.search(r"✗ started .*\n +→ `tablee up`\n", told)
    assert re.search(r"\d checks failed|one check failed", told)


def test_a_component_that_ended_is_named_with_its_log(tmp_path: Path) -> None:
    home = Home(tmp_path)
    gone = Recorded(
        name="h2o", url="http://127.0.0.1:9", port=9, log="/x/h2o.log", pid=2**22 + 1, started=datetime.now(UTC)
    )
    StackRecord(components={"h2o": gone}).write(home.record)
    found = {answer.id: answer for answer in walk(Situation(home, local=True, platform=None), texts_in("en"))}
    assert found["started"].state == "ok"
    assert (found["h2o"].state, found["mlflow"].state) == ("failed", "failed")
    assert "has ended" in found["h2o"].detail
    assert "tail /x/h2o.log" in found["h2o"].mend


def test_a_directory_that_is_not_writable_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answers = walk(Situation(Home(tmp_path / "file" / "home"), local=True, platform=None), texts_in("en"))
    (fault,) = [answer for answer in answers if answer.id == "home"]
    assert (fault.state, fault.detail) == ("failed", f"{tmp_path / 'file'} cannot be written to")
    assert fault.mend


def test_local_checks_are_left_out_for_a_remote_platform(tablee: Any, server: Any) -> None:
    server.on("GET /readyz", {"status": "ready", "reason": ""})
    server.on("GET /models", {"models": [{"name": "x", "champion": 2, "serving": 2}]})
    server.on("GET /rollout", {"state": "in_sync", "reason": ""})
    done = tablee("doctor", "--url", server.url, "--json")
    assert (done.code, done.json["healthy"]) == (0, True)
    assert [check["id"] for check in done.json["checks"]] == [check.id for check in CHECKS if not check.local]
    server.on("GET /models", {"models": [{"name": "x", "champion": 3, "serving": 2}]})
    server.on("GET /rollout", {"state": "failed", "reason": "golden rows differ"})
    done = tablee("doctor", "--url", server.url)
    assert done.code == 5
    assert "not served: x 3" in done.out
    assert "golden rows differ" in done.out
    assert tablee("doctor", "--url", "http://127.0.0.1:9").code == 5
    server.on("GET /platform", {"code": "access_denied", "detail": "the key is missing", "hint": "Send it."}, 401)
    assert "the key is missing" in tablee("doctor", "--url", server.url).out


def test_a_champion_is_no_fault_while_it_is_rolled_out(tablee: Any, server: Any) -> None:
    server.on("GET /readyz", {"status": "ready", "reason": ""})
    server.on("GET /models", {"models": [{"name": "x", "champion": 3, "serving": 2}]})
    for state, wanted in (("rolling", 3), ("in_sync", 2)):  # in_sync: the controller has not seen the new champion yet
        server.on("GET /rollout", {"state": state, "wanted": {"x": wanted}, "reason": ""})
        done = tablee("doctor", "--url", server.url, "--json")
        assert (done.code, done.json["healthy"]) == (0, True)
        found = {check["id"]: check for check in done.json["checks"]}["model"]
        assert (found["state"], found["detail"]) == ("warning", "not served yet: x 3")
    for state, wanted in (("paused", 2), ("failed", 3), ("in_sync", 3)):
        server.on("GET /rollout", {"state": state, "wanted": {"x": wanted}, "reason": ""})
        assert tablee("doctor", "--url", server.url).code == 5


def test_status_of_a_remote_platform(tablee: Any, server: Any) -> None:
    server.on("GET /readyz", {"status": "ready", "reason": ""})
    server.on("GET /models", {"models": []})
    server.on("GET /rollout", {"state": "in_sync", "reason": ""})
    done = tablee("status", "--url", server.url, "--json")
    assert (done.code, [part["name"] for part in done.json["components"]]) == (0, ["controller", "api"])
    server.on("GET /readyz", {"status": "not_ready", "reason": "MLflow is away"}, 503)
    done = tablee("status", "--url", server.url)
    assert done.code == 3
    assert "MLflow is away" in done.out


def test_status_without_a_stack(tablee: Any) -> None:
    done = tablee("status", "--json")
    assert done.code == 3
    assert {part["state"] for part in done.json["components"]} == {"stopped"}
    assert tablee("down", "--json").json == {"stopped": 0}
