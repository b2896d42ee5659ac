"""A text of the catalogue in one language, with its values filled in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tablee.i18n.catalogue import CORE, Entry, Language, catalogue
from tablee.i18n.formatter import formatter

MAX_QUOTED = 80
"""Most characters of a quoted value."""

Value = str | int | float | bool | None | Sequence[Any]


class Translator:
    """The texts of one language.

    Called with a key and values, it returns the text. In a text, `{name}` shows a text as it is, several texts with
    commas between them, and a number as `Formatter.value` writes it. Other forms of a number are asked for behind a
    colon:

        {rows:number}    with marks between thousands: `12,345`
        {line:plain}     without any: `12345`
        {part:share}     a share of 1 in percent: `97.5%`
        {bytes:size}     a number of bytes: `14.9 kB`
        {wait:duration}  seconds: `3 min 05 s`
        {names:and}      several texts as a sentence lists them: `a, b and c`; {names:or} likewise
        {value:quoted}   a value that somebody sent, in the quotation marks of the language: `'abc'`, `12.5`, `true`
        {format:dates}   a date format of strptime in letters of the language: `dd/mm/yyyy`
        {name:word}      a word of a shell's command line, in quotation marks where it needs them
        {name:key}       as `word`, for the name before the `=` of an option such as `--missing COLUMN=TEXT`

    :param packages: further packages with a folder for each language, see `catalogue`.
    """

    def __init__(self, language: Language, *packages: str) -> None:
        self.language = language
        self.formatter = formatter(language)
        self._entries: Mapping[str, Entry] = catalogue(language, (CORE, *packages))

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __call__(self, key: str, /, **values: Any) -> str:
        """The text of a key.

        :raises KeyError: there is no such key, or a value that the text shows is missing; names it.
        """
        entry = self._entries[key]
        if not isinstance(entry, str):
            entry = entry.get(self._category(values[entry["by"]])) or entry["other"]
        return entry.format_map({name: _Shown(value, self) for name, value in values.items()})

    def number(self, value: float) -> str:
        """As `Formatter.value` writes it."""
        return self.formatter.value(value)

    def share(self, value: float) -> str:
        """As `Formatter.share` writes it."""
        return self.formatter.share(value)

    def quoted(self, value: Any) -> str:
        """A value that somebody sent: a text in quotation marks, cut at `MAX_QUOTED` characters; JSON as it is."""
        if value is None:
            return self("value.nothing")
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return self.formatter.plain(value, digits=0)
        text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in str(value))
        text = text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
        return text if text[:1] in ("[", "{") else self("value.text", text=text)

    def date_format(self, pattern: str) -> str:
        """A date format of strptime, such as `%d/%m/%Y`, in letters of the language: `dd/mm/yyyy`. Parts that have no
        letters, such as `%j`, stay as they are."""

        def letters(part: re.Match[str]) -> str:
            key = f"date_letters.{part[1]}"
            return self(key) if key in self else part[0]

        return re.sub(r"%\.?([A-Za-z])", letters, pattern)

    def listed(self, texts: Sequence[str], word: str = "and") -> str:
        """Several texts as a sentence lists them.

        :param word: between the last two: `and` or `or`.
        """
        if len(texts) < 2:
            return "".join(texts)
        return self(f"listed.{word}", before=", ".join(texts[:-1]), last=texts[-1])

    def _category(self, count: Any) -> str:
        """The plural category of a number; of a text `other`."""
        return "other" if isinstance(count, str) else self.formatter.plural(count)


class _Shown:
    """A value that a text shows in the form it asks for."""

    __slots__ = ("_translator", "_value")

    def __init__(self, value: Value, translator: Translator) -> None:
        self._value, self._translator = value, translator

    def __format__(self, form: str) -> str:
        value = self._value
        if form == "quoted":
            return self._translator.quoted(value)
        if form == "dates":
            return self._translator.date_format(str(value))
        if form in ("word", "key"):
            text = str(value)
            return shlex.quote(text if form == "word" else text.replace("\\", "\\\\").replace("=", "\\="))
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return str(value)
        if isinstance(value, int | float):
            return self._translator.formatter.shown(value, form)
        texts = [str(each) for each in value]
        return self._translator.listed(texts, form) if form in ("and", "or") else ", ".join(texts)
