"""HTML and SVG as trees of elements: what is a text is escaped by the one who writes the tree, the standard library."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Child = Element | str | None

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Element:
    """An element; `class_` and `aria_label` become `class` and `aria-label`, None stands for nothing."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    element = Element(name, {key: shown(value) for key, value in given.items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, str):
            text = _UNSEEN.sub("\ufffd", child)
            if last is None:
                element.text = (element.text or "") + text
            else:
                last.tail = (last.tail or "") + text
        elif child is not None:
            element.append(child)
            last = child
    return element


def shown(value: str | float) -> str:
    """An attribute's value; numbers with at most two decimals."""
    return _UNSEEN.sub("\ufffd", value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def document(root: Element) -> str:
    return "<!doctype html>\n" + ElementTree.tostring(root, encoding="unicode", method="html") + "\n"
