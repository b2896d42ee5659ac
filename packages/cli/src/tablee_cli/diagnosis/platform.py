"""Checks of a running platform, local or at a URL: controller, API, champions and roll-out."""

from __future__ import annotations

from tablee.errors import TableeError
from tablee_cli.diagnosis.check import Finding, Situation, ok


def controller_reached(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        about = situation.platform.controller.platform()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    found = situation.platform.controller.ready()
    if not found.ready:
        mend = "Look at the checks above, and at its log."
        return Finding("failed", f"the controller is not ready: {found.reason}", mend)
    return ok(f"{situation.platform.controller.url}, version {about.version}")


def api_reached(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        found = situation.platform.api.ready()
    except TableeError as error:
        return Finding("failed", f"its address is unknown: {error.detail}", error.hint)
    if not found.ready:
        mend = "A roll-out may be under way: try again in a minute; else look at the API's log."
        return Finding("failed", f"{situation.platform.api.url}: {found.reason}", mend)
    return ok(f"{situation.platform.api.url} is ready")


def champions_served(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        models = situation.platform.controller.models.list()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    champions = [model for model in models if model.champion is not None]
    if not champions:
        mend = "`tablee train --data NAME --target COLUMN`, or `make demo`."
        return Finding("warning", "there is no champion yet", mend)
    behind = [f"{model.name} {model.champion}" for model in champions if model.serving != model.champion]
    if behind:
        return Finding(
            "failed", f"not served: {', '.join(behind)}", "See the next check; `tablee models NAME` shows more."
        )
    return ok("served: " + ", ".join(f"{model.name} {model.champion}" for model in champions))


def rollout_in_sync(situation: Situation) -> Finding:
    if situation.platform is None:
        return Finding("skipped", "nothing runs")
    try:
        rollout = situation.platform.controller.rollout.status()
    except TableeError as error:
        return Finding("failed", error.detail, error.hint)
    if rollout.state == "in_sync":
        return ok("the API serves what the registry says")
    if rollout.state == "rolling":
        return Finding("warning", rollout.reason or "under way", "Wait a minute.")
    mend = "`tablee models NAME` shows which version failed; `tablee promote NAME VERSION` takes another."
    return Finding("failed", rollout.reason or rollout.state, mend)
