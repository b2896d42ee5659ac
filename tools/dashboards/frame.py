"""The parts that all dashboards share: data source, choice of the release, links to the other dashboards."""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard

from dashboards.panels import SOURCE, AnyPanel

Board = builders.Dashboard
Rows = Sequence[tuple[str, Sequence[AnyPanel]]]
"""Titles, each with the panels below it."""


def framed(title: str, uid: str, says: str, rows: Rows, *, models: bool = False) -> Board:
    """A dashboard. Panels have ids from 1 upwards, so that links to them are stable while their order is."""
    board = (
        Board(f"Tablée / {title}")
        .uid(uid)
        .description(says)
        .tags(["tablee"])
        .refresh("30s")
        .time("now-3h", "now")
        .timezone("browser")
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .link(
            builders.DashboardLink("Tablée")
            .type(dashboard.DashboardLinkType.DASHBOARDS)
            .tags(["tablee"])
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(builders.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_labels("namespace", "Namespace", 'label_values(up{job=~"tablee-.+"}, namespace)'))
        .with_variable(
            _labels("release", "Release", 'label_values(up{job=~"tablee-.+", namespace="$namespace"}, release)')
        )
    )
    if models:
        query = 'label_values(tablee_model_info{namespace="$namespace", release="$release"}, model_name)'
        board = board.with_variable(_labels("model", "Model", query).include_all(True).all_value(".*").multi(True))
    number = 0
    for heading, panels in rows:
        number += 1
        board = board.with_row(builders.Row(heading).id(number))
        for panel in panels:
            number += 1
            board = board.with_panel(panel.id(number))
    return board


def _labels(name: str, label: str, query: str) -> builders.QueryVariable:
    return (
        builders.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )
