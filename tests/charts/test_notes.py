"""The notes that Helm shows after an installation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from charts.chart import CHART, helm


@pytest.fixture
def notes(tmp_path: Path) -> Callable[..., str]:
    """The rendered NOTES.txt. Helm shows it only with a cluster, so here it is rendered into an object."""
    shutil.copytree(
        CHART, chart := tmp_path / "tablee", ignore=lambda _, names: [n for n in names if n.endswith(".yaml")]
    )
    for name in ("Chart.yaml", "values.yaml"):
        shutil.copy(CHART / name, chart / name)
    text = (CHART / "templates" / "NOTES.txt").read_text(encoding="utf-8")
    (chart / "templates" / "_notes.tpl").write_text(
        f'{{{{- define "notes" -}}}}{text}{{{{- end -}}}}', encoding="utf-8"
    )
    (chart / "templates" / "notes.yaml").write_text('notes: {{ include "notes" . | toJson }}', encoding="utf-8")

    def render(changes: dict[str, Any] | None = None, values: str = "default") -> str:
        files = [] if values == "default" else ["--values", str(CHART / "values" / f"{values}.yaml")]
        arguments = ["template", "tablee", str(chart), "--namespace", "tables", *files, "--values", "-"]
        return str(yaml.safe_load(helm(*arguments, stdin=json.dumps(changes or {})))["notes"])

    return render


def test_without_an_address_they_tell_how_to_forward_ports(notes: Callable[..., str]) -> None:
    said = notes({"access": {"ingress": {"enabled": False}}})
    assert "port-forward service/tablee-ui 8501" in said
    assert "curl -X PUT http://127.0.0.1:8080/datasets/" in said
    assert "create job --from=cronjob/tablee-train" in said
    assert "http://127.0.0.1:8000/predict" in said
    assert "get secret tablee-key -o jsonpath='{.data.key}'" in said


def test_on_a_laptop_the_page_has_an_address_at_once(notes: Callable[..., str]) -> None:
    said = notes()
    assert "  http://tablee.localhost/\n" in said
    assert "curl -X PUT http://tablee.localhost/controller/datasets/" in said


def test_they_tell_the_address_where_there_is_one(notes: Callable[..., str]) -> None:
    said = notes(values="full")
    assert "https://tablee.example.com/tablee/\n" in said
    assert "https://tablee.example.com/tablee/api/predict" in said
    assert "port-forward service/tablee-ui" not in said


def test_they_tell_what_is_kept(notes: Callable[..., str]) -> None:
    assert "data-tablee-postgres-0" in notes()
    assert "data-tablee-minio-0" in notes()
    assert "Volumes" not in notes(values="external")


def test_they_warn_of_contradictory_values(notes: Callable[..., str]) -> None:
    assert "WARNINGS" not in notes()
    changes = {
        "access": {"host": "tables.example.com"},
        "api": {"replicas": 1},
        "networkPolicy": {"enabled": False},
        "h2o": {"resources": {"limits": {"memory": "4Gi"}}},
    }
    said = notes(changes)
    for word in ("access.tls.enabled", "api.replicas", "networkPolicy.enabled", "h2o.resources"):
        assert f"  - {word}" in said, word
