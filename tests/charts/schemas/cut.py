"""Cuts the JSON schemas of the kinds that the charts render out of what Kubernetes, the Prometheus operator and Gateway
API publish in their Go modules, one file a version. Run by hand when a version or a kind is added; needs Go.

python tests/charts/schemas/cut.py
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
KUBERNETES = ("v1.30.14", "v1.32.10", "v1.34.4")
"""The oldest version that the chart allows, one in the middle, the newest."""
KINDS = {
    ("", "v1"): ("ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount"),
    ("apps", "v1"): ("Deployment", "StatefulSet"),
    ("autoscaling", "v2"): ("HorizontalPodAutoscaler",),
    ("batch", "v1"): ("CronJob", "Job"),
    ("networking.k8s.io", "v1"): ("Ingress", "NetworkPolicy"),
    ("policy", "v1"): ("PodDisruptionBudget",),
    ("rbac.authorization.k8s.io", "v1"): ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
}
OPERATORS = {
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
    ),
    "sigs.k8s.io/gateway-api@v1.4.1": ("config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",),
}
KEPT = {
    "$ref", "type", "properties", "required", "items", "additionalProperties", "enum", "pattern", "minimum", "maximum",
    "minLength", "maxLength", "minItems", "maxItems", "anyOf", "allOf", "oneOf", "not",
}  # fmt: skip


def main() -> None:
    for version in KUBERNETES:
        swagger = json.loads((_module(f"k8s.io/kubernetes@{version}") / "api/openapi-spec/swagger.json").read_bytes())
        _write(f"kubernetes-{version}", *_cut(swagger["definitions"]))
    roots = {}
    for module, files in OPERATORS.items():
        folder = _module(module)
        for file in files:
            crd = yaml.safe_load((folder / file).read_text(encoding="utf-8"))["spec"]
            for version in crd["versions"]:
                key = f"{crd['group']}/{version['name']}/{crd['names']['kind']}"
                roots[key] = _lean(version["schema"]["openAPIV3Schema"])
    _write("operators", {}, roots)


def _module(module: str) -> Path:
    done = subprocess.run(["go", "mod", "download", "-json", module], capture_output=True, text=True, check=True)
    return Path(json.loads(done.stdout)["Dir"])


def _cut(definitions: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The definitions of the kinds and of all that they refer to."""
    roots, wanted = {}, []
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            if kind["kind"] in KINDS.get((kind["group"], kind["version"]), ()):
                roots[_key(kind)] = {"$ref": f"#/definitions/{name}"}
                wanted.append(name)
    kept: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept[name] = _lean(definitions[name], name)
            wanted += _references(definitions[name])
    return kept, roots


def _key(kind: dict[str, str]) -> str:
    return "/".join(part for part in (kind["group"], kind["version"], kind["kind"]) if part)


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if isinstance(node.get("$ref"), str) else []
    return own + [name for item in node.values() for name in _references(item)]


def _lean(node: Any, name: str = "") -> Any:
    """Remove descriptions and extensions, and forbid unknown fields."""
    if name.endswith("resource.Quantity"):
        return {"type": ["string", "number"]}
    if isinstance(node, list):
        return [_lean(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "int-or-string" or node.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]}
    lean = {key: _lean(value) for key, value in node.items() if key in KEPT and key != "properties"}
    if "properties" in node:
        lean["properties"] = {key: _lean(value) for key, value in node["properties"].items()}
        if "type" in node and not node.get("x-kubernetes-preserve-unknown-fields"):
            lean.setdefault("additionalProperties", False)
    return lean


def _write(name: str, definitions: dict[str, Any], roots: dict[str, Any]) -> None:
    """Write one definition per line, so that versions can be compared."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(definitions.items())]
    kinds = [f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(roots.items())]
    text = '{"kinds": {\n' + ",\n".join(kinds) + '\n}, "definitions": {\n' + ",\n".join(lines) + "\n}}\n"
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
