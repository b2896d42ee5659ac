"""The template of all trainings."""

from __future__ import annotations

from charts.chart import environment, find, render, template_of

from tablee_train.settings import TrainSettings


def test_it_is_suspended_without_a_schedule() -> None:
    assert find(render(), "CronJob", "train")["spec"]["suspend"] is True
    spec = find(render("full"), "CronJob", "train")["spec"]
    assert (spec["suspend"], spec["schedule"], spec["timeZone"]) == (False, "0 3 * * 0", "Europe/Paris")


def test_runs_never_overlap_and_always_end() -> None:
    spec = find(render(), "CronJob", "train")["spec"]
    job = spec["jobTemplate"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    assert job["activeDeadlineSeconds"] == 21_600
    assert job["ttlSecondsAfterFinished"] == 86_400
    assert job["template"]["spec"]["restartPolicy"] == "Never"


def test_an_eviction_does_not_count_and_an_invalid_request_is_final() -> None:
    rules = find(render(), "CronJob", "train")["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert [rule["action"] for rule in rules] == ["Ignore", "FailJob"]
    assert rules[0]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert rules[1]["onExitCodes"] == {"containerName": "train", "operator": "In", "values": [1, 2, 143]}


def test_the_process_knows_the_number_of_attempts() -> None:
    objects = render(changes={"train": {"retries": 4}})
    job = find(objects, "CronJob", "train")["spec"]["jobTemplate"]["spec"]
    settings = TrainSettings.read(environment(template_of(objects, "train")["spec"]["containers"][0]))
    assert (job["backoffLimit"], settings.attempts) == (4, 5)


def test_a_job_made_by_hand_is_found_by_its_labels() -> None:
    """`kubectl create job --from` copies them from the job template."""
    template = find(render(), "CronJob", "train")["spec"]["jobTemplate"]
    assert template["metadata"]["labels"]["app.kubernetes.io/component"] == "train"
    assert template["metadata"]["labels"]["app.kubernetes.io/instance"] == "tablee"
