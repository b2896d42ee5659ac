"""The encoding of a text file, found out: by its byte order mark, by whether it is all UTF-8, else by its letters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from tablee.datasets.reading import Decision, Encoding, Reason, usual_name
from tablee.errors import InvalidTable
from tablee_data.readers.content import Source
from tablee_data.readers.detection.letters import Plausibility, plausibility
from tablee_data.readers.encoding import DOS_END

SAMPLE = 1 << 20
"""Bytes at the beginning of a file that are looked at."""
LETTERS = 1 << 16
"""Bytes of lines beyond ASCII by which an eight-bit encoding is chosen."""
BYTE_ORDER_MARKS: dict[bytes, Encoding] = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""With the longer ones first, since that of UTF-32 begins with that of UTF-16."""
CANDIDATES = (
    *("cp1252", "iso8859-1", "iso8859-15", "cp1250", "cp1251", "gbk", "cp932", "big5", "cp949", "cp1253", "cp1254"),
    *("cp850", "mac_roman", "iso8859-2", "cp1257", "cp1255", "cp1256", "koi8-r", "cp866", "cp437", "cp852"),
    *("gb18030", "euc_jp", "iso8859-7", "iso8859-9", "iso8859-5", "cp874", "koi8-u", "mac_cyrillic", "mac_latin2"),
    *("mac_greek", "mac_turkish", "cp857", "cp775", "iso8859-13", "iso8859-4", "iso8859-8", "iso8859-6", "cp737"),
    *("cp862", "cp865", "cp863", "cp860", "cp861", "cp1258", "iso8859-16", "iso8859-10", "iso8859-14", "cp720"),
)
"""Encodings that are tried, the usual ones first."""
USUAL = 22
"""So many of them are usual."""
RARE = 0.85
"""The plausibility of a text in another encoding counts so much."""
MOST = 5
"""Candidates that are shown."""
SHOWN = 6
"""Lines of which words are shown for each candidate."""
PLAUSIBLE = 0.55
"""A text may be right if its plausibility is at least so high."""
CLOSE = 0.7
"""A text may be right if its plausibility is at least this share of the best one."""
FLAWLESS = 0.9
"""A text in Windows-1252 that is at least so plausible is right, unless another text is, too."""
OFFERED = 0.45
"""Windows-1252 is among the choices if its text is at least so plausible."""
TELLING = frozenset("½¼¾£µ°")
"""Signs that speak for an encoding in which a text has them."""
CLEAR = frozenset("½¼¾£µ°€§²³©®")
"""Signs that are certain in Windows-1252, even if nothing else tells."""
FEW_WORDS = 3
"""So few words may be plausible by chance in any encoding: Windows-1252 is taken if they are plausible in it."""
CONTROL_SEPARATORS = ("\x01", "\x1f", "\x1e")
"""Control characters that separate the cells of some databases' files."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The lines beyond ASCII in one encoding."""

    encoding: Encoding
    text: str
    found: Plausibility


def detect_encoding(source: Source, allowed: str = "") -> Decision:
    """The encoding of a text file.

    :param allowed: control characters that the file may have, such as a separator that a person names.
    :raises InvalidTable: it is not a text file.
    """
    start = source.start(SAMPLE)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            if encoding == "utf-8" and not _is_utf_8(source):
                _, broken, line = _utf_8_letters(source)
                return _nearly_utf_8(broken, line, sure=False)
            return Decision(field="encoding", chosen=encoding, reason=Reason.ENCODING_MARK)
    if wide := _wide(start):
        return Decision(field="encoding", chosen=wide, reason=Reason.ZEROS)
    allowed += "".join(mark for mark in CONTROL_SEPARATORS if _separates(start, mark))
    for found in _CONTROLS.finditer(start):
        if found.group().decode() in allowed and found.group() != b"\0":
            continue
        line = start.count(b"\n", 0, found.start()) + 1
        value = repr(found.group())[2:-1]
        if found.group() == b"\0":
            raise InvalidTable("nul_byte", line=line, value=value)
        if found.start() < len(start) - 1 or found.group() != DOS_END:
            raise InvalidTable("control_character", byte=found.group().hex(), line=line, value=value)
    if _is_utf_8(source):
        return Decision(field="encoding", chosen="utf-8", reason=Reason.ALL_UTF_8)
    return _eight_bits(source)


def asked_encoding(source: Source, encoding: Encoding) -> Decision:
    """The encoding that a person names; if that is UTF-8 and a few bytes are broken, with the first of their lines."""
    asked = Decision(field="encoding", chosen=encoding, reason=Reason.ASKED)
    if encoding != "utf-8" or _is_utf_8(source):
        return asked
    sound, broken, line = _utf_8_letters(source)
    return _nearly_utf_8(broken, line) if 2 * sound >= broken else asked


