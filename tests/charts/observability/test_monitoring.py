"""charts/monitoring: the small Prometheus and Grafana."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
import yaml
from charts.chart import NAMESPACE, ROOT, Object, Refused, containers, find, helm, key_of, name_of, pods, render
from charts.observability.test_observability import ON, read_by_monitors
from charts.test_schemas import VERSIONS, faults

CHART = ROOT / "charts" / "monitoring"
PROMETHEUS = "monitoring-prometheus"


def rendered(changes: dict[str, Any] | None = None, release: str = "monitoring") -> tuple[Object, ...]:
    return _rendered(json.dumps(changes or {}, sort_keys=True), release)


@cache
def _rendered(changes: str, release: str) -> tuple[Object, ...]:
    text = helm("template", release, str(CHART), "--namespace", NAMESPACE, "--values", "-", stdin=changes)
    return tuple(document for document in yaml.safe_load_all(text) if document)


FULL: dict[str, Any] = {
    "namespaces": ["one", "two"],
    "images": {"registry": "registry.example.com", "pullSecrets": ["login"]},
    "networkPolicy": {"ingressFrom": [{"namespaceSelector": {}}]},
    "prometheus": {"alertmanagers": ["alertmanager.alerts:9093"], "persistence": {"storageClass": "fast"}},
    "grafana": {"publicUrl": "https://grafana.example.com/"},
}
SHAPES = {"default": {}, "full": FULL, "prometheus alone": {"grafana": {"enabled": False}}}


@pytest.fixture(params=SHAPES)
def objects(request: pytest.FixtureRequest) -> tuple[Object, ...]:
    return rendered(SHAPES[request.param])


def scrape() -> dict[str, Any]:
    config = yaml.safe_load(find(rendered(), "ConfigMap", "prometheus")["data"]["prometheus.yml"])
    (job,) = config["scrape_configs"]
    return dict(job)


def relabelled(labels: dict[str, str]) -> dict[str, str] | None:
    """What Prometheus makes of a pod's labels by the chart's rules; None where it is dropped."""
    labels = {"__metrics_path__": "/metrics", "job": "tablee"} | labels
    for rule in scrape()["relabel_configs"]:
        value = ";".join(labels.get(name, "") for name in rule["source_labels"])
        found = re.fullmatch(rule.get("regex", "(.*)"), value)
        action = rule.get("action", "replace")
        if (action == "keep" and not found) or (action == "drop" and found):
            return None
        if action == "replace" and found:
            first = found.group(1) if found.re.groups else ""
            labels[rule["target_label"]] = rule.get("replacement", "$1").replace("$1", first)
    return {name: value for name, value in labels.items() if not name.startswith("__meta")}


def targets(objects: tuple[Object, ...]) -> dict[tuple[int, str], str]:
    """Port and path of everything that is read of a release of charts/tablee, and the job's name."""
    found = {}
    for owner, template in pods(objects):
        for container in containers(template):
            for port in container.get("ports", ()):
                meta = {
                    f"__meta_kubernetes_pod_label_{re.sub('[^a-zA-Z0-9_]', '_', name)}": value
                    for name, value in template["metadata"]["labels"].items()
                }
                meta |= {
                    "__meta_kubernetes_pod_container_port_name": port["name"],
                    "__meta_kubernetes_pod_phase": "Running",
                    "__meta_kubernetes_namespace": NAMESPACE,
                    "__meta_kubernetes_pod_name": owner,
                }
                if (labels := relabelled(meta)) is not None:
                    assert (labels["release"], labels["namespace"], labels["pod"]) == ("tablee", NAMESPACE, owner)
                    found[port["containerPort"], labels["__metrics_path__"]] = labels["job"]
    return found


def test_it_scrapes_the_same_targets_as_the_operators_monitors() -> None:
    objects = render(changes=ON)
    expected = {(port, path): job for (_, port, path), job in read_by_monitors(objects).items()}
    assert len(expected) == 6
    assert targets(objects) == expected


def test_it_scrapes_nothing_else() -> None:
    assert {path for _, path in targets(render("full"))} == {"/metrics", "/minio/v2/metrics/cluster"}
    pod = {
        "__meta_kubernetes_pod_label_app_kubernetes_io_name": "other",
        "__meta_kubernetes_pod_label_app_kubernetes_io_component": "api",
        "__meta_kubernetes_pod_container_port_name": "http",
    }
    assert relabelled(pod) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(objects: tuple[Object, ...], version: str) -> None:
    assert [fault for each in objects for fault in faults(each, version)] == []


def test_names_begin_with_the_release(objects: tuple[Object, ...]) -> None:
    assert [key_of(each) for each in objects if not name_of(each).startswith("monitoring-")] == []


def test_pods_are_restricted(objects: tuple[Object, ...]) -> None:
    for owner, template in pods(objects):
        spec = template["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True, owner
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, owner
        assert spec["enableServiceLinks"] is False, owner
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), owner
            assert container["resources"]["limits"]["memory"], owner
            assert not container["image"].endswith(":latest"), owner


