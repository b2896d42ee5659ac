"""The cloud on Kubernetes."""

from __future__ import annotations

import base64

from charts.chart import environment, find, render, template_of

from tablee_train.settings import TrainSettings


def test_no_upgrade_touches_a_cloud() -> None:
    spec = find(render("full"), "StatefulSet", "h2o")["spec"]
    assert spec["updateStrategy"]["rollingUpdate"]["partition"] == 3
    assert spec["podManagementPolicy"] == "Parallel"


def test_nodes_wait_for_as_many_as_there_are() -> None:
    objects = render("full")
    node = environment(template_of(objects, "h2o")["spec"]["containers"][0])
    assert node["H2O_NODE_EXPECTED_COUNT"] == "3"
    assert node["H2O_KUBERNETES_SERVICE_DNS"] == "tablee-h2o-peers.tables.svc.cluster.local"
    peers = find(objects, "Service", "h2o-peers")["spec"]
    assert (peers["clusterIP"], peers["publishNotReadyAddresses"]) == ("None", True)


def test_its_own_probe_is_asked_each_time() -> None:
    container = template_of(render(), "h2o")["spec"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"] == ["/usr/local/bin/h2o-probe"]
    assert environment(container)["H2O_PROBE_AUTH_FILE"] == "/auth/probe"


def test_memory_is_what_was_promised() -> None:
    container = template_of(render(), "h2o")["spec"]["containers"][0]
    assert container["resources"]["requests"]["memory"] == container["resources"]["limits"]["memory"]
    assert "-XX:MaxRAMPercentage=50" in container["command"]


def test_the_login_is_one_in_all_its_forms() -> None:
    data = find(render(), "Secret", "h2o")["data"]
    user, password, login, probe = (
        base64.b64decode(data[key]).decode() for key in ("username", "password", "login.conf", "probe")
    )
    assert login == f"{user}: {password}\n"
    assert probe == f"{user}:{password}\n"
    assert len(password) == 32


def test_trainings_ask_each_node_for_the_leader() -> None:
    told = TrainSettings.read(environment(template_of(render("full"), "train")["spec"]["containers"][0])).h2o
    assert told.addresses == [f"http://tablee-h2o-{node}.tablee-h2o-peers:54321" for node in range(3)]
    assert told.nodes == 3


def test_there_is_no_service_over_all_nodes() -> None:
    services = {each["metadata"]["name"] for each in render() if each["kind"] == "Service"}
    assert "tablee-h2o" not in services
