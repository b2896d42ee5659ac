"""Checks of a running platform, local or at a URL: controller, API, champions and roll-out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from tablee.errors import TableeError
from tablee_cli.diagnosis.check import Finding, Situation, ok
from tablee_client import Platform


def platform_check(look: Callable[[Platform], Finding]) -> Callable[[Situation], Finding]:
    """A check of the platform: skipped if no address is known, failed if a service answers with an error."""

    @wraps(look)
    def check(situation: Situation) -> Finding:
        if situation.platform is None:
            return Finding("skipped", "nothing runs")
        try:
            return look(situation.platform)
        except TableeError as error:
            return Finding("failed", error.detail, error.hint)

    return check


@platform_check
def controller_reached(platform: Platform) -> Finding:
    about = platform.controller.platform()
    found = platform.controller.ready()
    if not found.ready:
        mend = "Look at the checks above, and at its log."
        return Finding("failed", f"the controller is not ready: {found.reason}", mend)
    return ok(f"{platform.controller.url}, version {about.version}")


@platform_check
def api_reached(platform: Platform) -> Finding:
    try:
        api = platform.api
    except TableeError as error:
        return Finding("failed", f"its address is unknown: {error.detail}", error.hint)
    found = api.ready()
    if not found.ready:
        mend = "A roll-out may be under way: try again in a minute; else look at the API's log."
        return Finding("failed", f"{api.url}: {found.reason}", mend)
    return ok(f"{api.url} is ready")


@platform_check
def champions_served(platform: Platform) -> Finding:
    rollout = platform.controller.rollout.status()
    models = platform.controller.models.list()
    champions = [model for model in models if model.champion is not None]
    if not champions:
        mend = "`tablee train --data NAME --target COLUMN`, or `make demo`."
        return Finding("warning", "there is no champion yet", mend)
    behind = [model for model in champions if model.serving != model.champion]
    named = ", ".join(f"{model.name} {model.champion}" for model in behind or champions)
    if not behind:
        return ok(f"served: {named}")
    chosen_since = all(rollout.wanted.get(model.name) != model.champion for model in behind)
    if rollout.state == "rolling" or (rollout.state == "in_sync" and chosen_since):
        return Finding("warning", f"not served yet: {named}", "It is rolled out now: wait a minute.")
    return Finding("failed", f"not served: {named}", "See the next check; `tablee models NAME` shows more.")


@platform_check
def rollout_in_sync(platform: Platform) -> Finding:
    rollout = platform.controller.rollout.status()
    if rollout.state == "in_sync":
        return ok("the API serves what the registry says")
    if rollout.state == "rolling":
        return Finding("warning", rollout.reason or "under way", "Wait a minute.")
    mend = "`tablee models NAME` shows which version failed; `tablee promote NAME VERSION` takes another."
    return Finding("failed", rollout.reason or rollout.state, mend)
