"""Date formats in letters."""

from __future__ import annotations

import pytest

from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest
from tablee.i18n import LANGUAGES, Language, Translator
from tablee.tables.cells.date_words import check_year, directives


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("jj/mm/aaaa", "%d/%m/%Y"),
        ("dd/mm/yyyy", "%d/%m/%Y"),
        ("DD.MM.YY", "%d.%m.%y"),
        ("yyyy-mm-dd", "%Y-%m-%d"),
        ("aaaa-mm-jjThh:mm:ss", "%Y-%m-%dT%H:%M:%S"),
        ("m/d/yyyy hh:mm", "%m/%d/%Y %H:%M"),
        ("hh:mm jj/mm/aa", "%H:%M %d/%m/%y"),
        ("j mmmm aaaa", "%d %B %Y"),
        ("dd-mmm-yy", "%d-%b-%y"),
        ("%d/%m/%Y", "%d/%m/%Y"),
        ("%d mm yyyy", "%d mm yyyy"),
        ("day/date/year", "day/date/year"),
        ("jj.mm.aaaa hhhmm", "%d.%m.%Y %Hh%M"),
        ("", ""),
    ],
)
def test_letters_stand_for_directives(written: str, pattern: str) -> None:
    assert directives(written) == pattern
    assert Corrections(dates={"x": written}).dates == {"x": pattern}


@pytest.mark.parametrize("pattern", ["", "day/date/year", "%d mm yyyy", "%d/%m", "%H:%M"])
def test_a_format_without_a_year_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest, match="no format of dates: it has no year") as caught:
        check_year(pattern)
    assert "dd/mm/yyyy" in caught.value.hint


def test_a_whole_format_is_taken() -> None:
    for pattern in ("%d/%m/%y", "%B %d, %Y", "%d%b%Y:%H:%M:%S", "%Y"):
        check_year(pattern)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "pattern", ["%d/%m/%Y", "%Y-%m-%dT%H:%M:%S%.f", "%m/%d/%y %H:%M", "%d %B %Y", "%d.%m.%Y %Hh%M"]
)
def test_a_format_is_taken_as_sentences_name_it(pattern: str, language: Language) -> None:
    assert directives(Translator(language).date_format(pattern)) == pattern
