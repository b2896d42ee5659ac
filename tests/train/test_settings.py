"""The settings of a training process, and the request in them."""

from __future__ import annotations

import pytest

from tablee.errors import InvalidSettings
from tablee.jobs.training import TrainingRequest
from tablee.settings import Section, Settings
from tablee_train.data.preparation import deadline
from tablee_train.settings import TrainSettings


def test_a_request_can_come_from_the_environment() -> None:
    settings = TrainSettings.read(
        {
            "TABLEE_REQUEST__DATASET": "penguins",
            "TABLEE_REQUEST__TARGET": "body mass é",
            "TABLEE_REQUEST__MAX_SECONDS": "60",
            "TABLEE_REQUEST__INCLUDE_ALGORITHMS": '["GBM", "GLM"]',
            "TABLEE_H2O__NODES": "3",
            "TABLEE_H2O__PASSWORD": "geheim",
            "TABLEE_PROMOTION": "approve",
        }
    )
    assert settings.request is not None
    assert settings.request.include_algorithms == ("GBM", "GLM")
    assert (settings.request.target, settings.request.max_seconds) == ("body mass é", 60)
    assert (settings.h2o.nodes, settings.promotion, settings.holdout) == (3, "approve", 0.2)
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TABLEE_TRAINING_ID": "1", "TABLEE_REQUEST__DATASET": "a", "TABLEE_REQUEST__TARGET": "b"}, "only one"),
        ({"TABLEE_JOB_UID": "not a uid"}, "TABLEE_JOB_UID"),
        ({"TABLEE_REQUEST__TARGET": "b"}, "TABLEE_REQUEST__DATASET"),
        ({"TABLEE_TRAINING_ID": "1", "TABLEE_HOLDOUT": "0.9"}, "TABLEE_HOLDOUT"),
        ({"TABLEE_TRAINING_ID": "1", "TABLEE_HOLDOUTS": "0.2"}, "TABLEE_HOLDOUTS"),
        ({"TABLEE_REQUEST__DATASET": "Not a name", "TABLEE_REQUEST__TARGET": "b"}, "TABLEE_REQUEST__DATASET"),
    ],
)
def test_what_is_wrong_is_named(variables: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidSettings, match=words):
        TrainSettings.read(variables)


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://h2o:54321", ["http://h2o:54321"]),
        ("http://h2o-{node}.peers:54321", ["http://h2o-0.peers:54321", "http://h2o-1.peers:54321"]),
    ],
)
def test_a_cluster_has_an_address_or_one_for_each_node(url: str, addresses: list[str]) -> None:
    assert TrainSettings.read({"TABLEE_H2O__URL": url, "TABLEE_H2O__NODES": "2"}).h2o.addresses == addresses


def test_every_setting_is_explained() -> None:
    own = {name: field for name, field in TrainSettings.model_fields.items() if name not in Settings.model_fields}
    sections = {name: field.default for name, field in own.items() if isinstance(field.default, Section)}
    fields = {name: field for name, field in own.items() if name not in sections}
    for section in sections.values():
        fields |= type(section).model_fields
    assert [name for name, field in fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [({"max_seconds": 60}, 420), ({"max_models": 2}, 2700), ({"max_seconds": 10, "max_models": 50}, 320)],
)
def test_the_deadline_is_twice_the_budget_and_a_little(budget: dict[str, int], seconds: float) -> None:
    assert deadline(TrainingRequest.model_validate({"dataset": "d", "target": "t", **budget})) == seconds
