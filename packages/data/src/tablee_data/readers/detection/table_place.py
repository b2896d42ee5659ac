"""Where the table is among the records at the beginning of a CSV file: below a title or comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tablee.datasets.reading import Decision, Reason
from tablee_data.readers.detection.headers import all_values, are_values, has_header, is_named, is_words_row, units_rows
from tablee_data.readers.detection.notes import COMMENTS, VALUE, is_spaced, notes_at_end

MOST_TITLES = 20
"""Records that may be above one of names, and have as many cells."""
MOST_LINES = 100
"""Records above a header that are looked at."""


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where the table is among some records."""

    begin: int
    """The position of its header."""
    end: int
    """The position behind its last record."""
    width: int
    """The most frequent number of cells."""
    even: float
    """The share of its records that have so many."""
    row_names: bool = False
    """Whether the header is one cell shorter than the rows, as R writes it."""
    two_headers: bool = False
    """Whether the record below the header may be the header, too."""


def place(records: Sequence[Sequence[str]], lines: Sequence[int], *, rows: int) -> TablePlace:
    """The block of records that has the most frequent number of cells.

    :param lines: the line that each record begins on.
    :param rows: the number of records at which the sample ends: the end of the file is not among so many.
    """
    if not records:
        return TablePlace(0, 0, 0, 0.0)
    widths = [len(record) for record in records]
    wide = [width for width in widths if width > 1]
    width = max(set(wide), key=lambda each: (wide.count(each), each)) if len(wide) > 1 else 1
    found = _block(records, lines, widths, width, rows) if width > 1 else None
    if found is not None:
        return found
    begin = next((at for at, record in enumerate(records) if not _is_comment(record)), 0)
    if _comments_everywhere(records[begin:]):
        begin = 0
    width = max(set(widths), key=lambda each: (widths.count(each), each))
    return TablePlace(begin, len(records), width, widths[begin:].count(width) / max(len(widths) - begin, 1))


def _block(
    records: Sequence[Sequence[str]], lines: Sequence[int], widths: list[int], width: int, rows: int
) -> TablePlace | None:
    """The table of that width; None if too few of the records would be in it."""
    first = max(_comments_above(records, widths, width), _titles_above_blank(records))
    begin = next((at for at in range(first, len(records)) if widths[at] == width and not _is_title(records[at])), None)
    if begin is None or begin > MOST_LINES:
        return None
    row_names = False
    near = begin > 0 and lines[begin] - lines[begin - 1] == 1
    if near and _may_be_header(records[begin - 1], width) and not is_named(records[begin:]):
        row_names = widths[begin - 1] == width - 1 and _is_short_header(records[begin - 1], records[begin])
        begin -= 1
    end = len(records)
    if end < rows:
        while end > begin + 2 and widths[end - 1] == 1 and not VALUE.fullmatch(records[end - 1][0].strip()):
            end -= 1
        blank_before = [at > 0 and lines[at] - lines[at - 1] > 1 for at in range(begin, end)]
        end -= notes_at_end(records[begin:end], width, blank_before)
    titles, two_headers = 0, False
    if not row_names:
        titles, two_headers = _titles(records[begin:end], lines[begin:end], width)
        begin += titles
    inside = widths[begin:end]
    even = (inside.count(width) + row_names) / len(inside)
    if len(inside) < 2 and begin:
        return None
    skipped = begin + len(records) - end
    marked = all(_is_comment(each) or (len(each) > 1 and _is_title(each)) for each in records[:begin])
    marked = marked or titles > 0 or (begin > 0 and lines[begin] - lines[begin - 1] > 1)
    if skipped and (even < 0.5 or (2 * len(inside) < len(records) and not marked)):
        return _from_the_first(records, widths, width)
    return TablePlace(begin, end, width, even, row_names, two_headers)


def _titles(records: Sequence[Sequence[str]], lines: Sequence[int], width: int) -> tuple[int, bool]:
    """The number of titles, and whether the first two records may both be the header.

    The first one is a title if the second one is the header, and the first one has a blank behind each separator, or a
    blank line below."""
    if len(records) < 3 or not len(records[0]) == len(records[1]) == width:
        return 0, False
    if (above := names_below(records, lines)) > 0:
        return above, False
    if not is_words_row(records[1:]) or units_rows(records):
        return 0, False
    if lines[1] - lines[0] > 1 or (is_spaced(records[0]) and not is_spaced(records[1])):
        return 1, False
    both = is_words_row([records[0], *records[2:]])
    return 0, both and all(len(cell.strip()) > 1 for cell in records[1])


