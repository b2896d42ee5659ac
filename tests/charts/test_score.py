"""The template of all scorings."""

from __future__ import annotations

from charts.chart import bytes_of, environment, find, render, template_of

from tablee_score.settings import ScoreSettings


def test_it_never_runs_by_itself() -> None:
    assert find(render("full"), "CronJob", "score")["spec"]["suspend"] is True


def test_workers_are_numbered_by_kubernetes() -> None:
    """The controller sets their number."""
    job = find(render(), "CronJob", "score")["spec"]["jobTemplate"]["spec"]
    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 1, 1)
    variables = environment(template_of(render(), "score")["spec"]["containers"][0])
    assert ScoreSettings.read(variables | {"TABLEE_SCORING_ID": "s", "JOB_COMPLETION_INDEX": "3"}).worker == 3


def test_it_always_ends() -> None:
    changes = {"score": {"deadlineSeconds": 1_209_600, "keepSeconds": 2_592_000, "retries": 7}}
    job = find(render(changes=changes), "CronJob", "score")["spec"]["jobTemplate"]["spec"]
    assert (job["activeDeadlineSeconds"], job["ttlSecondsAfterFinished"]) == (1_209_600, 2_592_000)
    assert job["backoffLimitPerIndex"] == 7
    assert job["template"]["spec"]["restartPolicy"] == "Never"


def test_an_eviction_does_not_count_and_an_invalid_request_ends_one_worker() -> None:
    rules = find(render(), "CronJob", "score")["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert [rule["action"] for rule in rules] == ["Ignore", "FailIndex"]
    assert rules[0]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert rules[1]["onExitCodes"] == {"containerName": "score", "operator": "In", "values": [2, 3]}


def test_parts_have_a_disk_of_a_known_size() -> None:
    """`/tmp`, where programs put temporary files."""
    spec = template_of(render(changes={"score": {"partsSize": "50Gi"}}), "score")["spec"]
    assert spec["volumes"] == [{"name": "parts", "emptyDir": {"sizeLimit": "50Gi"}}]
    home = environment(spec["containers"][0])["HOME"]
    assert spec["containers"][0]["volumeMounts"] == [{"name": "parts", "mountPath": home}]


def test_the_memory_limit_covers_the_heap() -> None:
    container = template_of(render(), "score")["spec"]["containers"][0]
    assert environment(container)["TABLEE_JVM_HEAP"] == "512m"
    assert bytes_of(container["resources"]["limits"]["memory"]) >= 2 * 512 * 2**20


def test_it_needs_less_than_a_training_and_h2o() -> None:
    def limit(component: str) -> float:
        return bytes_of(template_of(render(), component)["spec"]["containers"][0]["resources"]["limits"]["memory"])

    assert limit("score") <= limit("train") + limit("h2o")


def test_a_worker_has_no_key_and_no_token() -> None:
    """It reads the bucket and the registry, and writes answers."""
    for values in ("default", "full", "external"):
        template = template_of(render(values), "score")
        assert "TABLEE_KEY" not in environment(template["spec"]["containers"][0])
        assert template["spec"]["automountServiceAccountToken"] is False
