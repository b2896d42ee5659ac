"""Access from outside: Ingress and HTTPRoute, by host and by path."""

from __future__ import annotations

from typing import Any

import pytest
from charts.chart import Object, Refused, environment, find, render, template_of


def ways(objects: tuple[Object, ...], kind: str) -> dict[str, tuple[str, int | str]]:
    """Service and port by path."""
    rules = [rule for each in objects if each["kind"] == kind for rule in each["spec"]["rules"]]
    if kind == "HTTPRoute":
        parts = ((rule["matches"][0]["path"]["value"], rule["backendRefs"][0]) for rule in rules)
        return {path: (backend["name"], backend["port"]) for path, backend in parts}
    paths = [path for rule in rules for path in rule["http"]["paths"]]
    assert {path["pathType"] for path in paths} <= {"Prefix"}
    services = ((path["path"], path["backend"]["service"]) for path in paths)
    return {path: (service["name"], service["port"]["name"]) for path, service in services}


def access(path: str = "/", **more: Any) -> dict[str, Any]:
    both = {"ingress": {"enabled": True}, "gateway": {"enabled": True, "parentRefs": [{"name": "public"}]}}
    return {"access": {"host": "tables.example.com", "path": path, **both, **more}}


@pytest.mark.parametrize(("path", "base"), [("/", ""), ("/tablee", "/tablee"), ("/a/b", "/a/b")])
def test_three_services_share_an_address(path: str, base: str) -> None:
    objects = render(changes=access(path))
    names = {base or "/": "tablee-ui", f"{base}/api": "tablee-api", f"{base}/controller": "tablee-controller"}
    assert ways(objects, "Ingress") == {path: (name, "http") for path, name in names.items()}
    assert {path: name for path, (name, _) in ways(objects, "HTTPRoute").items()} == names
    ports = {
        each["metadata"]["name"]: each["spec"]["ports"][0]["port"] for each in objects if each["kind"] == "Service"
    }
    assert all(ports[name] == port for name, port in ways(objects, "HTTPRoute").values())


@pytest.mark.parametrize("component", ["api", "controller", "ui"])
def test_each_service_knows_its_path(component: str) -> None:
    objects = render(changes=access("/tablee"))
    told = environment(template_of(objects, component)["spec"]["containers"][0])["TABLEE_BASE_PATH"]
    assert told in ways(objects, "Ingress")


def test_without_ingress_and_route_no_base_path_is_set() -> None:
    objects = render(changes={"access": {"ingress": {"enabled": False}}})
    assert "TABLEE_BASE_PATH" not in environment(template_of(objects, "api")["spec"]["containers"][0])
    assert [each for each in objects if each["kind"] in ("Ingress", "HTTPRoute")] == []


@pytest.mark.parametrize(
    ("host", "hosts"), [("", {"tablee.localhost"}), ("a.example.com", {"a.example.com"}), ("*", {None})]
)
def test_the_host_name_is_derived_from_the_release_by_default(host: str, hosts: set[str | None]) -> None:
    objects = render(changes={"access": {"host": host}})
    found = {rule.get("host") for each in objects if each["kind"] == "Ingress" for rule in each["spec"]["rules"]}
    assert found == hosts


def test_sessions_are_sticky() -> None:
    objects = render(changes=access())
    assert find(objects, "Service", "ui")["spec"]["sessionAffinity"] == "ClientIP"
    assert find(objects, "Ingress", "ui")["metadata"]["annotations"]["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert "nginx.ingress.kubernetes.io/affinity" not in find(objects, "Ingress", "api")["metadata"]["annotations"]


def test_given_annotations_take_precedence() -> None:
    own = {"nginx.ingress.kubernetes.io/proxy-read-timeout": "60", "example.com/mine": "yes"}
    ingress = find(render(changes=access(ingress={"enabled": True, "annotations": own})), "Ingress", "ui")
    assert own.items() <= ingress["metadata"]["annotations"].items()


def test_a_route_needs_a_gateway() -> None:
    with pytest.raises(Refused, match=r"access\.gateway\.parentRefs"):
        render(changes={"access": {"gateway": {"enabled": True}}})


def test_encryption_names_host_and_secret() -> None:
    tls = find(render("full"), "Ingress", "ui")["spec"]["tls"]
    assert tls == [{"hosts": ["tablee.example.com"], "secretName": "tablee-tls"}]
