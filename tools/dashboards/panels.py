"""Panels: one function for each kind, so that all panels of a kind look the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from grafana_foundation_sdk.builders import common as options
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = dashboard.DataSourceRef(type_val="prometheus", uid="${datasource}")

HEIGHT = 8
LOW = 4

Limits = tuple[tuple[float | None, str], ...]
"""Thresholds of colours; the first has no value and is the colour below all others."""

GOOD: Limits = ((None, "green"),)
PLAIN: Limits = ((None, "text"),)

AnyPanel = stat.Panel | timeseries.Panel | statetimeline.Panel | table.Panel
P = TypeVar("P", stat.Panel, timeseries.Panel, statetimeline.Panel, table.Panel)


@dataclass(frozen=True)
class Query:
    """An expression and the legend of its series."""

    expr: str
    legend: str = ""


def number(
    title: str, says: str, expr: str, *, unit: str, limits: Limits = PLAIN, width: int = 4, legend: str = ""
) -> stat.Panel:
    """A panel with the newest value in large digits."""
    panel = _framed(stat.Panel(), title, says, unit, width, LOW)
    return (
        panel.with_target(_target(Query(expr, legend), 0).instant())
        .reduce_options(options.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(common.BigValueGraphMode.NONE)
        .color_mode(common.BigValueColorMode.VALUE)
        .thresholds(_limits(limits))
        .no_value("–")
    )


def graph(
    title: str,
    says: str,
    *queries: Query,
    unit: str,
    width: int = 8,
    stacked: bool = False,
    most: float | None = None,
    style: Literal["line", "bars"] = "line",
) -> timeseries.Panel:
    """A panel with series over time; its axis begins at 0."""
    panel = _framed(timeseries.Panel(), title, says, unit, width, HEIGHT)
    for index, query in enumerate(queries):
        panel = panel.with_target(_target(query, index))
    bars = style == "bars"
    panel = (
        panel.min(0)
        .draw_style(common.GraphDrawStyle.BARS if bars else common.GraphDrawStyle.LINE)
        .line_width(1)
        .fill_opacity(60 if bars else 30 if stacked else 8)
        .show_points(common.VisibilityMode.NEVER)
        .legend(
            options.VizLegendOptions()
            .show_legend(True)
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
        )
        .tooltip(options.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING))
    )
    if stacked:
        panel = panel.stacking(options.StackingConfig().mode(common.StackingMode.NORMAL))
    return panel if most is None else panel.max(most)


def states(title: str, says: str, query: Query, words: dict[str, tuple[str, str]], *, width: int = 12) -> AnyPanel:
    """A panel with one band for each series; `words` maps a value to its text and colour."""
    mapping = dashboard.ValueMap(
        options={
            value: dashboard.ValueMappingResult(text=text, color=colour, index=index)
            for index, (value, (text, colour)) in enumerate(words.items())
        }
    )
    panel = _framed(statetimeline.Panel(), title, says, "none", width, HEIGHT)
    return (
        panel.with_target(_target(query, 0))
        .mappings([mapping])
        .show_value(common.VisibilityMode.NEVER)
        .merge_values(True)
        .color_scheme(builders.FieldColor().mode(dashboard.FieldColorModeId.THRESHOLDS))
        .thresholds(_limits(PLAIN))
    )


def rows(title: str, says: str, *queries: Query, columns: dict[str, dict[str, Any]], width: int = 12) -> table.Panel:
    """A table of the newest values, joined over their labels.

    :param columns: what is shown, in this order: the field's name, and title and unit of its column.
    """
    panel = _framed(table.Panel(), title, says, "none", width, HEIGHT)
    for index, query in enumerate(queries):
        panel = panel.with_target(_target(query, index).instant().format(PromQueryFormat.TABLE))
    panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="merge", options={}))
    order = {name: index for index, name in enumerate(columns)}
    shown = {"include": {"names": list(columns)}}
    panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="filterFieldsByName", options=shown))
    organised = {"indexByName": order, "renameByName": {name: column["title"] for name, column in columns.items()}}
    panel = panel.with_transformation(dashboard.DataTransformerConfig(id_val="organize", options=organised))
    for column in columns.values():
        if "unit" in column:
            unit = dashboard.DynamicConfigValue(id_val="unit", value=column["unit"])
            panel = panel.override_by_name(column["title"], [unit])
    return panel


def _framed(panel: P, title: str, says: str, unit: str, width: int, height: int) -> P:
    return panel.title(title).description(says).datasource(SOURCE).unit(unit).span(width).height(height)


def _target(query: Query, index: int) -> prometheus.Dataquery:
    target = prometheus.Dataquery().expr(query.expr).datasource(SOURCE).ref_id("ABCDEFGH"[index]).range()
    return target.legend_format(query.legend) if query.legend else target


def _limits(limits: Limits) -> builders.ThresholdsConfig:
    steps = [dashboard.Threshold(value=value, color=colour) for value, colour in limits]
    return builders.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
