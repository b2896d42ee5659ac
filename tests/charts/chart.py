"""The chart as Helm renders it: objects, cached by values."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "tablee"
SHIPPED = ("default", "ha", "external", "full")
"""The values files that are shipped; `default` is values.yaml alone."""
COMPONENTS = ("api", "controller", "ui", "h2o", "train", "score", "mlflow", "postgres", "minio")
OPTIONAL = ("postgres", "minio")
RELEASE = "tablee"
NAMESPACE = "tables"

Object = dict[str, Any]


class Refused(Exception):
    """Helm refused; the text is its output."""


def programs() -> dict[str, str]:
    """Paths of Helm, and of a second version of Helm if it is installed."""
    found = {
        "helm": shutil.which(os.environ.get("HELM", "helm")),
        "helm4": shutil.which(os.environ.get("HELM4", "helm4")),
    }
    return {name: path for name, path in found.items() if path}


def helm(*arguments: str, stdin: str = "", program: str = "helm") -> str:
    """Run Helm without a cluster; without Helm the test is skipped, and fails in CI."""
    path = programs().get(program)
    if path is None:
        hint = "Helm is not installed: https://helm.sh/docs/intro/install, or set HELM to the program"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(hint)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "HELM_"))}
    done = subprocess.run([path, *arguments], input=stdin, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def render(
    values: str = "default",
    changes: dict[str, Any] | None = None,
    *,
    release: str = RELEASE,
    program: str = "helm",
    capabilities: tuple[str, ...] = (),
) -> tuple[Object, ...]:
    """The objects of one of the shipped values files, with some values changed."""
    return _render(values, json.dumps(changes or {}, sort_keys=True), release, program, capabilities)


@cache
def _render(values: str, changes: str, release: str, program: str, capabilities: tuple[str, ...]) -> tuple[Object, ...]:
    files = [] if values == "default" else ["--values", str(CHART / "values" / f"{values}.yaml")]
    extra = [argument for each in capabilities for argument in ("--api-versions", each)]
    arguments = ["template", release, str(CHART), "--namespace", NAMESPACE, *files, *extra, "--values", "-"]
    documents = yaml.safe_load_all(helm(*arguments, stdin=changes, program=program))
    return tuple(document for document in documents if document)


def find(objects: tuple[Object, ...], kind: str, component: str | None = None) -> Object:
    """The one object of a kind whose name ends with a component."""
    found = [each for each in objects if each["kind"] == kind]
    if component is not None:
        found = [each for each in found if name_of(each).endswith(f"-{component}")]
    assert len(found) == 1, f"{len(found)} objects of {kind} {component}"
    return found[0]


def name_of(each: Object) -> str:
    return str(each["metadata"]["name"])


def key_of(each: Object) -> str:
    return f"{each['kind']}/{name_of(each)}"


def pods(objects: tuple[Object, ...]) -> Iterator[tuple[str, Object]]:
    """The owner of every pod template, and the template."""
    for each in objects:
        if each["kind"] == "Pod":
            yield key_of(each), each
        elif each["kind"] == "CronJob":
            yield key_of(each), each["spec"]["jobTemplate"]["spec"]["template"]
        elif "template" in each.get("spec", {}):
            yield key_of(each), each["spec"]["template"]


def containers(template: Object) -> list[Object]:
    return [*template["spec"].get("initContainers", ()), *template["spec"]["containers"]]


def template_of(objects: tuple[Object, ...], component: str) -> Object:
    """The pod template of a component."""
    found = [template for owner, template in pods(objects) if owner.endswith(f"-{component}")]
    assert len(found) == 1, component
    return found[0]


def environment(container: Object) -> dict[str, str]:
    """The variables of a container; values from Secrets and fields are replaced by examples."""
    filled = {}
    for variable in container.get("env", ()):
        source = variable.get("valueFrom", {})
        if "secretKeyRef" in source:
            filled[variable["name"]] = "from-a-secret"
        elif "annotations" in source.get("fieldRef", {}).get("fieldPath", ""):
            filled[variable["name"]] = ""  # what a missing annotation reads as
        elif source:
            filled[variable["name"]] = "6f1c2a9e-8d1b-4e0f-9a57-1c2d3e4f5a6b"
        else:
            filled[variable["name"]] = variable["value"]
    return filled


def bytes_of(quantity: str) -> float:
    """A Kubernetes quantity of memory in bytes, or of CPU in cores."""
    for unit, factor in {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "m": 0.001}.items():
        if quantity.endswith(unit):
            return float(quantity.removesuffix(unit)) * factor
    return float(quantity)
