"""Every variable that the chart renders for a process is one of its settings."""

from __future__ import annotations

import pytest
from charts.chart import Object, environment, find, render, template_of

from tablee.settings import Settings
from tablee_api.settings import ApiSettings
from tablee_controller.settings import ControllerSettings
from tablee_score.settings import ScoreSettings
from tablee_train.settings import TrainSettings
from tablee_ui.settings import UiSettings

PROCESSES: dict[str, type[Settings]] = {
    "api": ApiSettings,
    "controller": ControllerSettings,
    "train": TrainSettings,
    "score": ScoreSettings,
    "ui": UiSettings,
}
MIB = 2**20


def variables(objects: tuple[Object, ...], component: str) -> dict[str, str]:
    """The variables of the chart, and those that the controller adds to each scoring's Job."""
    added = {"TABLEE_SCORING_ID": "20260131-120000-abc123"} if component == "score" else {}
    return environment(template_of(objects, component)["spec"]["containers"][0]) | added


@pytest.mark.parametrize("component", PROCESSES)
def test_every_variable_is_a_setting(objects: tuple[Object, ...], component: str) -> None:
    settings = PROCESSES[component].read(variables(objects, component))
    assert (settings.key is None) == (component == "score")  # who calls nobody needs no key
    assert settings.log.format == "json"


def test_the_controller_has_a_key_of_pseudonyms() -> None:
    assert ControllerSettings.read(variables(render(), "controller")).privacy.key is not None


def test_the_upload_limit_is_the_same_everywhere() -> None:
    objects = render("full", {"upload": {"maxMib": 333}})
    api = ApiSettings.read(variables(objects, "api"))
    controller = ControllerSettings.read(variables(objects, "controller"))
    ui = UiSettings.read(variables(objects, "ui"))
    assert (api.max_body_bytes, controller.max_upload_bytes, ui.max_upload_mb) == (333 * MIB, 333 * MIB, 333)
    for ingress in (each for each in objects if each["kind"] == "Ingress"):
        assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"] == "333m"


def test_addresses_of_services_are_right(objects: tuple[Object, ...]) -> None:
    services = {
        f"{each['metadata']['name']}:{each['spec']['ports'][0]['port']}"
        for each in objects
        if each["kind"] == "Service"
    }
    ui = UiSettings.read(variables(objects, "ui"))
    train = TrainSettings.read(variables(objects, "train"))
    for url in (ui.api_url, ui.controller_url, train.mlflow.url, train.controller_url):
        assert str(url).removeprefix("http://") in services


def test_all_processes_use_the_same_object_store(objects: tuple[Object, ...]) -> None:
    stores = [
        PROCESSES[name].read(variables(objects, name)).objects.s3 for name in ("api", "controller", "train", "score")
    ]
    assert stores[0] is not None
    assert stores.count(stores[0]) == 4
    mlflow = template_of(objects, "mlflow")["spec"]["containers"][0]
    assert f"--default-artifact-root=s3://{stores[0].bucket}/mlflow" in mlflow["args"]


def test_a_training_is_described_field_by_field() -> None:
    request = TrainSettings.read(variables(render("full"), "train")).request
    assert request is not None
    assert (request.dataset, request.target, request.max_seconds) == ("penguins", "species", 600)
    assert (request.exclude_algorithms, request.ignored_columns) == (("DeepLearning",), ("year",))
    assert request.seed == 2147483647


def test_zero_is_a_seed() -> None:
    changes = {"train": {"request": {"dataset": "a", "target": "b", "seed": 0}}}
    request = TrainSettings.read(variables(render(changes=changes), "train")).request
    assert request is not None
    assert request.seed == 0


def test_nothing_is_asked_for_unless_a_data_set_is_named() -> None:
    assert TrainSettings.read(variables(render(), "train")).request is None


def test_further_variables_reach_the_process() -> None:
    settings = ApiSettings.read(variables(render("full"), "api"))
    assert settings.threads == 4


def test_an_api_pod_without_the_annotation_has_no_pins() -> None:
    assert ApiSettings.read(variables(render(), "api")).pins == {}


def test_large_numbers_stay_whole() -> None:
    """Helm reads numbers as floating point and would write 1.2096e+06."""
    changes = {"train": {"deadlineSeconds": 1_209_600, "keepSeconds": 2_592_000}, "h2o": {"idleSeconds": 1_209_600}}
    objects = render(changes=changes)
    job = find(objects, "CronJob", "train")["spec"]["jobTemplate"]["spec"]
    assert (job["activeDeadlineSeconds"], job["ttlSecondsAfterFinished"]) == (1_209_600, 2_592_000)
    assert variables(objects, "controller")["TABLEE_KUBERNETES__H2O_IDLE_SECONDS"] == "1209600"
