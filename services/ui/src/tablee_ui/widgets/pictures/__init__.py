"""The platform's mark: people around a table."""

from __future__ import annotations

from importlib.resources import files


def mark() -> str:
    """The mark alone, as SVG."""
    return _svg("mark")


def name() -> str:
    """The mark with the name beside it, as SVG."""
    return _svg("name")


def _svg(picture: str) -> str:
    return files(__package__).joinpath(f"{picture}.svg").read_text("utf-8")
