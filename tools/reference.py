"""Writes what code already knows: docs/errors.md, docs/settings.md, docs/metrics.md.

python tools/reference.py            writes them
python tools/reference.py --check    fails if one is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from generated import refresh
from prometheus_client.metrics import MetricWrapperBase
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tablee import metrics
from tablee.errors import TableeError, tree
from tablee.i18n.message import english
from tablee.settings import Settings, variable_name
from tablee_api.settings import ApiSettings
from tablee_controller.settings import ControllerSettings
from tablee_score.settings import ScoreSettings
from tablee_train.settings import TrainSettings
from tablee_ui.settings import UiSettings

DOCS = Path(__file__).parents[1] / "docs"
PROCESSES: dict[str, type[BaseModel]] = {
    "API (`python -m tablee_api`)": ApiSettings,
    "Controller (`python -m tablee_controller`)": ControllerSettings,
    "Training (`python -m tablee_train`)": TrainSettings,
    "Scoring (`python -m tablee_score`)": ScoreSettings,
    "UI (`python -m tablee_ui`)": UiSettings,
}


def errors() -> str:
    rows = [(f"`{cls.code}`", str(cls.status), cls.usual_hint(english())) for cls in tree(TableeError)]
    return (
        "# Error codes\n\n"
        "Every service answers an error with problem JSON (RFC 9457): `type`, `title`, `status`, `detail`, `code`, "
        "`hint`, `reason` with its `facts` (the same as `detail`, for clients that say it in another language) and "
        "`request_id`.\n`invalid_rows` adds `errors` (row, column, value, expected; the first 20) and "
        "`error_count`; `invalid_table` adds `line`, `column`, `value`, `expected` where they are known.\n"
        "503 answers carry `Retry-After`. The command line prints detail and hint and, with `--json`, the whole.\n\n"
        + table(("code", "status", "what to do next"), rows)
    )


def settings() -> str:
    parts = [
        "# Settings\n\nEvery process reads its settings from environment variables when it starts. `__` goes one level "
        "down. A `TABLEE_` variable that the process does not know is an error, so that a misspelt one cannot be "
        "ignored in silence.\n\n`tablee up` sets them for the local stack. Of what its own environment has, "
        "`TABLEE_LOG__*` reaches every process, `TABLEE_UI__NAME` the UI as `TABLEE_NAME`, and all else the "
        "controller.\n\n## Every process\n\n" + table(("variable", "default", "what it is"), list(variables(Settings)))
    ]
    for title, cls in PROCESSES.items():
        shared = set(Settings.model_fields) if issubclass(cls, Settings) else set()
        rows = list(variables(cls, skip=shared))
        parts.append(f"## {title}\n\n" + table(("variable", "default", "what it is"), rows))
    return "\n".join(parts)


def variables(
    cls: type[BaseModel], path: tuple[str, ...] = (), skip: set[str] = frozenset()
) -> Iterator[tuple[str, str, str]]:  # type: ignore[assignment]
    """Name, default and description of every variable a settings class reads, nested ones included."""
    for name, field in cls.model_fields.items():
        if name in skip and not path:
            continue
        if (section := nested(field)) is not None:
            yield from variables(section, (*path, name))
        else:
            yield f"`{variable_name((*path, name))}`", default(field), " ".join((field.description or "").split())


def nested(field: FieldInfo) -> type[BaseModel] | None:
    candidates = [field.annotation, *get_args(field.annotation)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True) if not field.is_required() else PydanticUndefined
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ("", (), {}) or isinstance(value, SecretStr):
        return "–"
    return f"`{value}`"


def metric_page() -> str:
    rows = []
    for metric in metrics_declared():
        described = next(iter(metric.describe()))
        name = described.name + ("_total" if described.type == "counter" else "")
        labels = ", ".join(getattr(metric, "_labelnames", ())) or "–"
        rows.append((f"`{name}`", described.type, labels, described.documentation))
    return (
        "# Metrics\n\nEvery service of ours serves `/metrics`. Request metrics carry the names of KServe's and "
        "MLServer's, so that their dashboards work unchanged; all others begin with `tablee_`.\n\n"
        + table(("metric", "type", "labels", "what it counts"), rows)
    )


def metrics_declared() -> list[Any]:
    return [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


PAGES = {"errors.md": errors, "settings.md": settings, "metrics.md": metric_page}


def main() -> int:
    return refresh({DOCS / name: write for name, write in PAGES.items()})


if __name__ == "__main__":
    sys.exit(main())
