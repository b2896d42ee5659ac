"""Checks of a running platform, local or at a URL: controller, API, champions and roll-out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from tablee.errors import TableeError
from tablee.i18n.message import Message
from tablee_cli.diagnosis.check import Advice, Finding, Situation, failed, ok, text
from tablee_client import Platform


def platform_check(look: Callable[[Platform], Finding]) -> Callable[[Situation], Finding]:
    """A check of the platform: skipped if no address is known, failed if a service answers with an error."""

    @wraps(look)
    def check(situation: Situation) -> Finding:
        if situation.platform is None:
            return Finding("skipped", text("nothing_runs"))
        try:
            return look(situation.platform)
        except TableeError as error:
            return failed(error)

    return check


@platform_check
def controller_reached(platform: Platform) -> Finding:
    about = platform.controller.platform()
    found = platform.controller.ready()
    if not found.ready:
        return Finding("failed", text("controller_not_ready", why=found.why), text("controller_mend"))
    return ok("controller", url=platform.controller.url, version=about.version)


@platform_check
def api_reached(platform: Platform) -> Finding:
    try:
        api = platform.api
    except TableeError as error:
        return Finding("failed", text("api_unknown", why=error), Advice(error))
    found = api.ready()
    if not found.ready:
        return Finding("failed", text("api_not_ready", url=api.url, why=found.why), text("api_mend"))
    return ok("api", url=api.url)


@platform_check
def champions_served(platform: Platform) -> Finding:
    rollout = platform.controller.rollout.status()
    models = platform.controller.models.list()
    champions = [model for model in models if model.champion is not None]
    if not champions:
        return Finding("warning", text("no_champion"), text("no_champion_mend"))
    behind = [model for model in champions if model.serving != model.champion]
    named = [f"{model.name} {model.champion}" for model in behind or champions]
    if not behind:
        return ok("served", models=named)
    chosen_since = all(rollout.wanted.get(model.name) != model.champion for model in behind)
    if rollout.state == "rolling" or (rollout.state == "in_sync" and chosen_since):
        return Finding("warning", text("not_served_yet", models=named), text("wait"))
    return Finding("failed", text("not_served", models=named), text("not_served_mend"))


@platform_check
def rollout_in_sync(platform: Platform) -> Finding:
    rollout = platform.controller.rollout.status()
    if rollout.state == "in_sync":
        return ok("in_sync")
    if rollout.state == "rolling":
        return Finding("warning", rollout.why or text("under_way"), text("wait"))
    return Finding("failed", rollout.why or Message(f"rollout_state.{rollout.state}"), text("rollout_mend"))