def _nearly_utf_8(broken: int, line: int, *, sure: bool = True) -> Decision:
    facts: dict[str, float | str] = {"count": broken, "line": line}
    return Decision(field="encoding", chosen="utf-8", reason=Reason.NEARLY_UTF_8, facts=facts, sure=sure)


def _separates(start: bytes, mark: str) -> bool:
    """Whether the first lines have the same number of a control character, at least one."""
    lines = [line for line in start[:10_000].split(b"\n")[:-1] if line.strip()]
    counts = {line.count(mark.encode()) for line in lines}
    return len(lines) > 1 and len(counts) == 1 and counts != {0}


def _wide(start: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a byte order mark: of Western text, half of the bytes or more are zero; of any text in
    UTF-16, the high bytes of line breaks and digits are."""
    half, quarter = len(start) // 2, len(start) // 4
    first, second, third, fourth = (start[at::4].count(0) for at in range(4))
    if quarter and not len(start) % 4:
        for encoding, zeros, others in (
            ("utf-32-le", min(third, fourth), first),
            ("utf-32-be", min(first, second), fourth),
        ):
            if zeros > 0.98 * quarter and others < 0.02 * quarter:
                return encoding
    even, odd = start[0::2].count(0), start[1::2].count(0)
    least = 0.3 * half if half < 20 else 0.1 * half
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if half and zeros > least and others < 0.02 * half and _decodes(start, encoding):
            return encoding
    return None


def _decodes(start: bytes, encoding: Encoding) -> bool:
    """Whether the bytes are text in UTF-16 with line breaks; the last character may be cut."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return False
    return "\n" in text or "\r" in text or len(start) < 100


def _is_utf_8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in source.blocks():
            if decoder.getstate()[0] or not block.isascii():
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf_8_letters(source: Source) -> tuple[int, int, int]:
    """How many characters beyond ASCII are UTF-8, how many places are broken, and the line of the first of them."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    sound, broken, line, first = 0, 0, 1, 0
    for block in source.blocks():
        if block.isascii() and not decoder.getstate()[0]:
            line += 0 if first else _line_ends(block)
            continue
        text = decoder.decode(block)
        unknown = text.count("\ufffd") - block.count("\ufffd".encode())
        sound += len(text) - len(text.encode("ascii", "ignore")) - unknown
        broken += unknown
        if unknown and not first:
            first = line + _line_ends(text[: text.index("\ufffd")].encode())
        line += 0 if first else _line_ends(text.encode())
    broken += bool(decoder.getstate()[0])
    return sound, broken, first or line


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def _eight_bits(source: Source) -> Decision:
    """The encoding of a file that is not all UTF-8: UTF-8 with a few broken letters, if more letters are sound than
    broken; else the encoding that gives the most plausible text. The other one is among the choices."""
    lines = b"\n".join(_lines_beyond_ascii(source))
    text = lines.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(letter > "\x7f" for letter in text) - broken
    decision, shown = _most_plausible(lines)
    if 2 * sound < broken or not sound:
        return decision
    sound, broken, line = _utf_8_letters(source)
    utf_8 = _Candidate("utf-8", text, Plausibility(0, {}))
    if sound > broken:
        with suppress(UnicodeDecodeError):
            western = _Candidate("windows-1252", lines.decode("cp1252"), Plausibility(0, {}))
            shown = [western, *(each for each in shown[:1] if each.encoding != "windows-1252")]
        shown = [utf_8, *shown[:2]]
        decision = _nearly_utf_8(broken, line)
    else:
        shown = [shown[0], utf_8, *shown[1 : MOST - 1]]
    others = tuple(each.encoding for each in shown[1:])
    return decision.model_copy(
        update={"sure": False, "alternatives": others, "examples": _examples(shown)}
        | ({"reason": Reason.OTHER_ENCODINGS} if shown[0] is not utf_8 else {})
    )


def _most_plausible(lines: bytes) -> tuple[Decision, list[_Candidate]]:
    """The encoding that gives the most plausible text, and the candidates that are shown, this one first."""
    candidates = sorted(_candidates(lines), key=lambda each: -each.found.score)
    if not candidates:
        latin = _Candidate("iso-8859-1", lines.decode("iso-8859-1"), Plausibility(0, {}))
        return Decision(field="encoding", chosen="iso-8859-1", reason=Reason.NOT_WINDOWS, sure=False), [latin]
    best = candidates[0]
    western = next((each for each in candidates if each.encoding == "windows-1252"), None)
    if western is not None:
        is_best = western.found.score >= max(FLAWLESS, best.found.score - 0.05)
        if is_best or (len(western.found.faults) <= FEW_WORDS and western.found.score >= PLAUSIBLE):
            best = western
    rivals = [each for each in candidates if each is not best and _may_be_right(each, best)]
    flawless = best is western and best.found.score >= FLAWLESS and _has_usual_signs(best.text)
    if flawless:
        rivals = [each for each in rivals if _is_as_good(each, best)]
    sure = not rivals and best.found.score >= PLAUSIBLE and (best is western or best.found.words > 1)
    if not rivals and not sure:
        rivals = [each for each in candidates if each is not best]
    if not sure and western not in (None, best) and western.found.score >= OFFERED:
        rivals = [western, *(each for each in rivals if each is not western)]
    shown = [best, *rivals[: MOST - 1]]
    reason = Reason.ITS_LETTERS if sure else Reason.OTHER_ENCODINGS
    if sure and best is western:
        reason = Reason.NOT_LATIN if re.search(rb"[\x80-\x9f]", lines) else Reason.LIKE_LATIN
    decision = Decision(
        field="encoding",
        chosen=best.encoding,
        reason=reason,
        alternatives=tuple(each.encoding for each in shown[1:]),
        examples={} if sure else _examples(shown),
        sure=sure,
    )
    return decision, shown


def _candidates(lines: bytes) -> list[_Candidate]:
    """The encodings that have all of the bytes, without those that give the same text as one before."""
    found: dict[str, _Candidate] = {}
    for place, codec in enumerate(CANDIDATES):
        try:
            text = lines.decode(codec)
        except UnicodeDecodeError:
            continue
        if text in found or any("\x80" <= sign <= "\x9f" for sign in set(text)):
            continue
        likely = plausibility(text)
        if place >= USUAL:
            likely = replace(likely, score=RARE * likely.score)
        found[text] = _Candidate(usual_name(codec), text, likely)
    return list(found.values())


def _may_be_right(other: _Candidate, best: _Candidate) -> bool:
    return other.found.score >= max(PLAUSIBLE, CLOSE * best.found.score)


def _is_as_good(other: _Candidate, best: _Candidate) -> bool:
    """Whether a text is as plausible as a flawless one in Windows-1252, in the words in which they differ, which must
    have several letters of their own: a single one may be by chance what another language has there, unless it is a
    sign such as the pound's, or it is that of the only word."""
    differing = {
        (mine, theirs)
        for mine, theirs in zip(best.text, other.text, strict=False)
        if mine != theirs and len(best.text) == len(other.text)
    }
    told = (
        len(differing) > 1
        or (best.found.words == 1 and not set(dict(differing)) <= CLEAR)
        or "ê" in dict(differing)
        or any(theirs in TELLING for _, theirs in differing)
    )
    if not told or other.found.score < FLAWLESS:
        return False
    own = [fault for word, fault in other.found.faults.items() if word not in best.found.faults]
    return not own or sum(own) / len(own) < 0.2


def _has_usual_signs(text: str) -> bool:
    """Whether a text has letters beyond ASCII, or signs such as the euro's. Dots and quotes may be wrong letters."""
    return any(sign > "\x7f" and (sign.isalpha() or sign in "’€°«»²³©®§–—\u00a0") for sign in text)


def _examples(candidates: list[_Candidate]) -> dict[str, str]:
    """By encoding: words in which the texts differ."""
    rows = [row for row in zip(*(each.text.split("\n") for each in candidates), strict=False) if len(set(row)) > 1]
    rows.sort(key=lambda row: not any("\ufffd" in text for text in row))
    told: list[tuple[str, ...]] = []
    for row in rows:  # first those that tell further candidates apart
        if len(set(zip(*told, row, strict=True))) > len(set(zip(*told, strict=True))):
            told.append(row)
    told += [row for row in rows[:SHOWN] if row not in told]
    return {
        candidate.encoding: ", ".join(dict.fromkeys(word for row in told[:SHOWN] for word in _words(row[at])))
        for at, candidate in enumerate(candidates)
    }


def _words(line: str) -> list[str]:
    """The cells of a line that have letters beyond ASCII, at most three."""
    return [cell.strip()[:40] for cell in re.split(r"[,;\t|\"\r]", line) if not cell.isascii()][:3]


def _lines_beyond_ascii(source: Source) -> Iterator[bytes]:
    """Lines that are not ASCII only, about `LETTERS` bytes of them."""
    left = LETTERS
    for block in source.blocks():
        if block.isascii():
            continue
        for line in block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
            if not line.isascii():
                yield line if len(line) <= LETTERS else line[:LETTERS]
                left -= len(line)
                if left <= 0:
                    return
