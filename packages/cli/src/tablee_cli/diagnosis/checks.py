"""All checks of `tablee doctor`, in the order of docs/troubleshooting.md."""

from __future__ import annotations

from collections.abc import Iterator

from tablee.i18n.message import said
from tablee.i18n.translator import Translator
from tablee_cli.diagnosis import machine, platform
from tablee_cli.diagnosis.check import Answered, Check, Situation
from tablee_cli.diagnosis.components import component, started

CHECKS = (
    Check("python", machine.python_version),
    Check("java", machine.java_found),
    Check("h2o-version", machine.h2o_version),
    Check("home", machine.home_writable),
    Check("disk", machine.disk_space),
    Check("memory", machine.memory_available),
    Check("loopback", machine.loopback_usable),
    Check("ports", machine.ports_free),
    Check("started", started),
    Check("mlflow", component("mlflow")),
    Check("h2o", component("h2o")),
    Check("controller", component("controller")),
    Check("api", component("api")),
    Check("ui", component("ui")),
    Check("platform", platform.controller_reached, local=False),
    Check("predictions", platform.api_reached, local=False),
    Check("model", platform.champions_served, local=False),
    Check("roll-out", platform.rollout_in_sync, local=False),
)


def walk(situation: Situation, texts: Translator) -> Iterator[Answered]:
    """Make all checks that concern the situation, in order.

    :param texts: of the language of the answers.
    """
    for check in CHECKS:
        if check.local and not situation.local:
            continue
        found = check.look(situation)
        question = texts(f"check_question.{check.id}")
        yield Answered(check.id, question, found.state, said(found.detail, texts), said(found.mend, texts))
