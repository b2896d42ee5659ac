"""The choice of the language of a page."""

from __future__ import annotations

import pytest

from tablee_ui.frame.language import choose


@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [
        (("fr", "en", "en-US"), "fr"),
        ((None, "en", "fr-FR"), "en"),
        ((None, None, "fr-CA"), "fr"),
        (("de", None, "FR_be"), "fr"),
        (("", None, "pt-BR"), "en"),
        ((None, None, None), "en"),
    ],
)
def test_the_first_wish_that_can_be_met(wishes: tuple[str | None, ...], spoken: str) -> None:
    assert choose(*wishes, default="en") == spoken
