"""A folder of the release's own bucket fills a data set, with the login and the network that the controller has."""

from __future__ import annotations

from typing import Any

from kube.bucket import Bucket
from kube.release import Release
from kube.tools import eventually
from repository import PENGUINS

NAME = "arrivals"


def ran(platform: Release) -> Any:
    """The source after a run that somebody asks for."""
    platform.controller("POST", f"/sources/{NAME}/run")

    def ended() -> Any:
        found = platform.controller("GET", f"/sources/{NAME}")
        return found if found["phase"] == "idle" and found["run"] else None

    return eventually(ended, within=120)


def newest(platform: Release) -> Any:
    return platform.controller("GET", f"/datasets/{NAME}")["versions"][0]


def test_files_of_a_folder_become_versions_each_once(platform: Release, bucket: Bucket) -> None:
    header, *lines = PENGUINS.read_text(encoding="utf-8").splitlines(keepends=True)
    bucket.put("1.csv", (header + "".join(lines[:200])).encode())
    foreign = bucket.put("2.csv", b"neither;this\nnor;that\n")
    order = {"of": {"kind": "prefix", "address": bucket.folder}, "actions": [{"kind": "drop", "column": "island"}]}
    platform.controller("PUT", f"/sources/{NAME}", json=order)
    first = ran(platform)
    assert [each["key"] for each in first["refused"]] == [foreign]
    manifest = newest(platform)
    assert (manifest["version"], manifest["rows"]) == (first["run"]["version"], 200)
    assert "island" not in [column["name"] for column in manifest["columns"]]

    bucket.put("3.csv", (header + "".join(lines[200:])).encode())
    assert ran(platform)["run"]["outcome"] == "added"
    assert newest(platform)["rows"] == len(lines)
    assert ran(platform)["run"]["outcome"] == "unchanged"
    with platform.client("/controller") as http:
        assert http.delete(f"/sources/{NAME}").status_code == 204
