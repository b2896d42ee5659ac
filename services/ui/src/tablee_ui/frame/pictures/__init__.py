"""The platform's logo as SVG: people around a table."""

from __future__ import annotations

from importlib.resources import files


def mark() -> str:
    """The symbol only."""
    return _svg("mark")


def name() -> str:
    """The symbol with the platform's name next to it."""
    return _svg("name")


def _svg(picture: str) -> str:
    return files(__package__).joinpath(f"{picture}.svg").read_text("utf-8")