def names_below(records: Sequence[Sequence[str]], lines: Sequence[int]) -> int:
    """The number of records above one of names that have none themselves, such as properties of the table above a blank
    line or above names of columns that have values only, or the upper of two records of names, in which those of
    several columns stand once.

    :param lines: the line that each record begins on.
    """
    for at in range(1, min(MOST_TITLES, len(records) - 2)):
        above = records[at - 1]
        filled = sum(bool(cell.strip()) for cell in above)
        is_apart = lines[at] - lines[at - 1] > 1 or not filled
        is_upper = at == 1 and 1 < filled <= len(above) * 2 / 3 and not units_rows(records)
        if not is_words_row(records[at:]):
            continue
        if (is_apart or is_upper) and not is_words_row(records[:at]):
            return at
        if at > 1 and _are_properties(records[:at]) and all_values(records[at + 1 :], len(above)):
            return at
    return 0


def _are_properties(records: Sequence[Sequence[str]]) -> bool:
    """Whether all records begin with a word, and a value is behind some of them."""
    words = not any(not record[0].strip() or are_values([record[0]]) for record in records)
    return words and any(are_values([cell]) for record in records for cell in record[1:])


def _comments_above(records: Sequence[Sequence[str]], widths: list[int], width: int) -> int:
    """The number of comments at the beginning. The last of them is the header if it has as many cells as the rows, and
    the record below is no header."""
    count = next((at for at, record in enumerate(records) if not _is_comment(record)), 0)
    if not count or _comments_everywhere(records):
        return 0
    _, reason, sure = has_header([record for record in records[count:] if len(record) == width])
    named = sure and reason is Reason.WORDS_OVER_VALUES
    return count - 1 if widths[count - 1] == width and not named else count


def _titles_above_blank(records: Sequence[Sequence[str]]) -> int:
    """The number of records down to the first one without a cell, if those above it have their first cell only."""
    blank = next((at for at, record in enumerate(records[:MOST_LINES]) if not any(map(str.strip, record))), 0)
    return blank + 1 if all(not any(map(str.strip, record[1:])) for record in records[:blank]) and blank else 0


def _may_be_header(record: Sequence[str], width: int) -> bool:
    """Whether the record above the first of that width may be the header, although it has another number of cells."""
    filled = sum(bool(cell.strip()) for cell in record)
    return filled > 1 and 2 * filled > width and not _is_comment(record)


def _from_the_first(records: Sequence[Sequence[str]], widths: list[int], width: int) -> TablePlace | None:
    """All records, if most have that many cells."""
    even = widths.count(width) / len(widths)
    return TablePlace(0, len(records), width, even) if even > 0.5 and widths[0] > 1 else None


def _is_comment(record: Sequence[str]) -> bool:
    return record[0].lstrip().startswith(COMMENTS)


def _comments_everywhere(records: Sequence[Sequence[str]]) -> bool:
    return not records or sum(map(_is_comment, records)) > 0.5 * len(records)


def _is_title(record: Sequence[str]) -> bool:
    """Whether at most the first cell is filled, and the record has at least three cells; or none is filled."""
    filled = [at for at, cell in enumerate(record) if cell.strip()]
    return not filled or (filled == [0] and len(record) > 2)


def _is_short_header(header: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a record is one cell shorter than the next because rows have names (R): all of its cells are words, and
    the row's last cell is filled."""
    return bool(row[-1].strip()) and all(cell.strip() and not VALUE.fullmatch(cell.strip()) for cell in header)


def _is_table(records: Sequence[Sequence[str]]) -> bool:
    """Whether the first of some records is a header, and all others are as long."""
    return len(records[0]) > 1 and len({*map(len, records)}) == 1 and is_words_row(records)


def lines_above(
    records: Sequence[Sequence[str]], found: TablePlace, lines: Sequence[int]
) -> tuple[int, Decision] | None:
    """How many lines of the file are above the header and are no data, with the decision; None if there are none.

    :param lines: the line that each record begins on, from 1.
    """
    if not found.begin and not found.two_headers:
        return None
    above = records[: found.begin or 1]
    number = lines[found.begin] - 1
    texts = [" ".join(cell.strip() for cell in record if cell.strip()) for record in above]
    said = " / ".join(text for text in texts if text)[:300]
    if found.two_headers:
        return number, Decision(
            field="skipped_lines",
            chosen=str(number),
            reason=Reason.TWO_HEADERS,
            facts={"lines": said},
            alternatives=(str(lines[found.begin + 1] - 1),),
            sure=False,
        )
    readable = all(len(record) == found.width for record in above)
    named = has_header(records[found.begin : found.end])[0]
    certain = all(map(_is_comment, above)) or all(sum(bool(cell.strip()) for cell in record) <= 1 for record in above)
    return number, Decision(
        field="skipped_lines",
        chosen=str(number),
        reason=Reason.ABOVE_HEADER,
        facts={"count": number, "lines": said},
        alternatives=("0",) if readable else (),
        sure=certain or (named and not readable and not _is_table(above)),
    )
