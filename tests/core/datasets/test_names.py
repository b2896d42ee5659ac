"""Names of data sets."""

from __future__ import annotations

import pytest

from tablee.datasets.names import checked_name, proposed_name


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("Ventes été 2024.csv", "ventes-ete-2024"),
        ("clients_fr.csv", "clients_fr"),
        ("data/Mes Clients.csv.gz", "mes-clients"),
        ("C:\\data\\Clients.ZIP", "clients"),
        ("ventes.2024.csv", "ventes-2024"),
        ("clients", "clients"),
        ("_a_" + "b" * 80 + ".csv", "a_" + "b" * 61),
    ],
)
def test_a_file_names_its_data_set(filename: str, name: str) -> None:
    assert proposed_name(filename) == name
    assert checked_name(name) == name


@pytest.mark.parametrize("filename", ["日本.csv", "-_.csv", ""])
def test_a_file_without_letters_names_none(filename: str) -> None:
    assert proposed_name(filename) == ""
