"""Every text is in both catalogues and is used, and no module shows a text of its own."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

import tablee_ui
from tablee.errors import TableeError, tree
from tablee.i18n import LANGUAGES, Language
from tablee.i18n.catalogue import Entry
from tablee.i18n.catalogue import catalogue as all_texts
from tablee.jobs.scoring import ScoringPhase
from tablee.jobs.source import Outcome, SourcePhase
from tablee.jobs.training import Algorithm, Phase
from tablee.models.problem import MetricChoice, ProblemType
from tablee.models.promotion import Kind as PromotionKind
from tablee.models.validation.block import WarningCode
from tablee.recipes.steps import Kind, Part
from tablee_ui.pages.data.sources.form import WHEN
from tablee_ui.pages.prepare.fields import FORMS
from tablee_ui.texts import PACKAGE as TEXTS
from tablee_ui.texts import Texts, escaped

PACKAGE = Path(str(files(tablee_ui)))
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
KEY = re.compile(r"[a-z_]+\.[A-Za-z0-9_]+")


def catalogue(language: Language) -> Mapping[str, Entry]:
    """The texts of the pages, without those of the whole platform."""
    return all_texts(language, (TEXTS,))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def placeholders(entry: object) -> list[set[str]]:
    forms = [entry] if isinstance(entry, str) else [entry["one"], entry["other"]]  # type: ignore[index]
    return [{name for _, name, _, _ in string.Formatter().parse(form) if name} for form in forms]


# -- the catalogues agree


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert catalogue(language).keys() == catalogue("en").keys()


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_translations_have_the_same_form_and_placeholders(key: str) -> None:
    entries = [catalogue(language)[key] for language in LANGUAGES]
    assert len({isinstance(entry, str) for entry in entries}) == 1
    for entry in entries:
        assert isinstance(entry, str) or entry.keys() == {"by", "one", "other"}
        *singular, whole = placeholders(entry)
        assert whole == placeholders(entries[0])[-1]
        assert all(found <= whole for found in singular)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_spaces_at_its_ends(language: str) -> None:
    for key, entry in catalogue(language).items():
        for text in [entry] if isinstance(entry, str) else entry.values():
            assert text == text.strip() != "", key
            assert "  " not in text, key


def test_french_punctuation_follows_no_break_spaces() -> None:
    for key, entry in catalogue("fr").items():
        for text in [entry] if isinstance(entry, str) else entry.values():
            words = re.sub(r"`[^`]*`|(?<=\w):\w+(?=})", "", text)  # without code, and without forms of numbers
            assert not re.search(r"[^\u202f\u00a0][;?!%](\s|$|\.)", words), key
            assert not re.search(r"[^\u00a0]:", words), key
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»", words), key
            assert "'" not in words, key


# -- the code and the catalogues agree


def calls_with_keys(path: Path) -> Iterator[tuple[str, int]]:
    """First arguments of `texts(…)` and `texts.rich(…)` that are plain constants."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            inner = function.value if isinstance(function, ast.Attribute) else None
            owner = getattr(inner, "attr", getattr(inner, "id", ""))
            is_lookup = name in ("texts", "_texts") or (name in ("rich", "known") and "texts" in owner)
            if is_lookup and isinstance(node.args[0].value, str):
                yield node.args[0].value, node.lineno


