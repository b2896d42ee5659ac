"""H2O on Kubernetes."""

from __future__ import annotations

import base64

from charts.chart import environment, find, key_of, render, template_of

from tablee_train.settings import TrainSettings


def test_no_upgrade_changes_running_nodes() -> None:
    spec = find(render("full"), "StatefulSet", "h2o")["spec"]
    assert spec["updateStrategy"]["rollingUpdate"]["partition"] == 3
    assert spec["podManagementPolicy"] == "Parallel"


def test_nodes_expect_the_configured_number_of_nodes() -> None:
    objects = render("full")
    node = environment(template_of(objects, "h2o")["spec"]["containers"][0])
    assert node["H2O_NODE_EXPECTED_COUNT"] == "3"
    assert node["H2O_KUBERNETES_SERVICE_DNS"] == "tablee-h2o-peers.tables.svc.cluster.local"
    peers = find(objects, "Service", "h2o-peers")["spec"]
    assert (peers["clusterIP"], peers["publishNotReadyAddresses"]) == ("None", True)


def test_all_probes_use_the_probe_script() -> None:
    container = template_of(render(), "h2o")["spec"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["exec"]["command"] == ["/usr/local/bin/h2o-probe"]
    assert environment(container)["H2O_PROBE_AUTH_FILE"] == "/auth/probe"


def test_memory_request_and_limit_are_the_same() -> None:
    container = template_of(render(), "h2o")["spec"]["containers"][0]
    assert container["resources"]["requests"]["memory"] == container["resources"]["limits"]["memory"]
    assert "-XX:MaxRAMPercentage=50" in container["command"]


def test_all_forms_of_the_login_are_the_same() -> None:
    data = next(each for each in render() if key_of(each) == "Secret/tablee-h2o")["data"]
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


def test_nodes_read_large_training_data_with_a_login_of_their_own() -> None:
    objects = render()
    container = template_of(objects, "h2o")["spec"]["containers"][0]
    before_the_jar = container["command"][: container["command"].index("-jar")]
    prefix = "-Dsys.ai.h2o.persist.s3."
    told = dict(each.removeprefix(prefix).split("=", 1) for each in before_the_jar if each.startswith(prefix))
    bucket = TrainSettings.read(environment(template_of(objects, "train")["spec"]["containers"][0])).objects.s3
    assert bucket is not None
    assert told == {"region": bucket.region, "endPoint": bucket.endpoint, "enable.path.style": "true"}
    named = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container["env"] if "valueFrom" in each}
    assert named == {
        "AWS_ACCESS_KEY_ID": {"name": "tablee-s3-h2o", "key": "access-key"},
        "AWS_SECRET_ACCESS_KEY": {"name": "tablee-s3-h2o", "key": "secret-key"},
    }


def test_aws_is_found_by_its_region() -> None:
    changes = {"minio": {"region": "eu-west-3", "external": {"endpoint": ""}}}
    command = template_of(render("external", changes), "h2o")["spec"]["containers"][0]["command"]
    assert [each for each in command if "persist.s3" in each] == ["-Dsys.ai.h2o.persist.s3.region=eu-west-3"]
