"""The data set that is bundled with `tablee demo`."""

from __future__ import annotations

from importlib import resources

from repository import PENGUINS

from tablee_cli.commands.demo import DATA


def test_the_bundled_file_is_the_one_of_the_repository() -> None:
    bundled = resources.files("tablee_cli").joinpath(DATA)
    assert bundled.read_bytes() == PENGUINS.read_bytes()
