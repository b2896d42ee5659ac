"""`tablee models`, `tablee promote`, `tablee rollback`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import RenderableType

from tablee.errors import ModelNotFound, ModelNotReady, NotRunning
from tablee.errors.base import Words, said_or
from tablee.http.schemas.models import ModelHistory, ModelSummary, ModelVersion
from tablee.i18n.message import Message
from tablee.i18n.translator import Translator
from tablee.models.promotion import PromotionRecord
from tablee_cli.options.shared import Commands
from tablee_cli.output.tables import moment, stacked, table, written
from tablee_cli.person import person
from tablee_cli.session import Session
from tablee_cli.texts import headings

SERVED_SECONDS = 180.0
POLL_SECONDS = 0.5
VERSIONS = ("version", "alias", "algorithm", "data_set", "holdout", "rollout", "verdict", "made")
PROMOTIONS = ("number", "champion", "before", "how", "by", "why", "when")

Name = Annotated[str, typer.Argument()]
Reason = Annotated[str, typer.Option("--reason")]
Wait = Annotated[bool, typer.Option("--wait")]


def register(app: Commands) -> None:
    app.add(models)
    app.add(promote)
    app.add(rollback)


def models(session: Session, name: Annotated[str | None, typer.Argument()] = None) -> None:
    """List the models, or show the versions and promotions of one."""
    if name is None:
        found, answer = session.request(session.platform.controller.models.list)
        session.show(answer, lambda: _list(found, session.texts))
    else:
        history, answer = session.request(lambda: session.platform.controller.models.get(name))
        session.show(answer, lambda: _history(history, session.texts))


def promote(
    session: Session,
    name: Name,
    version: Annotated[int, typer.Argument(min=1)],
    reason: Reason = "",
    wait: Wait = False,
) -> None:
    """Make a version the champion. The API serves it as soon as it is ready."""
    models = session.platform.controller.models
    _moved(session, lambda: models.promote(name, version, by=person(), reason=reason), wait=wait)


def rollback(session: Session, name: Name, reason: Reason = "", wait: Wait = False) -> None:
    """Make the previous champion the champion again."""
    models = session.platform.controller.models
    _moved(session, lambda: models.roll_back(name, by=person(), reason=reason), wait=wait)


def wait_until_served(session: Session, name: str, version: int, *, seconds: float = SERVED_SECONDS) -> None:
    """Wait until the API serves that version.

    :raises ModelNotReady: the roll-out failed, or the time limit passed; the detail gives the reason.
    """
    deadline = time.monotonic() + seconds
    reason: Words = Message("rolled_out.first_look")
    while time.monotonic() < deadline:
        try:
            found = session.platform.controller.models.get(name)
            if found.serving == version and session.platform.api.model(name).version == version:
                return
            reason = _why(session)
        except (NotRunning, ModelNotFound, ModelNotReady) as error:
            reason = error
        else:
            if found.champion != version:
                raise ModelNotReady(
                    "other_champion",
                    hint="model_history",
                    model=name,
                    version=version,
                    cause=reason,
                    champion=found.champion or Message("list.none"),
                )
        time.sleep(POLL_SECONDS)
    raise ModelNotReady(
        "not_served",
        hint="model_history_or_doctor",
        model=name,
        version=version,
        seconds=seconds,
        cause=reason,
    )


def _why(session: Session) -> str:
    rollout = session.platform.controller.rollout.status()
    return said_or(rollout.message, rollout.reason, session.texts) or session.texts(f"rollout.{rollout.state}")


def _moved(session: Session, move: Callable[[], PromotionRecord], *, wait: bool) -> None:
    """Move the champion alias, and show the promotion."""
    record, answer = session.request(move)
    if wait:
        wait_until_served(session, record.model, record.version)
    facts = {"model": record.model, "version": record.version, "before": written(record.previous, session.texts)}
    session.show(answer, lambda: session.texts("model.now_served" if wait else "model.now", **facts))


def _list(found: list[ModelSummary], texts: Translator) -> RenderableType:
    rows = [(each.name, each.champion, each.serving, each.versions, moment(each.updated)) for each in found]
    return table(headings(texts, ("model", "champion", "served", "versions", "changed")), rows, texts)


def _history(found: ModelHistory, texts: Translator) -> RenderableType:
    versions = [
        (
            each.version,
            ", ".join(each.aliases),
            each.algorithm,
            each.dataset,
            _holdout(each, texts),
            _rolled_out(each, texts),
            each.verdict.said(texts) if each.verdict else None,
            moment(each.created),
        )
        for each in found.versions
    ]
    promotions = [
        (
            each.epoch,
            each.version,
            each.previous,
            texts(f"promotion_kind.{each.kind}"),
            each.who(texts),
            each.said(texts),
            moment(each.at),
        )
        for each in found.promotions
    ]
    champion, served = written(found.champion, texts), written(found.serving, texts)
    return stacked(
        texts("model.head", name=found.name, champion=champion, served=served),
        table(headings(texts, VERSIONS), versions, texts),
        table(headings(texts, PROMOTIONS), promotions, texts, title=texts("table.promotions")),
    )


def _rolled_out(version: ModelVersion, texts: Translator) -> str | None:
    """How its last roll-out ended."""
    state, _, reason = (version.rollout or "").partition(":")
    if not state:
        return None
    return texts(f"version_rollout.{state}", why=said_or(version.rollout_message, reason.strip(), texts))


def _holdout(version: ModelVersion, texts: Translator) -> str | None:
    """The hold-out metric that the gate compared; if there is none, the first metric."""
    metrics = version.holdout or {}
    name = version.verdict.metric if version.verdict else next(iter(metrics), None)
    return f"{name} {written(metrics[name], texts)}" if name in metrics else None
