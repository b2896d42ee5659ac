"""Rules for every object of every shipped values file."""

from __future__ import annotations

import re

from charts.chart import NAMESPACE, RELEASE, Object, find, key_of, name_of, pods

from tablee import __version__

LABELS = {
    "app.kubernetes.io/name": "tablee",
    "app.kubernetes.io/instance": RELEASE,
    "app.kubernetes.io/managed-by": "Helm",
    "app.kubernetes.io/version": __version__,
    "helm.sh/chart": f"tablee-{__version__}",
}
SELECTOR = {"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"}


def test_names_begin_with_the_release(objects: tuple[Object, ...]) -> None:
    assert [key_of(each) for each in objects if not re.fullmatch(rf"{RELEASE}-[a-z0-9-]+", name_of(each))] == []


def test_names_are_unique(objects: tuple[Object, ...]) -> None:
    keys = [key_of(each) for each in objects]
    assert sorted(set(keys)) == sorted(keys)


def test_everything_is_in_the_releases_namespace(objects: tuple[Object, ...]) -> None:
    assert {each["metadata"].get("namespace") for each in objects} == {NAMESPACE}


def test_everything_is_labelled(objects: tuple[Object, ...]) -> None:
    for each in objects:
        labels = each["metadata"]["labels"]
        assert {key: labels.get(key) for key in LABELS} == LABELS, key_of(each)
        assert labels["app.kubernetes.io/component"], key_of(each)


def test_selectors_never_change(objects: tuple[Object, ...]) -> None:
    """Name, instance and component alone: a selector is immutable, a version is not."""
    for each in objects:
        if each["kind"] in ("Deployment", "StatefulSet"):
            chosen = each["spec"]["selector"]["matchLabels"]
            assert set(chosen) == SELECTOR, key_of(each)
            assert chosen.items() <= each["spec"]["template"]["metadata"]["labels"].items(), key_of(each)


def test_services_lead_to_ports_that_exist(objects: tuple[Object, ...]) -> None:
    for service in (each for each in objects if each["kind"] == "Service"):
        chosen = [
            template for _, template in pods(objects)
            if service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
        ]  # fmt: skip
        assert len(chosen) == 1, key_of(service)
        open_ports = {
            port["name"]: port["containerPort"]
            for container in chosen[0]["spec"]["containers"]
            for port in container.get("ports", ())
        }
        for port in service["spec"]["ports"]:
            assert open_ports[port["targetPort"]] == port["port"], key_of(service)


def test_budgets_and_scalers_refer_to_existing_objects(objects: tuple[Object, ...]) -> None:
    names = {key_of(each) for each in objects}
    for each in objects:
        if each["kind"] == "HorizontalPodAutoscaler":
            assert f"Deployment/{each['spec']['scaleTargetRef']['name']}" in names
        if each["kind"] == "PodDisruptionBudget":
            wanted = each["spec"]["selector"]["matchLabels"].items()
            assert any(wanted <= template["metadata"]["labels"].items() for _, template in pods(objects))


def test_there_are_no_hooks_but_tests(objects: tuple[Object, ...]) -> None:
    hooks = {key_of(each) for each in objects if "helm.sh/hook" in each["metadata"].get("annotations", {})}
    assert hooks == {f"Pod/{RELEASE}-test"}


def test_fields_of_the_controller_and_the_autoscaler_are_not_rendered(objects: tuple[Object, ...]) -> None:
    assert "replicas" not in find(objects, "StatefulSet", "h2o")["spec"]
    deployment = find(objects, "Deployment", "api")
    assert "tablee/models" not in deployment["spec"]["template"]["metadata"].get("annotations", {})
    assert not [
        key for key in deployment["metadata"].get("annotations", {}) if key.startswith(("tablee/", "kubernetes.io/"))
    ]
    scaled = any(each["kind"] == "HorizontalPodAutoscaler" for each in objects)
    assert ("replicas" in deployment["spec"]) is not scaled
