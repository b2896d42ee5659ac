"""A real Prometheus in the cluster, asked from here through a port-forward."""

from __future__ import annotations

import math
from typing import Any

import httpx


class Prometheus:
    """The HTTP interface of a Prometheus."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def ask(self, expression: str) -> list[Any]:
        """The series an expression has at this moment; those that are not a number are left out."""
        answer = self._get("/api/v1/query", query=expression)
        if answer["resultType"] == "scalar":
            return [answer["result"]]
        return [series for series in answer["result"] if not math.isnan(float(series["value"][1]))]

    def targets(self) -> list[Any]:
        """Everything that is scraped."""
        return list(self._get("/api/v1/targets", state="active")["activeTargets"])

    def rules(self) -> list[Any]:
        """Every rule that is loaded."""
        return [rule for group in self._get("/api/v1/rules")["groups"] for rule in group["rules"]]

    def _get(self, path: str, **parameters: str) -> Any:
        answer = self._http.get(path, params=parameters)
        assert answer.is_success, f"{parameters}: {answer.text}"
        return answer.json()["data"]
