"""The H2O cluster of the stack."""

from __future__ import annotations

from tablee_cli.stack.components.h2o import heap_for

GIB = 1 << 30


def test_the_heap_depends_on_the_memory_of_the_machine() -> None:
    assert [heap_for(machine * GIB) for machine in (4, 12, 64)] == ["1024m", "1536m", "2048m"]
