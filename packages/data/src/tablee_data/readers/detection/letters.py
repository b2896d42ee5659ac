"""How plausible a text is as words of some language: by its letters, their case and their neighbours.

An eight-bit encoding can be told from another only by the text that it gives. Wrong ones give symbols within words,
capitals behind small letters, letters of several scripts in one word, letters that no one language has together, or
letters between neighbours that no language puts there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MOST_WORDS = 1000
"""Different words that are looked at."""
LATIN = {
    "fr": "éèàêçîôûùëïâœ",
    "de": "äöüßé",
    "es": "áéíóúñü",
    "pt": "ãçáéíóúâêôõàü",
    "it": "àèéìòùî",
    "nl": "ëéïöüèê",
    "sv": "äöåéü",
    "da": "æøåéöäü",
    "is": "áðéíóúýþæö",
    "ca": "àéèíòóúçïü",
    "et": "äöõüšž",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíľĺňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșşțţ",
    "hr": "čćđšž",
    "tr": "çğıi̇öşüâ",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "sq": "ëç",
}
"""The letters beyond ASCII of languages, small."""
WESTERN = frozenset("".join(LATIN[each] for each in ("fr", "de", "es", "pt", "it", "nl", "sv", "da", "ca")))
CENTRAL = frozenset("".join(LATIN[each] for each in ("pl", "cs", "sk", "hu", "hr", "de")))
CYRILLIC = {
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяєіїґ",
    "be": "абвгдежзйклмнопрстуфхцчшыьэюяёіў",
    "sr": "абвгдежзиклмнопрстуфхцчшђјљњћџ",
    "mk": "абвгдежзиклмнопрстуфхцчшѓјќљњџѕ",
}
"""The letters of languages that are written in Cyrillic, small. Those of Bulgarian are Russian, too."""
COMMON = {
    "cyrillic": frozenset("оеаинтсрвлкмдпуыяі"),
    "greek": frozenset("αοιετσνηυρπκςλμόίάέήύώθ"),
    "hebrew": frozenset("יהולארםתבשמנ"),
    "arabic": frozenset("ايلموندربتعةكسحفق"),
    "thai": frozenset("านรอกเงมยลวดทสตะปบคิี่้"),
}
"""Letters that are frequent in texts of a script."""
_SCRIPTS = (
    (0x41, 0x24F, "latin"),
    (0x1E00, 0x1EFF, "latin"),
    (0x300, 0x36F, "latin"),
    (0x370, 0x3FF, "greek"),
    (0x400, 0x52F, "cyrillic"),
    (0x590, 0x5FF, "hebrew"),
    (0x600, 0x6FF, "arabic"),
    (0xE00, 0xE7F, "thai"),
    (0x3040, 0x30FF, "cjk"),
    (0x3400, 0x9FFF, "cjk"),
    (0xAC00, 0xD7A3, "cjk"),
    (0xFF61, 0xFF9F, "cjk"),
    (0xF900, 0xFAFF, "rare"),
    (0x20000, 0x3FFFF, "rare"),
)
"""The scripts of characters, from the first to the last code point."""
_VOWELS = "aeiouyàáâãäåāăąæèéêëēęěėìíîïīįıòóôõöøőōœùúûüūůűųýÿ"
_MARKS = frozenset("’‘“”„«»–—…€£¥¢°²³¹ºª·•§¶©®™¡¿\u00a0\u202f№‹›×÷±µ¼½¾‰†")
"""Signs beyond ASCII that texts and tables have; they are no letters."""
_QUOTING = frozenset("’‘“”„«»–—…€\u00a0\u202f‹›")
_TOKEN = re.compile(r"[A-Za-z0-9\u0080-\U0010ffff]+")
_WITHIN = re.compile(r"[a-zA-Z]\u00a0[a-z]")
"""A no-break space in what may be one word."""
_FINAL_HEBREW = re.compile(r"[ךםןףץ](?=[א-ת])")
_FEW_NEIGHBOURS = tuple(
    re.compile(pattern)
    for pattern in (
        r"ñ(?![aeiouyáéíóúü])",
        r"[ńśź](?=[aeouyáéíóúěů])",
        r"(?<![bdfmnptvw])ě",
        r"(?<=[^aeiouyáéíóúýěů])ň(?![aeo])",
        r"(?<=[aeiouyéèáíó])[ůűõ]",
        r"[őű](?=[aeiou])",
        r"ď(?=[bcdfghklmnpqrstvwxz])",
        r"ă(?=[aeo])",
        r"[ŕĺ]",
        r"õ(?![es])",
        r"ų(?=[a-rt-z])",
        r"(?<=[aou])ä",
        r"ç(?=[bcdfgklmnpqrstvwxz])",
        r"[ēīūā](?=[aeou])",
        r"ģ(?![eiēīu])",
        r"ß(?=[äöüß])|^ß",
        r"[èìò](?=[aeiouáéíóúìèò])",
        r"[îôûâê]{2}",
        r"^[čćřšžńśźňťľłđģķļņ]$",
    )
)
"""Letters between neighbours that languages do not put there."""
_ALONE = re.compile(r"^[âêîôûëïùçñãõüß]$")
"""Letters that are hardly ever words of their own."""
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxz][čćřšžńśźňťďľłđģķļņþðýş][bcdfghjklmnpqrstvwxz]")
_OWN_CLUSTER = re.compile(r"[bcdfghjkmnpqtvwxz]{2}[čćňťďđģķļņ]$|^[bcdfghjklmnpqrstvwxzčćřšžńśźňťďľłđģķļņ]{3,}$")


@dataclass(frozen=True, slots=True)
class Plausibility:
    """How plausible a text is."""

    score: float
    """From 0 to 1."""
    faults: dict[str, float]
    """The share of each word that no text has, from 0 to 1."""
    words: int = 0
    """With letters or signs beyond ASCII, added up."""


def plausibility(text: str) -> Plausibility:
    """How plausible a text is, by its words that have letters or signs beyond ASCII."""
    found = Counter(token for token in _TOKEN.findall(text) if not token.isascii())
    words = found.most_common(MOST_WORDS)
    if not words:
        return Plausibility(1.0, {})
    faults = {word: _fault(word) for word, _ in words}
    total = sum(count for _, count in words)
    faulty = sum(faults[word] * count for word, count in words) / total
    letters = Counter(sign for word, count in words for sign in word.lower() * min(count, 3) if sign > "\x7f")
    return Plausibility(max(1 - faulty, 0) * _typical(letters), faults, total)


def _typical(letters: Counter[str]) -> float:
    """How well the letters fit one language or script, from 0 to 1."""
    scripts = Counter[str]()
    for sign, count in letters.items():
        if _is_letter(sign):
            scripts[_script(sign)] += count
    if not scripts:
        return 1.0 if all(sign in _MARKS for sign in letters) else 0.5
    script, most = scripts.most_common(1)[0]
    own = {sign: count for sign, count in letters.items() if _is_letter(sign) and _script(sign) == script}
    share = most / scripts.total()
    if script == "latin":
        return share * _latin(own)
    if script == "cjk":
        return share * _cjk(letters)
    if script == "cyrillic":
        known = max(sum(count for sign, count in own.items() if sign in each) for each in CYRILLIC.values())
        share *= known / most
    if common := COMMON.get(script):
        return share * min(sum(count for sign, count in own.items() if sign in common) / most / 0.6, 1.0)
    return share * 0.5


def _is_letter(sign: str) -> bool:
    """Whether a character is a letter or a mark on one. No-break spaces, degree signs and the sign for millionths are
    not."""
    return (sign.isalpha() and sign not in _MARKS) or unicodedata.category(sign)[0] == "M"


def _latin(letters: dict[str, int]) -> float:
    total = sum(letters.values())

    def share(known: Iterable[str]) -> float:
        return sum(letters.get(sign, 0) for sign in set(known)) / total

    return max(max(map(share, LATIN.values())), 0.95 * share(WESTERN), 0.85 * share(CENTRAL))


def _cjk(letters: Counter[str]) -> float:
    """Frequent characters stand first in the tables of East Asian encodings; kana are Japanese, Hangul is Korean."""
    signs = [(sign, count) for sign, count in letters.items() if _script(sign) == "cjk"]
    total = sum(count for _, count in signs)
    hangul = sum(count for sign, count in signs if "\uac00" <= sign <= "\ud7a3" and sign.encode("euc_kr", "ignore"))
    kana = sum(count for sign, count in signs if "\u3040" <= sign <= "\u30ff")
    half = sum(count for sign, count in signs if "\uff61" <= sign <= "\uff9f")
    han = total - hangul - kana - half
    if hangul:
        return hangul / total
    frequent = sum(count for sign, count in signs if "\u3400" <= sign <= "\u9fff" and _is_frequent(sign))
    return (0.93 + 0.07 * (kana > 0)) * (kana + 0.2 * half + frequent) / max(kana + half + han, 1)


@lru_cache(maxsize=20_000)
def _is_frequent(sign: str) -> bool:
    """Whether a Han character is among the frequent ones of GB 2312, Big5 or JIS X 0208."""
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("euc_jp", 0xB0, 0xCF)):
        code = sign.encode(encoding, "ignore")
        if len(code) == 2 and first <= code[0] <= last:
            return True
    return False


@lru_cache(maxsize=4096)
def _script(sign: str) -> str:
    point = ord(sign)
    return next((script for first, last, script in _SCRIPTS if first <= point <= last), "sign")


def _fault(word: str) -> float:
    """How impossible a word is, from 0 to 1."""
    if any(unicodedata.category(sign) in ("Cc", "Co", "Cn") for sign in word):
        return 1.0
    if any("\u2500" <= sign <= "\u25ff" for sign in word):  # boxes
        return 1.0
    if len(word) > 1 and not any(sign.isalnum() for sign in word) and len(set(word) - _QUOTING) > 1:
        return 1.0
    for at, sign in enumerate(word):
        if not sign.isascii() and (not sign.isalpha() or sign in _MARKS) and _is_misplaced(word, at):
            return 1.0
    alone = word.strip("0123456789")
    if len(alone) == 1 and alone != word and _is_letter(alone) and _script(alone) != "cyrillic":
        return 0.5  # it may be a currency in another encoding
    if _WITHIN.search(word):
        return 0.4
    letters = "".join(sign for sign in word if sign.isalpha())
    scripts = {_script(sign) for sign in word if _is_letter(sign)} - {"sign"}
    if len(scripts) > 1:
        return 1.0
    if not letters or scripts == {"cjk"}:
        return 0.0
    if scripts == {"hebrew"}:
        return 1.0 if _FINAL_HEBREW.search(word) else 0.0
    return max(_case_fault(word), _latin_fault(letters) if scripts == {"latin"} else _vowels_fault(letters))


def _is_misplaced(word: str, at: int) -> bool:
    """Whether a sign that is no letter is where texts have none."""
    sign = word[at]
    before, behind = word[at - 1 : at] if at else "", word[at + 1 : at + 2]
    if unicodedata.category(sign)[0] == "M":
        return not before.isalpha()
    if sign not in _MARKS:
        return before.isalpha() or behind.isalpha() or sign == "¤"
    if sign == "µ":
        return before.isalpha()
    if sign == "‘":
        return before.isalpha() and behind.isalpha()
    if sign == "’":
        return bool(before.isalpha() and behind.isalpha() and behind.lower() not in _VOWELS + "hstlrdm")
    if sign in "²³™®" and not before and behind.isalpha():
        return True
    if sign in "§¶":
        return before.isalpha()
    if sign in "£¥¢¼½¾÷":
        return before.isalpha() or behind.isalpha()
    if sign in "€©®" and behind.islower() and not before.isdigit():
        return True
    if sign in "°ºª²³¹€©®™№±×‰†":
        return behind.islower() and before.isalpha()
    if sign in "“”„‹›«»¡¿•":
        return before.isalpha() and behind.isalpha()
    if sign in "…–—·":
        return (before.islower() and behind.islower()) or (sign == "…" and not before and behind.isalpha())
    return False


def _case_fault(word: str) -> float:
    for part in re.split(r"[^\w]|_", word):
        cased = [sign for sign in part if (sign.isupper() or sign.islower()) and sign not in _MARKS]
        if len(cased) < 2 or all(sign.isupper() or sign == "ß" for sign in cased):
            continue
        inner = [at for at, sign in enumerate(cased[1:], 1) if sign.isupper()]
        if any(not cased[at].isascii() or not cased[at - 1].isascii() for at in inner):
            return 1.0
        if inner and cased[0].islower() and not cased[0].isascii():
            return 1.0
    return 0.0


def _latin_fault(letters: str) -> float:
    small = letters.lower()
    foreign = sum(not sign.isascii() for sign in small)
    if re.search(r"[^\x00-\x7f]{4}", small) or (foreign > 0.6 * len(small) and len(small) > 4):
        return 1.0
    if re.search(r"[^\x00-\x7f]{3}", small):
        return 0.7
    if any(pattern.search(small) for pattern in _FEW_NEIGHBOURS):
        return 0.8
    if _ALONE.search(small):
        return 0.4
    if _CLUSTER.search(small) or _OWN_CLUSTER.search(small):
        return 0.8
    return 0.15 if re.search(r"[þð]", small) else 0.0


def _vowels_fault(letters: str) -> float:
    """Words of Cyrillic and Greek have vowels."""
    small = letters.lower()
    if re.search(r"ς(?=[α-ω])", small):
        return 1.0
    if len(small) < 3 or _script(small[0]) not in ("cyrillic", "greek"):
        return 0.0
    if sum(sign in "άέήίόύώ" for sign in small) > 1:
        return 1.0
    vowels = sum(sign in "аеёиоуыэюяіїєαεηιουωάέήίόύώϊϋ" for sign in small)
    return 0.0 if 0.15 * len(small) < vowels < 0.85 * len(small) else 0.6
