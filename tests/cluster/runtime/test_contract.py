"""The runtime of a Kubernetes release keeps the contract, with the rights that the chart gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contracts.runtime import RuntimeContract


class TestKubernetes(RuntimeContract):
    """`KubernetesRuntime`."""

    @pytest.fixture(autouse=True)
    def _from_here(self, place: Any, reachable: Callable[[Any], None]) -> None:
        reachable(place)
