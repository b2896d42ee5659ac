"""Objects for Prometheus and Grafana: the shipped files, unchanged, with the labels that they are found by."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from charts.chart import CHART, NAMESPACE, RELEASE, SHIPPED, Object, find, name_of, render, template_of

FILES = CHART / "files"
RULES = sorted((FILES / "rules").glob("*.yaml"))
DASHBOARDS = sorted((FILES / "dashboards").glob("*.json"))
ON = {"observability": {"enabled": True}}
PLAIN = {"observability": {"enabled": True, "operator": False}}


def of(objects: tuple[Object, ...], kind: str) -> list[Object]:
    return [each for each in objects if each["kind"] == kind]


def read_by_monitors(objects: tuple[Object, ...]) -> dict[tuple[str, int, str], str]:
    """The port and path that the operator's Prometheus reads of every Service, and the job's name."""
    found = {}
    for monitor in of(objects, "ServiceMonitor"):
        selector = monitor["spec"]["selector"]
        for service in of(objects, "Service"):
            labels = service["metadata"]["labels"]
            wanted = selector["matchLabels"].items() <= labels.items() and all(
                labels[each["key"]] in each["values"] for each in selector.get("matchExpressions", ())
            )
            for endpoint in monitor["spec"]["endpoints"] if wanted else ():
                ports = {port["name"]: port["port"] for port in service["spec"]["ports"]}
                job = endpoint["relabelings"][0]["replacement"].replace("$1", labels["app.kubernetes.io/component"])
                found[name_of(service), ports[endpoint["port"]], endpoint["path"]] = job
    return found


def test_one_value_renders_all_objects() -> None:
    kinds = {"ServiceMonitor", "PrometheusRule"}
    assert not [each for each in render() if each["kind"] in kinds or "dashboards" in name_of(each)]
    assert kinds <= {each["kind"] for each in render(changes=ON)}
    assert find(render(changes=ON), "ConfigMap", "dashboards")


def test_every_service_is_read_under_its_jobs_name() -> None:
    assert read_by_monitors(render(changes=ON)) == {
        (f"{RELEASE}-api", 8000, "/metrics"): "tablee-api",
        (f"{RELEASE}-controller", 8080, "/metrics"): "tablee-controller",
        (f"{RELEASE}-ui", 8501, "/metrics"): "tablee-ui",
        (f"{RELEASE}-mlflow", 5000, "/metrics"): "tablee-mlflow",
        (f"{RELEASE}-minio", 9000, "/minio/v2/metrics/cluster"): "tablee-minio",
        (f"{RELEASE}-postgres-exporter", 9187, "/metrics"): "tablee-postgres",
    }


def test_every_series_has_a_label_of_its_release() -> None:
    for monitor in of(render(changes=ON), "ServiceMonitor"):
        for endpoint in monitor["spec"]["endpoints"]:
            assert [each["targetLabel"] for each in endpoint["relabelings"]] == ["job", "release"]
            assert "namespaceSelector" not in monitor["spec"]


def test_external_services_are_not_read() -> None:
    jobs = set(read_by_monitors(render("external", ON)).values())
    assert jobs == {"tablee-api", "tablee-controller", "tablee-ui", "tablee-mlflow"}
    assert not [each for each in render("external", ON) if "postgres-exporter" in name_of(each)]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules_are_the_shipped_files(path: Path) -> None:
    shipped = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert find(render(changes=ON), "PrometheusRule", f"rules-{path.stem}")["spec"] == shipped
    assert find(render(changes=PLAIN), "ConfigMap", "rules")["data"][path.name] == path.read_text(encoding="utf-8")


def test_there_are_no_other_rules() -> None:
    assert len(of(render(changes=ON), "PrometheusRule")) == len(RULES)
    assert set(find(render(changes=PLAIN), "ConfigMap", "rules")["data"]) == {path.name for path in RULES}


@pytest.mark.parametrize("changes", [ON, PLAIN], ids=["operator", "plain"])
def test_dashboards_are_the_shipped_files(changes: dict[str, object]) -> None:
    config = find(render(changes=changes), "ConfigMap", "dashboards")
    assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert config["data"] == {f"tablee-{path.name}": path.read_text(encoding="utf-8") for path in DASHBOARDS}
    assert len(json.dumps(config["data"])) < 900_000, "a ConfigMap holds 1 MiB"


def test_without_an_operator_none_of_its_kinds_is_rendered() -> None:
    kinds = {each["apiVersion"] for each in render(changes=PLAIN)}
    assert not [kind for kind in kinds if kind.startswith("monitoring.coreos.com")]


def test_labels_for_the_operator_are_on_all_that_it_looks_for() -> None:
    labels = {"release": "kube-prometheus-stack"}
    objects = render(changes={"observability": {"enabled": True, "labels": labels}})
    for each in (*of(objects, "ServiceMonitor"), *of(objects, "PrometheusRule")):
        assert labels.items() <= each["metadata"]["labels"].items()


def test_the_exporter_has_the_login_of_postgres() -> None:
    container = template_of(render(changes=ON), "postgres-exporter")["spec"]["containers"][0]
    variables = {each["name"]: each for each in container["env"]}
    assert variables["DATA_SOURCE_URI"]["value"] == f"{RELEASE}-postgres:5432/$(DATABASE)?sslmode=disable"
    secrets = {name: each["valueFrom"]["secretKeyRef"] for name, each in variables.items() if "valueFrom" in each}
    assert {name: secret["key"] for name, secret in secrets.items()} == {
        "DATABASE": "database",
        "DATA_SOURCE_USER": "username",
        "DATA_SOURCE_PASS": "password",
    }
    assert {secret["name"] for secret in secrets.values()} == {f"{RELEASE}-postgres"}
    names = list(variables)
    assert names.index("DATABASE") < names.index("DATA_SOURCE_URI"), "a variable must be known before it is used"


def test_the_exporter_may_connect_to_postgres() -> None:
    objects = render(changes=ON)
    (rule,) = find(objects, "NetworkPolicy", "postgres")["spec"]["ingress"]
    callers = {peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for peer in rule["from"]}
    assert "postgres-exporter" in callers


@pytest.mark.parametrize("component", ["api", "controller", "ui", "mlflow", "minio", "postgres-exporter"])
def test_prometheus_may_connect(component: str) -> None:
    policy = find(render(changes=ON), "NetworkPolicy", component)
    peers = [peer for rule in policy["spec"]["ingress"] for peer in rule.get("from", ())]
    assert {"app.kubernetes.io/name": "prometheus"} in [
        peer.get("podSelector", {}).get("matchLabels") for peer in peers
    ]


@pytest.mark.parametrize("values", SHIPPED)
def test_files_are_never_templated(values: str) -> None:
    """Legends in braces are Grafana's, not Helm's."""
    text = json.dumps(render(values, ON))
    assert re.search(r"\{\{ ?\$labels\.release ?\}\}", text)
    assert "{{model_name}}" in text
    assert NAMESPACE in text
