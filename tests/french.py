"""A table as French people keep them: dates, amounts and levels as texts, each in several spellings."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

DECIMAL_COMMAS = {"decimal": ","}
"""How to read a file that `rewritten` wrote for a model whose data set has decimal points."""
TOWNS = (("Paris", " PARIS", "paris "), ("Orléans", "orleans", "ORLÉANS"), ("Nîmes", "Nimes ", "nîmes"))


def french(rows: int = 400, seed: int = 7) -> pl.DataFrame:
    """`payé` follows the month, the amount and the town; no column tells it as it stands."""
    random = np.random.default_rng(seed)
    day = [date(2023, 1, 1) + timedelta(days=int(d)) for d in random.integers(0, 700, rows)]
    amount = random.lognormal(6.5, 1.0, rows).round(2)
    town = random.integers(0, 3, rows)
    age = random.integers(18, 90, rows)
    log_odds = 2.0 * (np.log(amount) - 6.5) + 1.5 * np.array([d.month in (11, 12, 1) for d in day]) - 1.2 * (town == 1)
    paid = random.random(rows) < 1 / (1 + np.exp(-log_odds))
    return pl.DataFrame(
        {
            "date de facture": [f"{d:%d/%m/%Y}" for d in day],
            "montant": ["inconnu" if i % 40 == 7 else written(value) for i, value in enumerate(amount)],
            "ville": [None if i % 25 == 3 else TOWNS[at][i % 3] for i, at in enumerate(town)],
            "âge": [float(a) for a in age],
            "payé": ["oui" if p else "non" for p in paid],
        }
    )


def written(amount: float) -> str:
    """`1 234,50 €` with a narrow no-break space, as a French office writes it."""
    return f"{amount:,.2f} €".replace(",", "\u202f").replace(".", ",")


def write(path: Path, rows: int = 400) -> Path:
    french(rows).write_csv(path)
    return path


def rewritten(path: Path) -> bytes:
    """A plain CSV as a French spreadsheet would save it: semicolons, decimal commas, CRLF, Windows-1252."""
    lines = path.read_text().replace(",", ";").replace(".", ",").replace("Adelie", "Adélie").splitlines()
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252")


def shares(answered: str, separator: str = ",", decimal: str = ".") -> list[list[float]]:
    """The probabilities in an answered CSV."""
    rows = csv.DictReader(io.StringIO(answered, newline=""), delimiter=separator)
    return [
        [float(cell.replace(decimal, ".")) for name, cell in row.items() if name.startswith("probability_")]
        for row in rows
    ]
