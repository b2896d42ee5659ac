"""`tablee models`, `tablee promote`, `tablee rollback`."""

from __future__ import annotations

import getpass
import time
from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.errors import ModelNotFound, ModelNotReady, NotRunning
from tablee_cli.client import Json, part
from tablee_cli.options import Commands
from tablee_cli.session import Session
from tablee_cli.tables import moment, stacked, table, written

SERVED_SECONDS = 180.0
POLL_SECONDS = 0.5

Name = Annotated[str, typer.Argument(help="Name of the model.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the model's history.")]
Wait = Annotated[bool, typer.Option("--wait", help="Stay until the API serves it.")]


def register(app: Commands) -> None:
    app.add(models)
    app.add(promote)
    app.add(rollback)


def models(
    session: Session, name: Annotated[str | None, typer.Argument(help="Show this one with its versions.")] = None
) -> None:
    """List the models, or show the versions and promotions of one."""
    if name is None:
        answer = session.platform.controller.get("/models")
        session.show(answer, lambda: _list(answer["models"]))
    else:
        history = session.platform.model(name)
        session.show(history, lambda: _history(history))


def promote(
    session: Session,
    name: Name,
    version: Annotated[int, typer.Argument(min=1, help="Version to make the champion.")],
    reason: Reason = "",
    wait: Wait = False,
) -> None:
    """Make a version the champion; the API serves it as soon as it is proven ready."""
    body = {"version": version, "by": person(), "reason": reason}
    _moved(session, session.platform.controller.post(f"/models/{part(name)}/promote", body), wait=wait)


def rollback(session: Session, name: Name, reason: Reason = "", wait: Wait = False) -> None:
    """Go back to the champion before."""
    body = {"by": person(), "reason": reason}
    _moved(session, session.platform.controller.post(f"/models/{part(name)}/rollback", body), wait=wait)


def person() -> str:
    """Who calls the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "somebody"


def wait_until_served(session: Session, name: str, version: int, *, seconds: float = SERVED_SECONDS) -> None:
    """Return when the API answers with that version.

    :raises ModelNotReady: it will not, or not within the time; the detail says why.
    """
    deadline = time.monotonic() + seconds
    reason = "no answer"
    while time.monotonic() < deadline:
        try:
            found = session.platform.model(name)
            if found["serving"] == version and session.platform.contract(name)["version"] == version:
                return
            reason = _why(session)
        except (NotRunning, ModelNotFound, ModelNotReady) as error:  # the API is not there yet, or still the one before
            reason = error.detail
        else:
            if found["champion"] != version:
                raise ModelNotReady(
                    f"{name} version {version} is not served ({reason}); the champion is {written(found['champion'])}",
                    hint=f"`tablee models {name}` shows why.",
                )
        time.sleep(POLL_SECONDS)
    raise ModelNotReady(
        f"{name} version {version} is not served after {seconds:g} s: {reason}",
        hint=f"`tablee models {name}` and `tablee doctor` show why.",
    )


def _why(session: Session) -> str:
    rollout = session.platform.controller.get("/rollout")
    return rollout.get("reason") or f"the roll-out is {rollout['state']}"


def _moved(session: Session, record: Json, *, wait: bool) -> None:
    name, version = record["model"], record["version"]
    if wait:
        wait_until_served(session, name, version)
    what = "and served" if wait else "now; the API follows"
    session.show(
        record, lambda: f"{name} version {version} is the champion {what} (before: {written(record['previous'])})"
    )


def _list(found: list[Json]) -> RenderableType:
    rows = [
        (each["name"], each["champion"], each["serving"], each["versions"], moment(each["updated"])) for each in found
    ]
    return table(("model", "champion", "served", "versions", "changed"), rows)


def _history(answer: Json) -> RenderableType:
    versions = [
        (
            each["version"],
            ", ".join(each["aliases"]),
            each["algorithm"],
            each["dataset"],
            _holdout(each),
            each["rollout"],
            (each["verdict"] or {}).get("reason"),
            moment(each["created"]),
        )
        for each in answer["versions"]
    ]
    promotions = [
        (each["epoch"], each["version"], each["previous"], each["kind"], each["by"], each["reason"], moment(each["at"]))
        for each in answer["promotions"]
    ]
    head = f"{answer['name']}: champion {written(answer['champion'])}, served {written(answer['serving'])}"
    return stacked(
        head,
        table(("version", "alias", "algorithm", "data set", "hold-out", "roll-out", "verdict", "made"), versions),
        table(("#", "champion", "before", "how", "by", "why", "when"), promotions, title="Promotions"),
    )


def _holdout(version: Json) -> str | None:
    """The metric the gate went by, else the first."""
    metrics = version["holdout"] or {}
    name = (version["verdict"] or {}).get("metric") or next(iter(metrics), None)
    return f"{name} {written(metrics[name])}" if name in metrics else None
