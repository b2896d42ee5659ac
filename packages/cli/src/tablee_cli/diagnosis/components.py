"""Checks of the components of the local stack."""

from __future__ import annotations

from collections.abc import Callable

from tablee_cli.diagnosis.check import Finding, Situation, ok


def started(situation: Situation) -> Finding:
    if situation.running:
        return ok(f"started in {situation.home.root}")
    return Finding("failed", f"no stack was started in {situation.home.root}", "`tablee up`")


def component(name: str) -> Callable[[Situation], Finding]:
    def look(situation: Situation) -> Finding:
        found = situation.condition(name)
        match found.state:
            case "ready":
                return ok(f"{found.url} answers")
            case "stopped":
                mend = "`tablee up`" if situation.running else ""
                return Finding("failed" if situation.running else "skipped", "it was not started", mend)
            case "gone":
                return Finding("failed", found.reason, f"`tablee up` starts it again; why it ended: `tail {found.log}`")
            case _:
                mend = f"Wait a minute; then `tail {found.log}`, and `tablee down && tablee up`."
                return Finding("failed", found.reason, mend)

    return look
