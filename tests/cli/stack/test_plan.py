"""Command, environment and ports of each process of the stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablee_api.settings import ApiSettings
from tablee_cli.stack.components.component import Component, Launch
from tablee_cli.stack.home import Home
from tablee_cli.stack.plan import Plan, StackChoices, base_environment, plan
from tablee_cli.stack.state_file import StackRecord
from tablee_controller.settings import ControllerSettings
from tablee_ui.settings import UiSettings

NOBODY: dict[str, str] = {}


def drawn(home: Home, choices: StackChoices = StackChoices(any_port=True), variables: dict[str, str] = NOBODY) -> Plan:  # noqa: B008 (frozen)
    return plan(home, StackRecord(), choices, notice=pytest.fail, variables=variables)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "un home é")
    found.create()
    return found


def part(found: Plan, name: str) -> Component:
    return next(component for component in found.components if component.name == name)


def launch(found: Plan, name: str) -> Launch:
    started = part(found, name).launch()
    assert started is not None
    return started


def test_stages_are_in_the_order_of_their_dependencies(home: Home) -> None:
    names = [[component.name for component in stage] for stage in drawn(home).stages]
    assert names == [["mlflow", "h2o"], ["controller", "ui"], ["api"]]
    assert part(drawn(home), "api").launch() is None, "the controller starts it"


def test_the_settings_are_what_the_processes_accept(home: Home) -> None:
    found = drawn(
        home, StackChoices(key="s3cret", any_port=True), {"TABLEE_LOG__FORMAT": "json", "TABLEE_UI__LANGUAGE": "fr"}
    )
    controller = ControllerSettings.read(launch(found, "controller").environment)
    assert (controller.port, controller.home) == (part(found, "controller").port, home.root)
    assert controller.mlflow.url == part(found, "mlflow").url
    assert controller.h2o.url == part(found, "h2o").url
    assert controller.api.port == part(found, "api").port
    assert controller.objects.directory == home.objects
    assert controller.log.format == "json"
    assert controller.key is not None
    assert controller.key.get_secret_value() == "s3cret"
    ui = UiSettings.read(launch(found, "ui").environment)
    assert (ui.api_url, ui.controller_url) == (part(found, "api").url, part(found, "controller").url)
    assert (ui.language, ui.log.format) == ("fr", "json")
    assert ui.key == controller.key


def test_unknown_variables_are_passed_to_the_controller(home: Home) -> None:
    environment = launch(drawn(home, variables={"TABLEE_NONSENSE": "1", "TABLEE_URL": "x"}), "controller").environment
    assert environment["TABLEE_NONSENSE"] == "1"
    assert "TABLEE_URL" not in environment


def test_everything_listens_on_this_machine_only(home: Home) -> None:
    found = drawn(home)
    assert all(component.url.startswith("http://127.0.0.1:") for component in found.components)
    h2o = launch(found, "h2o").command
    assert [h2o[h2o.index(option) + 1] for option in ("-ip", "-web_ip")] == ["127.0.0.1", "127.0.0.1"]
    assert (home.h2o / "members").read_text() == f"127.0.0.1:{part(found, 'h2o').port}\n"
    mlflow = launch(found, "mlflow").command
    assert mlflow[mlflow.index("--host") + 1] == "127.0.0.1"


def test_the_heap_can_be_chosen(home: Home) -> None:
    assert "-Xmx5g" in launch(drawn(home, StackChoices(heap="5g", any_port=True)), "h2o").command


def test_heap_and_key_are_kept_from_the_last_start(home: Home) -> None:
    found = plan(home, StackRecord(key="k", heap="3g"), StackChoices(any_port=True), notice=pytest.fail, variables={})
    assert found.choices == StackChoices("k", "3g", any_port=True)
    assert "-Xmx3g" in launch(found, "h2o").command
    assert launch(found, "ui").environment["TABLEE_KEY"] == "k"


def test_ports_are_all_different(home: Home) -> None:
    found = drawn(home)
    used = [port for component in found.components for port in range(component.port, component.port + component.width)]
    assert len(used) == len(set(used)) == 6


def test_processes_inherit_no_settings_and_no_proxy_for_this_machine() -> None:
    environment = base_environment(
        {"PATH": "/bin", "TABLEE_URL": "x", "HTTP_PROXY": "http://proxy", "no_proxy": "example.org"}
    )
    assert not any(name.startswith("TABLEE_") for name in environment)
    assert environment["HTTP_PROXY"] == "http://proxy"
    assert environment["NO_PROXY"] == environment["no_proxy"] == "example.org,127.0.0.1,localhost"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_api_accepts_the_settings_that_the_controller_passes_on() -> None:
    assert {"host", "port"} <= ApiSettings.model_fields.keys()
