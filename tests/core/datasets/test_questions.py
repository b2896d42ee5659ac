"""Questions about how a file is read, and their answers."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tablee.datasets.questions import answered, choices, options, question, questions, refuse_unsure
from tablee.datasets.reading import ColumnCorrections, Corrections, Decision, Reason
from tablee.errors import InvalidTable, TableeError
from tablee.i18n import Translator
from tablee_data.readers.sniff import sniff

Write = Callable[[str], Path]
FILES = {
    "decimal": "name,lat\nx,48.856\ny,43.296\nz,45.764\n",
    "dates": "name,day\nx,03/04/2024\ny,05/06/2024\n",
    "first_year": "name,day\nx,30/04/24\ny,25/06/31\n",
    "type": "name,plate\nx,1E5\ny,2E7\nz,3E4\n",
    "missing": "name,country\n" + "".join(f"x,{code}\n" for code in ("FR", "DE", "NA", "IT", "ES", "BE") * 4),
    "header": "ann,bob\ncid,dan\neve,fay\n",
    "units": "time,mass\ns,kg\n1.5,2.5\n2.5,3.5\n3.5,4.5\n",
    "footer": "name,amount\na,1.5\nb,2.5\nc,3.5\nTotal,7.5\n",
    "above": "Report,of,2024\nby,us,\n\nname,amount,x\na,1,2\nb,2,3\nc,3,4\nd,5,6\n",
    "separator": "a|b,c\nx|y,z\nu|v,w\n",
    "encoding": "nom;ville\nElève;Besançon\nx;Nîmes\n",
    "odd": "name,price\n" + "".join(f"x,{price}.5\n" for price in range(200)) + "y,n.b.\n",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="cp850" if "Nîmes" in text else "utf-8")
        return path

    return written


@pytest.mark.parametrize("kind", FILES)
def test_every_answer_to_a_question_settles_it(kind: str, write: Write) -> None:
    file = write(FILES[kind])
    decisions = sniff(file).decisions
    asked = questions(decisions)
    assert asked
    for decision in asked:
        for choice in choices(decision):
            given = answered(Corrections(), decision, choice, decisions)
            again = sniff(file, asked=given)
            left = [
                each
                for each in questions(again.decisions)
                if (each.field, each.column) == (decision.field, decision.column)
            ]
            assert not left, (decision, choice)


def test_an_odd_cell_that_is_missing_leaves_numbers(write: Write) -> None:
    file = write(FILES["odd"])
    found = sniff(file)
    [odd] = questions(found.decisions)
    assert odd.reason is Reason.ODD_CELLS
    assert found.kinds["price"] == "text"
    given = answered(Corrections(), odd, "number", found.decisions)
    assert sniff(file, asked=given).kinds["price"] == "number"
    assert options(given) == "--also-missing price=n.b."


@pytest.mark.parametrize("cell", ['"NA"', '"N/A"', '"null"'])
def test_a_text_between_quotes_may_be_answered_to_be_missing(write: Write, cell: str) -> None:
    file = write(f"name,iso\nx,{cell}\ny,FR\nz,DE\nz,n.d.\n")
    decisions = sniff(file).decisions
    (decision,) = [each for each in decisions if each.reason is Reason.MARKER_IN_QUOTES]
    assert choices(decision) == ("text", "missing")
    given = answered(Corrections(), decision, "missing", decisions)
    assert options(given) == f"--missing iso=n.d. --missing iso={cell[1:-1]}"
    found = sniff(file, asked=given)
    assert [row["iso"] for row in found.rows] == [None, "FR", "DE", None]
    assert not [each for each in found.decisions if each.reason is Reason.MARKER_IN_QUOTES]


def test_a_question_says_each_reading_and_the_option_that_chooses_it(write: Write) -> None:
    decisions = sniff(write(FILES["decimal"])).decisions
    [decision] = questions(decisions)
    said = question(decision, "command", decisions).said(Translator("en"))
    assert "“48.856” is then 48.856" in said
    assert "“48.856” is then 48856" in said
    assert said.endswith("--decimal lat=,")
    french = question(decision, "api", decisions).said(Translator("fr"))
    assert "signe décimal de « lat »" in french
    assert '"decimal":","' in french


def test_what_is_not_sure_is_refused_with_the_questions(write: Write) -> None:
    decisions = sniff(write(FILES["decimal"])).decisions
    with pytest.raises(InvalidTable) as refused:
        refuse_unsure(decisions)
    body = json.loads(json.dumps(refused.value.problem()))
    assert body["reason"] == "unsure_reading"
    assert body["facts"]["decisions"][0]["field"] == "decimal"
    assert body["facts"]["options"] == "--decimal lat=."
    assert json.loads(body["facts"]["parameter"]) == {"columns": {"lat": {"decimal": "."}}}
    revived = TableeError.from_problem(body)
    assert "signe décimal de « lat »" in revived.said(Translator("fr"))
    assert "--decimal" in revived.advised(Translator("fr"))
    refuse_unsure([each.model_copy(update={"sure": True}) for each in decisions])


def test_the_questions_of_a_scoring_are_answered_by_its_request(write: Write) -> None:
    with pytest.raises(InvalidTable) as refused:
        refuse_unsure(sniff(write(FILES["decimal"])).decisions, way="scoring")
    body = refused.value.problem()
    assert (body["reason"], body["facts"]["options"]) == ("unsure_reading", "--decimal lat=.")
    for text in (body["hint"], TableeError.from_problem(body).advised(Translator("fr"))):
        assert "--decimal lat=." in text
        assert 'reading={"columns"' in text
        assert "strict" not in text
    assert 'reading={"columns"' in body["detail"]
    assert "options=" not in body["detail"]


def test_names_with_signs_are_written_so_that_the_command_reads_them() -> None:
    asked = Corrections(columns={"a=b c": ColumnCorrections(decimal=",", missing=())}, missing=("", "x=y"))
    assert shlex.split(options(asked)) == ["--missing", r"x\=y", "--decimal", r"a\=b c=,", "--missing", r"a\=b c="]


def test_a_decision_that_no_correction_sets_is_no_question() -> None:
    assert not questions([Decision(field="names", chosen="column_1", reason=Reason.ROW_NAMES, sure=False)])