def test_prometheus_may_only_list_pods_of_its_namespaces() -> None:
    for changes, namespaces in (({}, [NAMESPACE]), (FULL, ["one", "two"])):
        objects = rendered(changes)
        roles = [each for each in objects if each["kind"] == "Role"]
        assert [each["metadata"]["namespace"] for each in roles] == namespaces
        for role in roles:
            assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
        bindings = [each for each in objects if each["kind"] == "RoleBinding"]
        assert [each["metadata"]["namespace"] for each in bindings] == namespaces
        assert all(
            each["subjects"] == [{"kind": "ServiceAccount", "name": PROMETHEUS, "namespace": NAMESPACE}]
            for each in bindings
        )
        assert not [each for each in objects if each["kind"].startswith("Cluster")]


def test_only_prometheus_has_a_token(objects: tuple[Object, ...]) -> None:
    holders = {owner for owner, template in pods(objects) if template["spec"]["automountServiceAccountToken"]}
    assert holders == {f"StatefulSet/{PROMETHEUS}"}


def test_its_pods_have_the_labels_that_the_platform_allows() -> None:
    readers = [
        peer["podSelector"]["matchLabels"]
        for rule in find(render(), "NetworkPolicy", "mlflow")["spec"]["ingress"]
        for peer in rule["from"]
        if "namespaceSelector" in peer
    ]
    labels = find(rendered(), "StatefulSet", "prometheus")["spec"]["template"]["metadata"]["labels"]
    assert any(reader.items() <= labels.items() for reader in readers)


def test_it_may_connect_to_every_port_it_scrapes() -> None:
    policy = find(rendered(), "NetworkPolicy", "prometheus")
    ports = {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
    assert {port for port, _ in targets(render(changes=ON))} <= ports


def test_rules_and_dashboards_are_those_of_the_release() -> None:
    for release in ("tablee", "a-very-long-name-of-a-release-that-is-cut.somewhere", "0numbers"):
        changes = {"observability": {"enabled": True, "operator": False}}
        theirs = {name_of(each) for each in render(changes=changes, release=release) if each["kind"] == "ConfigMap"}
        volumes = {
            volume["name"]: volume["configMap"]
            for _, template in pods(rendered({"release": release}))
            for volume in template["spec"]["volumes"]
            if "configMap" in volume and volume["name"] != "config"
        }
        assert {each["name"] for each in volumes.values()} <= theirs, release
        assert set(volumes) == {"rules", "dashboards"}
        assert all(each["optional"] for each in volumes.values())


def test_grafana_has_no_anonymous_access() -> None:
    objects = rendered()
    container = find(objects, "Deployment", "grafana")["spec"]["template"]["spec"]["containers"][0]
    variables = {each["name"]: each.get("value") or each["valueFrom"] for each in container["env"]}
    assert variables["GF_AUTH_ANONYMOUS_ENABLED"] == "false"
    assert variables["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert variables["GF_SECURITY_ADMIN_PASSWORD"] == {
        "secretKeyRef": {"name": "monitoring-grafana", "key": "password"}
    }
    secret = find(objects, "Secret", "grafana")
    assert secret["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert not [each for each in rendered({"grafana": {"existingSecret": "mine"}}) if each["kind"] == "Secret"]


def test_grafanas_source_is_prometheus() -> None:
    objects = rendered()
    sources = yaml.safe_load(find(objects, "ConfigMap", "grafana")["data"]["datasource.yaml"])["datasources"]
    service = find(objects, "Service", "prometheus")
    assert [each["url"] for each in sources] == [f"http://{name_of(service)}:{service['spec']['ports'][0]['port']}"]
    providers = yaml.safe_load(find(objects, "ConfigMap", "grafana")["data"]["dashboards.yaml"])["providers"]
    container = find(objects, "Deployment", "grafana")["spec"]["template"]["spec"]["containers"][0]
    assert providers[0]["options"]["path"] in [mount["mountPath"] for mount in container["volumeMounts"]]


def test_misspelt_values_are_errors() -> None:
    for wrong in ({"prometeus": {}}, {"prometheus": {"retntion": "1d"}}, {"grafana": {"image": {"tga": "1"}}}):
        with pytest.raises(Refused, match="additional properties"):
            rendered(wrong)


def test_the_schema_is_closed_and_knows_every_value() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    assert set(values) == set(schema["properties"]) - {"global"}
    assert set(schema["required"]) == set(values)
    for name, part in (schema["properties"] | schema["definitions"]).items():
        if part.get("type") == "object" and name != "global":
            assert part["additionalProperties"] is False, name


def test_every_value_is_described() -> None:
    manual = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    keys = [
        f"{name}.{key}" if isinstance(part, dict) else name
        for name, part in values.items()
        for key in (part if isinstance(part, dict) else (None,))
    ]
    assert [key for key in keys if f"`{key}`" not in manual] == []


def test_its_configuration_says_what_the_values_do() -> None:
    config = yaml.safe_load(find(rendered(FULL), "ConfigMap", "prometheus")["data"]["prometheus.yml"])
    assert config["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["alertmanager.alerts:9093"]}]}]
    assert config["scrape_configs"][0]["kubernetes_sd_configs"] == [
        {"role": "pod", "namespaces": {"names": ["one", "two"]}}
    ]
    assert config["rule_files"] == ["/etc/prometheus/rules/*.yaml"]
