"""Network policies: every pod has one, and every allowed connection is allowed at both ends."""

from __future__ import annotations

from typing import Any

import pytest
from charts.chart import Object, find, pods, render

COMPONENT = "app.kubernetes.io/component"
CALLS = {
    "api": {"mlflow", "minio"},
    "controller": {"api", "mlflow", "minio"},
    "ui": {"api", "controller"},
    "h2o": {"h2o", "minio"},
    "train": {"controller", "h2o", "mlflow", "minio"},
    "score": {"mlflow", "minio"},
    "mlflow": {"postgres", "minio"},
    "postgres": set[str](),
    "minio": set[str](),
    "test": {"api", "controller", "ui"},
}


def policies(objects: tuple[Object, ...]) -> dict[str, Any]:
    found = (each["spec"] for each in objects if each["kind"] == "NetworkPolicy")
    return {spec["podSelector"]["matchLabels"][COMPONENT]: spec for spec in found}


def peers(rules: list[Any], side: str) -> set[str]:
    return {
        peer["podSelector"]["matchLabels"][COMPONENT]
        for rule in rules
        for peer in rule.get(side, ())
        if COMPONENT in peer.get("podSelector", {}).get("matchLabels", {})
    }


def test_every_pod_has_a_policy(objects: tuple[Object, ...]) -> None:
    components = {template["metadata"]["labels"][COMPONENT] for _, template in pods(objects)}
    assert components <= set(policies(objects))
    for component, spec in policies(objects).items():
        assert spec["policyTypes"] == ["Ingress", "Egress"], component


@pytest.mark.parametrize("component", CALLS)
def test_each_component_may_connect_to_those_it_needs(component: str) -> None:
    found = policies(render())
    assert peers(found[component]["egress"], "to") == CALLS[component]
    callers = {caller for caller, called in CALLS.items() if component in called}
    assert peers(found[component]["ingress"], "from") - {"postgres-exporter"} == callers


def test_only_trainings_and_other_nodes_reach_h2o() -> None:
    rules = policies(render())["h2o"]["ingress"]
    ports = {tuple(sorted(peers([rule], "from"))): rule["ports"] for rule in rules}
    assert ports == {
        ("train",): [{"port": "http"}],
        ("h2o",): [{"port": 54321}, {"port": 54322}, {"port": 9010, "endPort": 10009}],
    }


def test_by_default_only_dns_leaves_the_namespace() -> None:
    """The controller is an exception: it connects to Kubernetes."""
    for component, spec in policies(render()).items():
        ports = {port["port"] for rule in spec["egress"] if "to" not in rule for port in rule["ports"]}
        assert ports <= ({53, 443, 6443, 8443, 16443} if component == "controller" else {53}), component


def test_external_services_can_be_reached() -> None:
    changes = {"networkPolicy": {"external": {"database": {"cidrs": ["10.1.2.3/32"], "ports": [6432]}}}}
    found = policies(render("external", changes))
    assert {"ports": [{"port": 6432}], "to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}]} in found["mlflow"]["egress"]
    for client in ("api", "controller", "train", "score", "mlflow"):
        assert {"ports": [{"port": 443}]} in found[client]["egress"], client


def test_other_proxies_and_another_prometheus_can_be_allowed() -> None:
    proxy, scraper = ({"ipBlock": {"cidr": f"10.0.0.{number}/32"}} for number in (1, 2))
    found = policies(render(changes={"networkPolicy": {"ingressFrom": [proxy], "metricsFrom": [scraper]}}))
    for component in ("ui", "api", "controller"):
        assert proxy in found[component]["ingress"][0]["from"], component
    for component in ("ui", "api", "controller", "mlflow", "minio"):
        assert {"from": [scraper], "ports": [{"port": "http"}]} in found[component]["ingress"], component


def test_policies_can_be_left_out() -> None:
    assert policies(render(changes={"networkPolicy": {"enabled": False}})) == {}


def test_absent_components_have_no_policy() -> None:
    with pytest.raises(AssertionError):
        find(render("external"), "NetworkPolicy", "postgres")
