"""Checks of the components of the local stack."""

from __future__ import annotations

from collections.abc import Callable

from tablee_cli.diagnosis.check import Finding, Situation, ok, text


def started(situation: Situation) -> Finding:
    if situation.running:
        return ok("started", home=str(situation.home.root))
    return Finding("failed", text("not_started", home=str(situation.home.root)), "`tablee up`")


def component(name: str) -> Callable[[Situation], Finding]:
    def look(situation: Situation) -> Finding:
        found = situation.condition(name)
        match found.state:
            case "ready":
                return ok("answers", url=found.url)
            case "stopped":
                mend = "`tablee up`" if situation.running else ""
                return Finding("failed" if situation.running else "skipped", found.reason, mend)
            case "gone":
                return Finding("failed", found.reason, text("gone_mend", log=found.log))
            case _:
                return Finding("failed", found.reason, text("not_ready_mend", log=found.log))

    return look
