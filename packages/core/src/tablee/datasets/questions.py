"""Questions about how a file is read: the decisions that are not sure, and the corrections that answer them.

The page, the command and the API all answer by `answered`; `options` says a correction as options of the command.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from tablee.datasets.reading import ColumnCorrections, Corrections, Decision, OddText, Reading, Reason
from tablee.errors import InvalidTable
from tablee.i18n.message import Message, joined
from tablee.tables.cells import missing_markers
from tablee.tables.cells.cell_format import DateFormat, NumberFormat

Way = Literal["command", "api", "scoring"]
"""How an answer is given: an option, the parameter of a request with a file, or a member of a scoring's request."""
SEPARATORS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
"""Separators by the names that decisions and the command give them."""
SIGNS: Final = {"none": "", "space": " ", "apostrophe": "'", "quotes": '"', "spaced": ' "', "backslash": "\\"}
"""Other signs by the names that the command gives them."""
_NAMES: Final[dict[str, dict[str, str]]] = {
    "separator": SEPARATORS,
    **dict.fromkeys(("quote", "escape", "comment", "decimal", "thousands"), SIGNS),
}
"""By field: its signs by their names."""
_FLAGS: Final = {
    "header": ("--no-header", "--header"),
    "units_row": ("--no-units-row", "--units-row"),
    "day_first": ("--month-first", "--day-first"),
    "keyed": ("--no-keyed", "--keyed"),
}
"""By field: the options for no and for yes."""
FILE_FIELDS: Final = (
    *("format", "sheet", "encoding", "separator", "quote", "escape", "comment", "keyed"),
    *("skipped_lines", "header", "units_row", "footer_rows"),
)
"""Fields of the whole file that a correction sets; they decide which columns there are."""
ODD: Final = (Reason.ODD_CELLS, Reason.MANY_ODD_CELLS)
"""Reasons of questions whose other answer takes texts for missing."""
COLUMN_FIELDS: Final = ("decimal", "dates", "first_year", "type", "missing")
"""Fields of one column that a correction sets."""
LISTED: Final = 10
"""Most odd texts that a question says in words."""
MOST_SHOWN: Final = 40
"""Characters of an odd text that a question says."""
SAID: Final = 20
"""Most questions that a refusal says in words."""


def choices(decision: Decision) -> tuple[str, ...]:
    """What may be answered, that which was chosen first; empty where no correction sets the field."""
    known = COLUMN_FIELDS if decision.column is not None else FILE_FIELDS
    if decision.field not in known or decision.reason is Reason.ERROR_CELLS:  # there is no text to answer with
        return ()
    return (decision.chosen, *decision.alternatives)