def constants(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def families(path: Path) -> Iterator[str]:
    """The beginnings of keys that are put together, such as `phase.` of `f"phase.{…}"`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            start = str(node.values[0].value)
            if KEY.fullmatch(start + "x"):
                yield start


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_key_in_the_code_exists(path: Path) -> None:
    unknown = {(key, line) for key, line in calls_with_keys(path) if key not in Texts("en")}
    assert not unknown


def test_every_text_is_used() -> None:
    used = {text for path in MODULES for text in constants(path)}
    made = {start for path in MODULES for start in families(path)}
    forgotten = {key for key in catalogue("en") if key not in used and not any(key.startswith(start) for start in made)}
    assert not forgotten


CLOSED_LISTS = {
    "error": [error.code for error in tree(TableeError)],
    "phase": list(Phase),
    "phase_about": [phase for phase in Phase if not phase.ended],
    "step_name": list(FORMS),
    "step_about": list(FORMS),
    "date_part": list(get_args(Part)),
    "column_kind": list(get_args(Kind)),
    "scoring_phase": list(ScoringPhase),
    "source_kind": ["prefix", "query"],
    "source_mode": ["append", "replace"],
    "source_when": list(WHEN),
    "source_phase": list(SourcePhase),
    "source_outcome": list(Outcome),
    "scoring_about": [phase for phase in ScoringPhase if not phase.ended],
    "warning": list(WarningCode),
    "promotion": list(PromotionKind),
    "problem_type": ["auto", *ProblemType],
    "metric": list(get_args(MetricChoice)),
    "metric_help": list(get_args(MetricChoice)),
    "algorithm": [name.lower() for name in get_args(Algorithm)],
    "column_type": ["number", "category", "text", "date"],
    "rollout": ["in_sync", "rolling", "failed", "paused"],
    "language": list(LANGUAGES),
}


@pytest.mark.parametrize(("section", "names"), CLOSED_LISTS.items(), ids=list(CLOSED_LISTS))
def test_whatever_a_service_can_answer_has_a_text(section: str, names: list[str]) -> None:
    assert not [name for name in names if f"{section}.{name}" not in catalogue("en")]


def test_advice_is_for_errors_that_exist() -> None:
    codes = {error.code for error in tree(TableeError)}
    assert not {
        key for key in catalogue("en") if key.startswith("advice.") and key.removeprefix("advice.") not in codes
    }


# -- no module shows a text of its own

SHOWS = {
    *("title", "header", "subheader", "markdown", "write", "caption", "text", "info", "warning", "error", "success"),
    *("button", "download_button", "form_submit_button", "link_button", "page_link", "badge", "metric", "expander"),
    *("popover", "tabs", "selectbox", "multiselect", "number_input", "text_input", "text_area", "file_uploader"),
    *("segmented_control", "select_slider", "slider", "toggle", "checkbox", "radio", "progress", "spinner", "toast"),
    *("status", "dialog", "html", "code", "link"),
}
SAYING = {"label", "help", "placeholder", "text", "title", "body", "alt", "rest", "across", "up", "page_title"}
WORD = re.compile(r"[^\W\d_]{2,}")
NO_WORDS = re.compile(r":[a-z]+\[|:material/\w+:|\w+:[NQOT]\b|</?(style|script)>|document\.documentElement\.lang")
"""Icons, colours, fields of charts and code are no words."""


def words(node: ast.expr) -> str:
    """Letters in a literal, without icons, colours and what a lookup gives."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return " ".join(WORD.findall(NO_WORDS.sub("", node.value)))
    if isinstance(node, ast.JoinedStr):
        return " ".join(words(part) for part in node.values).strip()
    if isinstance(node, ast.BinOp):
        return (words(node.left) + words(node.right)).strip()
    if isinstance(node, ast.List | ast.Tuple):
        return " ".join(words(part) for part in node.elts).strip()
    if isinstance(node, ast.IfExp):
        return (words(node.body) + words(node.orelse)).strip()
    return ""


def texts_in_code(source: str) -> list[tuple[int, str]]:
    """Literals with words in them that code shows to people."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if getattr(getattr(node.func, "value", None), "id", "") == "log":
            continue
        shown = [*node.args] if name in SHOWS else []
        if any(keyword.arg == "format_func" for keyword in node.keywords):
            shown = shown[:1]  # options are names that a function puts into words
        if name == "link":  # context.link(page, label): pages are names
            shown = [*node.args[1:]]
        shown += [keyword.value for keyword in node.keywords if keyword.arg in SAYING]
        found += [(argument.lineno, words(argument)) for argument in shown if words(argument)]
    return found


DRAWN = [path for path in MODULES if path.name not in ("transport.py", "server.py", "__main__.py")]


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_shows_a_text_of_its_own(path: Path) -> None:
    assert not texts_in_code(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        'st.title("Welcome")',
        'place.caption(f"{n} rows")',
        'st.selectbox(label=texts("a.b"), help="Choose one")',
        'st.tabs(["One", texts("a.b")])',
        'alt.X("a:Q", title="Answer")',
        'st.button("Go" if ready else texts("a.b"))',
        'context.link("data", "Go to the data")',
    ],
)
def test_the_check_finds_words(line: str) -> None:
    assert texts_in_code(line)


@pytest.mark.parametrize(
    "line",
    [
        'st.title(texts("home.title"))',
        'st.markdown(f"**{texts(key)}** · :material/check:")',
        'context.link("data", texts("a.b"))',
        'st.metric(label, "–")',
    ],
)
def test_the_check_lets_texts_pass(line: str) -> None:
    assert not texts_in_code(line)


# -- looking up


def test_values_are_filled_in() -> None:
    assert Texts("en")("error.at_line", line=3) == "Line 3 of the file."


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        Texts("fr")("no.such")


@pytest.mark.parametrize(
    ("language", "number", "form"), [("en", 0, "rows"), ("en", 1, "row"), ("fr", 0, "ligne"), ("fr", 2, "lignes")]
)
def test_numbers_choose_the_form(language: str, number: int, form: str) -> None:
    said = Texts(language)("file.cancelled", n=number)
    assert re.search(rf"\b{form}\b", said)


def test_a_plural_text_needs_its_number() -> None:
    with pytest.raises(KeyError, match="n"):
        Texts("en")("file.done", version=1, seconds="1 s")


@pytest.mark.parametrize(
    "value",
    [
        *("bill_length_mm", "Île-de-France", "3 750,5", "New York", "98.3%", "l'été", "a.b"),
        *("Revenu (€)", "Surface (m²)", "T (°C), mean", "(none)", "Ventes / m² (k€)"),
    ],
)
def test_harmless_values_stay_as_they_are(value: str) -> None:
    assert escaped(value) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("*bold*", r"\*bold\*"),
        ("_x_", r"\_x\_"),
        ("a [b](c)", r"a \[b\]\(c\)"),
        ("$1", r"\$1"),
        (":smile:", r"\:smile\:"),
        ("<b>", r"\<b\>"),
        ("1. first", "1. first"),
        ("1) first", r"1\) first"),
        ("a _b c_ d", r"a \_b c\_ d"),
        ("a\n# b", r"a \# b"),
    ],
)
def test_marks_of_markdown_are_escaped(value: str, written: str) -> None:
    assert escaped(value) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_a_reading_has_its_name_on_the_pages(language: Language) -> None:
    settings = {key.partition(".")[2] for key in all_texts(language) if key.startswith("setting.")}
    assert {name for name in settings if f"reading.{name}" not in Texts(language)} == set()
