"""A text of the catalogue in one language, with its values filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tablee.i18n.catalogue import CORE, Entry, Language, catalogue
from tablee.i18n.formatter import Formatter, formatter

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
        return entry.format_map({name: _Shown(value, self.formatter) for name, value in values.items()})

    def number(self, value: float) -> str:
        """As `Formatter.value` writes it."""
        return self.formatter.value(value)

    def share(self, value: float) -> str:
        """As `Formatter.share` writes it."""
        return self.formatter.share(value)

    def _category(self, count: Any) -> str:
        """The plural category of a number; of a text `other`."""
        return "other" if isinstance(count, str) else self.formatter.plural(count)


class _Shown:
    """A value that a text shows in the form it asks for."""

    __slots__ = ("_formatter", "_value")

    def __init__(self, value: Value, written: Formatter) -> None:
        self._value, self._formatter = value, written

    def __format__(self, form: str) -> str:
        value = self._value
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return str(value)
        if isinstance(value, int | float):
            return self._formatter.shown(value, form)
        return ", ".join(str(each) for each in value)
