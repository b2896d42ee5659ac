"""Rules for every pod of every shipped values file."""

from __future__ import annotations

import re

from charts.chart import Object, bytes_of, containers, find, key_of, pods, render


def test_pods_are_restricted(objects: tuple[Object, ...]) -> None:
    """They follow Pod Security `restricted`, and their root file system is read-only."""
    for owner, template in pods(objects):
        security = template["spec"]["securityContext"]
        assert security["runAsNonRoot"] is True, owner
        assert security["runAsUser"] >= 999, owner
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, owner
        for container in containers(template):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, (owner, container["name"])
        kinds = {kind for volume in template["spec"].get("volumes", ()) for kind in volume if kind != "name"}
        assert kinds <= {"emptyDir", "secret", "configMap", "projected", "persistentVolumeClaim"}, owner


def test_only_the_controller_has_a_token(objects: tuple[Object, ...]) -> None:
    holders = {owner for owner, template in pods(objects) if template["spec"]["automountServiceAccountToken"]}
    assert holders == {"Deployment/tablee-controller"}
    for account in (each for each in objects if each["kind"] == "ServiceAccount"):
        assert account["automountServiceAccountToken"] is False, key_of(account)


def test_service_links_are_off(objects: tuple[Object, ...]) -> None:
    assert [owner for owner, template in pods(objects) if template["spec"]["enableServiceLinks"]] == []


def test_images_have_a_version(objects: tuple[Object, ...]) -> None:
    for owner, template in pods(objects):
        for container in containers(template):
            _, _, tag = container["image"].rpartition("/")[2].partition(":")
            assert tag, (owner, container["image"])
            assert tag != "latest", owner


def test_resources_are_given(objects: tuple[Object, ...]) -> None:
    for owner, template in pods(objects):
        for container in containers(template):
            given = container["resources"]
            assert set(given["requests"]) == {"cpu", "memory"}, (owner, container["name"])
            assert "memory" in given["limits"], (owner, container["name"])
            assert bytes_of(given["requests"]["memory"]) <= bytes_of(given["limits"]["memory"]), owner


def test_servers_are_probed(objects: tuple[Object, ...]) -> None:
    for owner, template in pods(objects):
        if owner.startswith(("Deployment", "StatefulSet")):
            first = template["spec"]["containers"][0]
            assert {"readinessProbe", "livenessProbe"} <= set(first), owner
            liveness = first["livenessProbe"]
            assert liveness["failureThreshold"] * liveness["periodSeconds"] >= 30, owner
            for container in template["spec"]["containers"]:
                assert "readinessProbe" in container, (owner, container["name"])


def test_mounted_objects_exist(objects: tuple[Object, ...]) -> None:
    claims = {
        key_of(each): {claim["metadata"]["name"] for claim in each["spec"]["volumeClaimTemplates"]}
        for each in objects
        if "volumeClaimTemplates" in each.get("spec", {})
    }
    for owner, template in pods(objects):
        volumes = {volume["name"] for volume in template["spec"].get("volumes", ())} | claims.get(owner, set())
        mounted = {mount["name"] for each in containers(template) for mount in each.get("volumeMounts", ())}
        assert mounted == volumes, owner


def test_accounts_exist(objects: tuple[Object, ...]) -> None:
    accounts = {key_of(each) for each in objects if each["kind"] == "ServiceAccount"}
    named = {template["spec"].get("serviceAccountName") for _, template in pods(objects)} - {None}
    assert {f"ServiceAccount/{name}" for name in named} == accounts


def test_secrets_that_are_used_exist(objects: tuple[Object, ...], shipped: str) -> None:
    there = {each["metadata"]["name"]: set(each["data"]) for each in objects if each["kind"] == "Secret"}
    if shipped == "external":
        there |= {"tablee-database": {"username", "password"}, "tablee-bucket": {"access-key", "secret-key"}}
    for owner, template in pods(objects):
        for container in containers(template):
            for variable in container.get("env", ()):
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    assert reference["key"] in there[reference["name"]], (owner, variable["name"])
        for volume in template["spec"].get("volumes", ()):
            if "secret" in volume:
                items = {item["key"] for item in volume["secret"].get("items", ())}
                assert items <= there[volume["secret"]["secretName"]], owner


def test_no_variable_twice(objects: tuple[Object, ...]) -> None:
    for owner, template in pods(objects):
        for container in containers(template):
            names = [variable["name"] for variable in container.get("env", ())]
            assert sorted(set(names)) == sorted(names), (owner, container["name"])


def test_no_password_in_an_argument(objects: tuple[Object, ...]) -> None:
    secret = re.compile(r"\$\((\w*(PASSWORD|SECRET|KEY)\w*)\)")
    for owner, template in pods(objects):
        for container in containers(template):
            words = [*container.get("command", ()), *container.get("args", ())]
            assert [word for word in words if secret.search(word)] == [], owner


def test_the_defaults_fit_a_laptop() -> None:
    """All pods at once with a training; a scoring needs less than a training and H2O."""
    memory = cpu = 0.0
    for owner, template in pods(render()):
        if owner in ("Pod/tablee-test", "CronJob/tablee-score"):
            continue
        workload = next(each for each in render() if key_of(each) == owner)
        copies = workload["spec"].get("replicas", 1)
        for container in template["spec"]["containers"]:
            memory += copies * bytes_of(container["resources"]["limits"]["memory"])
            cpu += copies * bytes_of(container["resources"]["requests"]["cpu"])
    assert memory <= 8 * 2**30
    assert cpu <= 1


def test_the_api_has_no_cpu_limit(objects: tuple[Object, ...]) -> None:
    for container in find(objects, "Deployment", "api")["spec"]["template"]["spec"]["containers"]:
        assert "cpu" not in container["resources"]["limits"]
