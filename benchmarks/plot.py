"""Bar charts on a logarithmic scale, as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

STYLE = {
    "svg.fonttype": "none",  # texts stay texts
    "svg.hashsalt": "tablee",  # the same figures make the same file
}
COLOUR, OTHERS = "#2f6f4f", "#9aa5a0"


def bars(path: Path, panels: Mapping[str, Mapping[str, float]], *, first: str) -> None:
    """Draw a panel for each title with a bar for each name; the bar named `first` is coloured.

    :param panels: rows a second, by title and name.
    """
    with rc_context(STYLE):  # type: ignore[arg-type]  # matplotlib lists every name it knows
        figure = Figure(figsize=(5.2 * len(panels), 3.2), layout="constrained")
        axes = figure.subplots(1, len(panels), squeeze=False)
        for axis, (title, values) in zip(axes[0], panels.items(), strict=True):
            names = sorted(values, key=values.__getitem__)
            heights = [values[name] for name in names]
            plain = [name.replace("`", "") for name in names]
            drawn = axis.barh(plain, heights, color=[COLOUR if name == first else OTHERS for name in names])
            axis.bar_label(drawn, labels=[f"{value:,.0f}" for value in heights], padding=3, fontsize=8)
            axis.set(xscale="log", title=title, xlabel="rows a second", xlim=(min(heights) / 3, max(heights) * 6))
            axis.tick_params(labelsize=8)
            axis.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", metadata={"Date": None})
