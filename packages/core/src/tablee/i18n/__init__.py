"""Texts for people in every language of the platform, and numbers, dates and sizes as each language writes them.

catalogue     the texts: TOML files, one folder a language
formatter     numbers, shares, dates, durations and sizes
translator    a text of the catalogue with its values filled in
message       a text that waits for its language: a key with facts
data_texts    sentences about profiles, readings and findings
"""

from tablee.i18n.catalogue import LANGUAGES, Language
from tablee.i18n.formatter import Formatter
from tablee.i18n.message import Message
from tablee.i18n.translator import Translator

__all__ = ["LANGUAGES", "Formatter", "Language", "Message", "Translator"]
