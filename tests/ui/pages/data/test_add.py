"""The name of a data set, from the name of its file."""

from __future__ import annotations

import pytest

from tablee_ui.pages.data.add import name_for


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Ventes été 2024.csv", "ventes-ete-2024"),
        ("a" * 80 + ".csv", "a" * 63),
        ("日本.csv", "data"),
        ("-_.csv", "data"),
    ],
)
def test_a_file_names_its_data_set(filename: str, name: str) -> None:
    assert name_for(filename) == name
