"""Which eight-bit encoding a text is in, by how plausible the text is that each of them gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tablee.datasets.reading import Decision, Encoding, Reason, usual_name
from tablee_data.readers.detection.letters import Plausibility, plausibility

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """The lines beyond ASCII in one encoding."""

    encoding: Encoding
    text: str
    found: Plausibility


def most_plausible(lines: bytes) -> tuple[Decision, list[Candidate]]:
    """The encoding that gives the most plausible text, and the candidates that are shown, this one first."""
    candidates = sorted(_candidates(lines), key=lambda each: -each.found.score)
    if not candidates:
        latin = Candidate("iso-8859-1", lines.decode("iso-8859-1"), Plausibility(0, {}))
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
        examples={} if sure else telling_words(shown),
        sure=sure,
    )
    return decision, shown


def _candidates(lines: bytes) -> list[Candidate]:
    """The encodings that have all of the bytes, without those that give the same text as one before."""
    found: dict[str, Candidate] = {}
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
        found[text] = Candidate(usual_name(codec), text, likely)
    return list(found.values())


def _may_be_right(other: Candidate, best: Candidate) -> bool:
    return other.found.score >= max(PLAUSIBLE, CLOSE * best.found.score)


def _is_as_good(other: Candidate, best: Candidate) -> bool:
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


def telling_words(candidates: list[Candidate]) -> dict[str, str]:
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
