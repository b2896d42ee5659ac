"""The inference plane on Kubernetes."""

from __future__ import annotations

from charts.chart import environment, find, render, template_of

from tablee_api.settings import ApiSettings


def test_a_rollout_never_removes_a_pod_before_another_is_ready() -> None:
    spec = find(render(), "Deployment", "api")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert spec["progressDeadlineSeconds"] == 300
    assert find(render(), "PodDisruptionBudget", "api")["spec"]["maxUnavailable"] == 1


def test_the_grace_period_covers_the_drain_and_the_shutdown() -> None:
    spec = template_of(render(changes={"api": {"preStopSeconds": 10, "drainSeconds": 60}}), "api")["spec"]
    settings = ApiSettings.read(environment(spec["containers"][0]))
    promised = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    promised += settings.grace_seconds + settings.drain_seconds
    assert spec["terminationGracePeriodSeconds"] > promised


def test_readiness_checks_the_model_and_liveness_does_not() -> None:
    container = template_of(render(), "api")["spec"]["containers"][0]
    paths = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert paths == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}


def test_pins_come_from_the_annotation_that_the_controller_writes() -> None:
    variables = template_of(render(), "api")["spec"]["containers"][0]["env"]
    pins = next(each for each in variables if each["name"] == "TABLEE_PINS")
    assert pins["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.annotations['tablee/models']"


def test_pods_spread_where_they_can() -> None:
    spread = template_of(render(), "api")["spec"]["topologySpreadConstraints"]
    assert {each["topologyKey"] for each in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert {each["whenUnsatisfiable"] for each in spread} == {"ScheduleAnyway"}


def test_the_autoscaler_owns_the_replicas() -> None:
    objects = render("ha")
    assert "replicas" not in find(objects, "Deployment", "api")["spec"]
    scaler = find(objects, "HorizontalPodAutoscaler", "api")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 12)


def test_the_memory_limit_covers_the_heap() -> None:
    container = template_of(render(), "api")["spec"]["containers"][0]
    assert ApiSettings.read(environment(container)).jvm_heap == "384m"
    assert container["resources"]["limits"]["memory"] == "1200Mi"  # 878 MiB were seen with a heap of 512 MiB


def test_streams_and_their_answers_fit_on_the_disk_of_the_pod() -> None:
    spec = template_of(render(changes={"api": {"streamMib": 1000}}), "api")["spec"]
    settings = ApiSettings.read(environment(spec["containers"][0]))
    assert settings.max_stream_bytes == settings.max_answer_bytes == 1000 << 20
    (tmp,) = [volume for volume in spec["volumes"] if volume["name"] == "tmp"]
    assert tmp["emptyDir"] == {"sizeLimit": f"{2 * 1000 + 256}Mi"}