def questions(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions that are not sure and that a person can answer, each once. Those without a reason are of columns
    that are dropped, or of older releases."""
    found: list[Decision] = []
    for each in decisions:
        if not each.sure and each.reason is not None and choices(each) and each not in found:
            found.append(each)
    return tuple(found)


def markers(decision: Decision, decisions: Iterable[Decision]) -> tuple[str, ...]:
    """The texts that stand for a missing value in the column of a decision, as long as nobody says otherwise."""
    if decision.reason in ODD:
        return missing_markers.OF_NUMBERS
    return tuple(
        str(each.facts["value"])
        for each in decisions
        if each.field == "missing" and each.column == decision.column and each.chosen == "missing" and each.facts
    )


def answered(asked: Corrections, decision: Decision, choice: str, decisions: Iterable[Decision] = ()) -> Corrections:
    """The corrections with the answer to a question.

    How numbers are written is answered for the whole file if it differs from the model's data set, and for one column
    where that does not fit.

    :param choice: one of `choices`.
    :param decisions: all of the file; the other missing markers of a column stay what they are.
    """
    field, column = decision.field, decision.column
    update: dict[str, Any]
    if column is None:
        update = {field: sign(field, choice)}
    elif decision.reason is Reason.OTHER_THAN_MODEL and field == "decimal" and asked.decimal is None:
        between = _thousands(choice)  # a file is mostly written in one way
        update = {"decimal": _decimal(choice)} | ({"thousands": between} if between else {})
    elif field == "dates":
        update = {"dates": asked.dates | {column: choice}}
    elif field == "type" and choice == "text":
        update = {"texts": _with(asked.texts, column)}
    elif field == "type" and decision.reason not in ODD:
        update = {"numbers": _with(asked.numbers, column)}
    else:
        own = asked.columns.get(column, ColumnCorrections())
        change: dict[str, Any] = {field: choice}
        if field == "decimal" and len(choice) > 1:  # an example of the whole format, of a contradiction
            change = {"decimal": _decimal(choice), "thousands": _thousands(choice)}
        elif field in ("missing", "type"):
            said = [each.value for each in decision.odd] or [str(decision.facts.get("value", ""))]
            known = own.missing if own.missing is not None else asked.missing
            known = markers(decision, decisions) if known is None else known
            rest = tuple(each for each in known if each not in said)
            change = {"missing": rest if choice == "text" else _with(known, *said)}
        update = {"columns": asked.columns | {column: own.model_dump() | change}}
    return Corrections.model_validate(asked.model_dump() | update)


def sign(field: str, value: Any) -> Any:
    """The value of a field that the command or a decision may call by a name, such as `tab`."""
    return _NAMES.get(field, {}).get(value, value)


def _decimal(number_format: str) -> str:
    """The decimal sign of a format such as 1 234,5."""
    return number_format[-2]


def _thousands(number_format: str) -> str:
    """The sign between thousands of a format such as 1 234,5; empty of 1234,5."""
    return number_format[1:-5]


def _with(known: Sequence[str], *texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *texts)))


def contradiction(error: Exception) -> Decision | None:
    """The question that a refused file asks whose cells are written otherwise than those of the model's data set; None
    of other errors."""
    fields = {
        **dict.fromkeys(("other_number_format", "several_number_formats"), "decimal"),
        **dict.fromkeys(("other_date_format", "several_date_formats"), "dates"),
    }
    if not isinstance(error, InvalidTable) or error.reason not in fields:
        return None
    known, found = str(error.facts["expected"]), str(error.facts["found"])
    value, field = str(error.facts.get("value", "")), fields[error.reason]
    others = (found, *map(str, error.facts.get("further", ())))
    return Decision(
        field=field,
        column=str(error.facts["column"]),
        chosen=known,
        reason=Reason.NO_COMMA if error.reason == "several_number_formats" else Reason.OTHER_THAN_MODEL,
        facts={"value": value, "example": value, "line": error.facts.get("line") or 0},
        alternatives=others,
        examples={each: cell for each in (known, *others) if (cell := _read_as(field, each, value)) is not None},
        sure=False,
    )


def _read_as(field: str, choice: str, text: str) -> str | None:
    """What a cell is by an answer to the question of a refused file; None if it cannot be read so."""
    import polars as pl  # the command asks without it

    from tablee.tables.cells import dates, numbers

    cells = pl.Series([text], dtype=pl.String)
    if field == "dates":
        date: str | None = dates.parse(cells, DateFormat(pattern=choice))[0]
        return date
    number = numbers.parse(
        cells, NumberFormat.model_validate({"decimal": _decimal(choice), "thousands": _thousands(choice)})
    )[0]
    return None if number is None else f"{number:.15g}"


def options(asked: Corrections) -> str:
    """Corrections as options of the command, such as `--decimal lat=, --no-header`."""
    words: list[str] = []

    def add(option: str, value: str, column: str | None = None) -> None:
        about = "" if column is None else _escaped(column) + "="
        words.extend((f"--{option.replace('_', '-')}", shlex.quote(about + value)))

    def add_fields(given: Corrections | ColumnCorrections, fields: Iterable[str], column: str | None = None) -> None:
        for field in fields:
            value = getattr(given, field)
            if value is None:
                continue
            if field in _FLAGS:
                words.append(_FLAGS[field][value])
            else:
                named = next((name for name, each in _NAMES.get(field, {}).items() if each == value), str(value))
                add("skip_lines" if field == "skipped_lines" else field, named, column)

    add_fields(asked, ("format", "encoding", "sheet", "separator", "quote", "escape", "comment"))
    add_fields(asked, ("decimal", "thousands", "header", "units_row", "skipped_lines", "footer_rows"))
    add_fields(asked, ("keyed", "day_first", "first_year"))
    for text in _shown(asked.missing):
        add("missing", _escaped(text))
    for column, pattern in asked.dates.items():
        add("date", pattern, column)
    for column in asked.texts:
        add("text", column)
    for column in asked.numbers:
        add("number", column)
    usual = missing_markers.OF_NUMBERS
    for column, own in asked.columns.items():
        add_fields(own, ("decimal", "thousands", "first_year"), column)
        if own.missing is not None and set(own.missing) >= set(usual):
            for text in own.missing:
                if text not in usual:
                    add("also_missing", text, column)
        else:
            for text in _shown(own.missing):
                add("missing", text, column)
    return " ".join(words)


def _escaped(text: str) -> str:
    """A text of an option whose `=` does not end the name of a column."""
    return text.replace("\\", "\\\\").replace("=", "\\=")


def _shown(missing: Sequence[str] | None) -> Sequence[str]:
    """The texts to name; the empty one if there is none else."""
    return () if missing is None else [text for text in missing if text] or [""]


def how(decision: Decision, choice: str, way: Way, decisions: Iterable[Decision] = ()) -> str:
    """What answers a question: options of the command, the JSON of the parameter `options` of the API, or the member
    `reading` of the request of a scoring."""
    given = answered(Corrections(), decision, choice, decisions)
    if way == "command":
        return options(given)
    told = given.model_dump_json(exclude_defaults=True)
    return f"reading={told}" if way == "scoring" else f"options={told}"


def about(decision: Decision) -> Message:
    """What a decision is about: a setting, and a column if it is of one."""
    setting = Message(f"setting.{decision.field}")
    return setting if decision.column is None else Message("question.of", {"what": setting, "column": decision.column})


def reason(decision: Decision) -> Message:
    """Why something was chosen. Releases before 0.2 kept it in English only; then that is said."""
    if decision.reason is None:
        return Message("question.reason_not_kept")
    facts: dict[str, Any] = dict(decision.facts)
    if "kind" in facts:
        facts["kind"] = Message(f"kind.{facts['kind']}")
    found = Message(f"decision.{decision.reason}", facts)
    if decision.odd:
        return Message("question.with_texts", {"reason": found, "texts": _listed(decision.odd)})
    return Message("decision.whatever_ending", {"reason": found, **facts}) if "ending" in facts else found


def _listed(odd: Sequence[OddText]) -> Any:
    """Odd texts with their counts and lines; of many, the first ones."""
    said = [
        Message(
            "question.odd_text",
            {
                "value": each.value if len(each.value) <= MOST_SHOWN else f"{each.value[: MOST_SHOWN - 1]}…",
                "count": each.count,
                "line": each.line,
            },
        )
        for each in odd[:LISTED]
    ]
    if len(odd) > LISTED:
        said.append(Message("question.odd_texts", {"count": len(odd) - LISTED}))
    return joined(said, "part.comma")


def named(decision: Decision, choice: str) -> Message | str:
    """A choice in words."""
    if decision.field == "dates":
        return Message("choice.dates", {"format": choice})
    if decision.field in ("missing", "type", "header", "units_row", "trimmed", "names", "columns", "keyed"):
        key = f"missing_odd_{choice}" if decision.reason in ODD and choice != "text" else choice
        if key in (
            "missing",
            "missing_odd_number",
            "missing_odd_date",
            "text",
            "number",
            "date",
            "yes",
            "no",
            "left_out",
        ):
            return Message(f"choice.{key}")
    return choice or Message("choice.none")


def effect(decision: Decision, choice: str) -> Message | str:
    """What a choice does, with the example cell where there is one."""
    result = decision.examples.get(choice)
    name = named(decision, choice)
    if result is None:
        return name
    example = decision.facts.get("example")
    if example is None:
        return Message("question.gives", {"choice": name, "result": result})
    return Message("question.makes", {"choice": name, "example": example, "result": result})


def not_written(reading: Reading) -> Message | None:
    """What a file to be predicted has that is not in the file with the predictions, which has one line for each row."""
    left_out = [field for field in ("comment", "units_row", "footer_rows") if getattr(reading, field)]
    if reading.sheet is not None and reading.skipped_lines:
        left_out.append("skipped_lines")
    if not left_out:
        return None
    return Message(
        "question.not_written", {"what": joined([Message(f"setting.{each}") for each in left_out], "part.and")}
    )


def question(decision: Decision, way: Way, decisions: Iterable[Decision] = (), *, refused: bool = False) -> Message:
    """A decision that is not sure, with every reading and what chooses it. The command says all in its own options.

    :param refused: whether nothing is taken without an answer.
    """
    said = Message(
        "question.would_be_taken" if refused else "question.taken",
        {"about": about(decision), "effect": effect(decision, decision.chosen), "reason": reason(decision)},
    )
    for choice in choices(decision)[1:]:
        told = {"told": how(decision, choice, way, decisions), "command": how(decision, choice, "command", decisions)}
        other = {"effect": effect(decision, choice), "how": Message("question.how", told)}
        said = Message("question.otherwise", {"before": said, **other})
    return said


def refuse_unsure(decisions: Sequence[Decision], *, way: Way = "api") -> None:
    """Refuse a file of which something is not sure.

    :param way: how the questions are answered.
    :raises InvalidTable: `unsure_reading`, with the questions, and the answers that keep what would be taken.
    """
    found = questions(decisions)
    if not found:
        return
    kept = Corrections()
    for each in found:
        kept = answered(kept, each, each.chosen, decisions)
    said = joined([question(each, way, decisions, refused=True) for each in found[:SAID]], "question.also")
    raise InvalidTable(
        "unsure_reading",
        hint="unsure_scoring" if way == "scoring" else "unsure_reading",
        count=len(found),
        questions=said,
        decisions=[each.model_dump(mode="json", exclude_defaults=True) for each in found],
        options=options(kept),
        parameter=kept.model_dump_json(exclude_defaults=True),
    )
