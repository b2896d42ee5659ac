"""Colours and layout: Streamlit's theme options, and the same colours for charts."""

from __future__ import annotations

from typing import Any, Final

ACCENT: Final = "#0f766e"
"""Buttons, bars, contributions in favour of an answer."""
AGAINST: Final = "#c2570c"
"""Contributions against an answer. Colour-blind people, too, can tell it from the accent."""
QUIET: Final = "#94a3b8"
"""The less important parts of a chart."""
LABEL: Final = "#64748b"
"""Texts in a chart; readable on a light and on a dark background."""

_LIGHT: Final = {
    "primaryColor": ACCENT,
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f4f6f5",
    "textColor": "#1e293b",
    "linkColor": ACCENT,
    "borderColor": "#dfe5e2",
    "greenColor": ACCENT,
    "orangeColor": AGAINST,
}
_DARK: Final = {
    "primaryColor": "#14b8a6",
    "backgroundColor": "#101817",
    "secondaryBackgroundColor": "#182221",
    "textColor": "#e2e8f0",
    "linkColor": "#2dd4bf",
    "borderColor": "#2b3836",
}
_LAYOUT: Final[dict[str, Any]] = {
    "baseRadius": "0.5rem",
    "showWidgetBorder": True,
    "linkUnderline": False,
    "headingFontSizes": ["1.9rem", "1.35rem", "1.15rem", "1.05rem", "1rem", "1rem"],
    "headingFontWeights": [650, 600, 600, 600, 600, 600],
    "paddingTop": "3rem",
    "metricValueFontSize": "1.5rem",
    "chartCategoricalColors": [ACCENT, "#2563eb", AGAINST, "#7c3aed", "#b45309", "#be185d", "#4d7c0f", "#475569"],
}


def options() -> dict[str, Any]:
    """Streamlit's `theme.*` options by name. The browser chooses between light and dark."""
    found = {f"theme.{name}": value for name, value in _LAYOUT.items()}
    found |= {f"theme.light.{name}": value for name, value in _LIGHT.items()}
    found |= {f"theme.dark.{name}": value for name, value in _DARK.items()}
    return found | {"theme.light.sidebar.backgroundColor": "#f4f6f5", "theme.dark.sidebar.backgroundColor": "#0c1312"}
