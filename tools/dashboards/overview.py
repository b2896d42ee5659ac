"""Whether predictions are served, by which version since when, the service levels, and what is up."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from dashboards.frame import Board, framed
from dashboards.panels import Query, graph, number, rows, states
from dashboards.queries import API, HERE, PREDICTIONS, RECORDED_PREDICTIONS, RECORDED_SLOW, rate, recorded_errors

UP = {"0": ("down", "red"), "1": ("up", "green")}


def board() -> Board:
    return framed(
        "Overview",
        "tablee-overview",
        "Whether predictions are served, by which version since when, the service levels, and what is up.",
        [
            (
                "Is it serving?",
                [
                    number(
                        "API pods",
                        "Pods of the API that answer.",
                        f"sum(up{{{API}}})",
                        unit=units.Short,
                        limits=((None, "red"), (1, "green")),
                    ),
                    number(
                        "Predictions",
                        "Valid prediction requests a second, over five minutes.",
                        f"sum({RECORDED_PREDICTIONS})",
                        unit=units.RequestsPerSecond,
                    ),
                    number(
                        "Errors",
                        "Share of the valid predictions of an hour that ended with a server error; 0.5 % is allowed.",
                        recorded_errors("1h"),
                        unit=units.PercentUnit,
                        limits=((None, "green"), (0.005, "orange"), (0.03, "red")),
                    ),
                    number(
                        "Later than 250 ms",
                        "Share of the predictions that took longer, over five minutes; 5 % is allowed.",
                        f"max({RECORDED_SLOW})",
                        unit=units.PercentUnit,
                        limits=((None, "green"), (0.05, "orange"), (0.2, "red")),
                    ),
                    number(
                        "Champion waits",
                        "Since when the champion of the registry has not been what serves; 0 when it is.",
                        f"max(tablee_serving_version_lag_seconds{{{HERE}}})",
                        unit=units.Seconds,
                        limits=((None, "green"), (300, "orange"), (900, "red")),
                    ),
                    number(
                        "Alerts",
                        "Alerts of this release that fire now.",
                        f'sum(ALERTS{{{HERE}, alertname=~"Tablee.+", alertstate="firing"}}) or vector(0)',
                        unit=units.Short,
                        limits=((None, "green"), (1, "red")),
                    ),
                ],
            ),
            (
                "What serves?",
                [
                    rows(
                        "Versions",
                        "Model versions that serve: on how many pods, and since when the oldest of these has run.",
                        Query(
                            "count by (model_name, model_version, algorithm, problem_type) "
                            f"(tablee_model_info{{{HERE}}})"
                        ),
                        Query(
                            "1000 * min by (model_name, model_version, algorithm, problem_type) (tablee_model_info"
                            f"{{{HERE}}} * on (namespace, pod) group_left () process_start_time_seconds{{{API}}})"
                        ),
                        columns={
                            "model_name": {"title": "Model"},
                            "model_version": {"title": "Version"},
                            "algorithm": {"title": "Algorithm"},
                            "problem_type": {"title": "Problem"},
                            "Value #A": {"title": "Pods"},
                            "Value #B": {"title": "Oldest pod", "unit": units.DateTimeFromNow},
                        },
                        width=10,
                    ),
                    graph(
                        "Pods by version",
                        "How a roll-out goes: pods of the new version join, those of the old one leave.",
                        Query(
                            f"count by (model_name, model_version) (tablee_model_info{{{HERE}}})",
                            "{{model_name}} {{model_version}}",
                        ),
                        unit=units.Short,
                        width=7,
                        stacked=True,
                    ),
                    states(
                        "Roll-out",
                        "The state the controller is in.",
                        Query(f"max by (state) (tablee_rollout_state{{{HERE}}})", "{{state}}"),
                        {"0": (" ", "transparent"), "1": ("so", "blue")},
                        width=7,
                    ),
                ],
            ),
            (
                "Does it keep its promises?",
                [
                    graph(
                        "Predictions by version",
                        "Predictions answered a second.",
                        Query(
                            rate("model_infer_request_success_total", HERE, "model_name", "model_version"),
                            "{{model_name}} {{model_version}}",
                        ),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                    ),
                    graph(
                        "Answers to predictions",
                        "By status: 2xx predictions, 4xx what could not be understood, 5xx what was our fault.",
                        Query(rate("rest_server_requests_total", PREDICTIONS, "status_code"), "{{status_code}}"),
                        unit=units.RequestsPerSecond,
                        stacked=True,
                    ),
                    graph(
                        "Error budget spent, times faster than allowed",
                        "1 spends the budget of 30 days in 30 days; alerts begin at 14.4 (1 h), 6 (6 h), 3 (1 d) and "
                        "1 (3 d).",
                        Query(f"{recorded_errors('1h')} / 0.005", "1 h"),
                        Query(f"{recorded_errors('6h')} / 0.005", "6 h"),
                        Query(f"{recorded_errors('3d')} / 0.005", "3 d"),
                        unit=units.Short,
                    ),
                ],
            ),
            (
                "Is everything up?",
                [
                    states(
                        "Services",
                        "Up while one pod answers.",
                        Query(f"max by (job) (up{{{HERE}}})", "{{job}}"),
                        UP,
                        width=24,
                    ),
                ],
            ),
        ],
    )
