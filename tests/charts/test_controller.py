"""The control plane on Kubernetes: its rights and its settings."""

from __future__ import annotations

import pytest
from charts.chart import Refused, environment, find, pods, render, template_of

from tablee.jobs.scoring import MAX_PARALLEL
from tablee_controller.settings import ControllerSettings

RIGHTS = {
    ("apps", "deployments", "tablee-api"): {"get", "patch"},
    ("apps", "statefulsets", "tablee-h2o"): {"get"},
    ("apps", "statefulsets/scale", "tablee-h2o"): {"get", "patch"},
    ("batch", "cronjobs", "tablee-train"): {"get"},
    ("batch", "cronjobs", "tablee-score"): {"get"},
    ("batch", "jobs", ""): {"get", "list", "create", "delete"},
    ("", "pods", ""): {"get", "list"},
    ("", "pods/log", ""): {"get"},
    ("", "events", ""): {"create"},
}


def test_its_rights_are_these_and_no_others() -> None:
    rules = find(render(), "Role")["rules"]
    found = {
        (group, resource, name): set(rule["verbs"])
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
    }
    assert found == RIGHTS
    assert find(render(), "RoleBinding")["subjects"][0]["name"] == "tablee-controller"


def test_it_knows_how_much_may_run_at_once() -> None:
    changes = {"train": {"slots": 2}, "score": {"slots": 3, "maxParallel": MAX_PARALLEL}}
    told = ControllerSettings.read(
        environment(template_of(render(changes=changes), "controller")["spec"]["containers"][0])
    )
    assert (told.training.slots, told.scoring.slots, told.scoring.max_parallel) == (2, 3, MAX_PARALLEL)
    with pytest.raises(Refused, match="maxParallel"):
        render(changes={"score": {"maxParallel": MAX_PARALLEL + 1}})


def test_connections_are_mounted_to_be_read_and_reached() -> None:
    objects = render(changes={"connections": {"existingSecret": "shops"}})
    template = template_of(objects, "controller")["spec"]
    [container] = template["containers"]
    mount = next(each for each in container["volumeMounts"] if each["name"] == "connections")
    told = ControllerSettings.read(environment(container))
    assert (str(told.connections), mount["mountPath"], mount["readOnly"]) == (*2 * ("/etc/tablee/connections",), True)
    assert {"name": "connections", "secret": {"secretName": "shops"}} in template["volumes"]
    others = [pod for name, pod in pods(objects) if "controller" not in name]
    assert others
    assert not any("shops" in str(pod) for pod in others)
    assert {"ports": [{"port": 443}, {"port": 5432}]} in find(objects, "NetworkPolicy", "controller")["spec"]["egress"]
    without = find(render(), "NetworkPolicy", "controller")["spec"]["egress"]
    assert not any({"port": 5432} in rule["ports"] for rule in without)
    assert "connections" not in str(template_of(render(), "controller"))


def test_there_is_one_replica() -> None:
    spec = find(render("ha"), "Deployment", "controller")["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_it_knows_the_names_of_its_objects() -> None:
    objects = render("full")
    told = ControllerSettings.read(environment(template_of(objects, "controller")["spec"]["containers"][0])).kubernetes
    assert told is not None
    assert find(objects, "Deployment", told.api_deployment.rpartition("-")[2])
    assert find(objects, "CronJob", told.train_cronjob.rpartition("-")[2])
    assert find(objects, "CronJob", told.score_cronjob.rpartition("-")[2])
    assert find(objects, "StatefulSet", told.h2o_statefulset.rpartition("-")[2])
    assert (told.namespace, told.h2o_nodes, told.h2o_always_on) == ("tables", 3, True)
    assert told.ready_seconds == find(objects, "Deployment", "api")["spec"]["progressDeadlineSeconds"]


def test_it_stays_ready_while_mlflow_or_the_object_store_is_away() -> None:
    """`/readyz` checks MLflow and the object store, so it is not the probe: callers must still get its error."""
    container = template_of(render(), "controller")["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/healthz"


def test_public_addresses_are_those_of_the_ingress() -> None:
    told = ControllerSettings.read(environment(template_of(render("full"), "controller")["spec"]["containers"][0]))
    assert told.ui_url == "https://tablee.example.com/tablee"
    assert told.api.url == "https://tablee.example.com/tablee/api"
    assert told.mlflow_public_url == "https://mlflow.example.com"
