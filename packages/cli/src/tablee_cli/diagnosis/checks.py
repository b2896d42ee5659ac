"""All checks of `tablee doctor`, in the order of docs/troubleshooting.md."""

from __future__ import annotations

from collections.abc import Iterator

from tablee.i18n.message import said
from tablee.i18n.translator import Translator
from tablee_cli.diagnosis import machine, platform
from tablee_cli.diagnosis.check import Answered, Check, Situation
from tablee_cli.diagnosis.components import component, started

CHECKS = (
    Check("python", "Is Python recent enough?", machine.python_version),
    Check("java", "Is there a Java that H2O runs on?", machine.java_found),
    Check("h2o-version", "Is H2O the version that exports its models?", machine.h2o_version),
    Check("home", "Can the stack write to its directory?", machine.home_writable),
    Check("disk", "Is there room on the disk?", machine.disk_space),
    Check("memory", "Is there memory for it?", machine.memory_available),
    Check("loopback", "Can processes of this machine reach each other?", machine.loopback_usable),
    Check("ports", "Are the usual ports free?", machine.ports_free),
    Check("started", "Was the stack started?", started),
    Check("mlflow", "Does MLflow run and answer?", component("mlflow")),
    Check("h2o", "Has H2O formed its cluster?", component("h2o")),
    Check("controller", "Does the controller run, and reach MLflow and the object store?", component("controller")),
    Check("api", "Does the API run, and is it ready?", component("api")),
    Check("ui", "Does the UI run?", component("ui")),
    Check(
        "platform", "Can the controller be reached with this address and key?", platform.controller_reached, local=False
    ),
    Check("predictions", "Can the API be reached from here?", platform.api_reached, local=False),
    Check("model", "Is a model served?", platform.champions_served, local=False),
    Check("roll-out", "Does the API serve what the registry says?", platform.rollout_in_sync, local=False),
)


def walk(situation: Situation, texts: Translator) -> Iterator[Answered]:
    """Make all checks that concern the situation, in order.

    :param texts: of the language of the answers.
    """
    for check in CHECKS:
        if check.local and not situation.local:
            continue
        found = check.look(situation)
        yield Answered(check.id, check.question, found.state, said(found.detail, texts), said(found.mend, texts))
