"""`helm install` with defaults, `helm test`; a second release, and one with a name as long as Helm allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kube.page import visit, visitor
from kube.release import Release
from kube.tools import eventually

SMALL = ("--set", "api.replicas=1", "--set", "h2o.idleSeconds=10")


def test_the_default_release_passes_its_own_test(platform: Release, champion: int) -> None:
    """With a model served, so that the test predicts through the whole chain."""
    said = platform.helm("test", "--logs")
    assert "Succeeded" in said
    assert f"penguins version {platform.serving('penguins')}" in said


def test_notes_tell_where_the_page_is(platform: Release) -> None:
    notes = platform.helm("status")
    assert f"http://{platform.host}" in notes
    assert f"cronjob/{platform.named('train')}" in notes


@pytest.mark.parametrize(
    ("name", "namespace", "path"),
    [("beside", "test-tablee", "/tables"), ("a-release-whose-name-is-as-long-as-helm-lets-it-be-ok", None, "")],
    ids=["beside, below a path", "long"],
)
def test_another_release(
    platform: Release, place: Callable[..., Release], name: str, namespace: str | None, path: str
) -> None:
    other = place(name, namespace, path)
    other.install(*SMALL)
    try:
        assert "Succeeded" in other.helm("test")
        with other.client() as http:
            for address in ("/_stcore/health", "/api/docs", "/controller/docs"):
                assert http.get(address).status_code == 200, address
        other.until_quiet()
        with visitor() as page:
            visit(page, other, "/data", lambda: page.get_by_text("Add a file", exact=True))
        eventually(lambda: platform.rollout()["state"] == "in_sync")
    finally:
        other.helm("uninstall", "--wait")
