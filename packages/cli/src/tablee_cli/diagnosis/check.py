"""A check, its outcome, and the situation that it examines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tablee.errors import TableeError
from tablee.i18n.message import Message
from tablee.i18n.translator import Translator
from tablee_cli.stack.components.component import Reason
from tablee_cli.stack.home import Home
from tablee_cli.stack.plan import KINDS
from tablee_cli.stack.status import Condition, conditions
from tablee_client import Platform

STACK = tuple(kind.name for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    state: Literal["ok", "failed", "warning", "skipped"]
    detail: Reason
    mend: Reason | Advice = ""
    """What the user can do about it, often a command; empty if nothing."""


def ok(key: str, **facts: Any) -> Finding:
    """The outcome of a check that found no fault.

    :param key: of a text below `check`, which shows the facts.
    """
    return Finding("ok", text(key, **facts))


def failed(error: TableeError) -> Finding:
    """The outcome of a check that found an error, with what the error advises."""
    return Finding("failed", error, Advice(error))


def text(key: str, **facts: Any) -> Message:
    """A text of the command's catalogue below `check`."""
    return Message(f"check.{key}", facts)


@dataclass(frozen=True, slots=True)
class Advice:
    """What an error advises, as a sentence that waits for its language."""

    error: TableeError

    def said(self, translator: Translator) -> str:
        return self.error.advised(translator)


@dataclass
class Situation:
    """What the checks examine. `platform` is None if no address is known."""

    home: Home
    local: bool
    """Whether it is the stack of this machine, and not a platform at `--url`."""
    platform: Platform | None
    _conditions: dict[str, Condition] = field(default_factory=dict)

    def condition(self, name: str) -> Condition:
        if not self._conditions:
            self._conditions = {condition.name: condition for condition in conditions(self.home)}
        return self._conditions[name]

    @property
    def running(self) -> bool:
        return any(self.condition(name).state != "stopped" for name in STACK)


@dataclass(frozen=True, slots=True)
class Check:
    """A check. docs/troubleshooting.md explains it under the same id."""

    id: str
    """Also the key below `check_question` of what it asks."""
    look: Callable[[Situation], Finding]
    local: bool = True
    """Whether it concerns this machine. Such a check is left out for a platform at `--url`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A check with its outcome, as `tablee doctor` shows it."""

    id: str
    question: str
    state: str
    detail: str
    mend: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
