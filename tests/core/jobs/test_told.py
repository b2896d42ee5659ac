"""What a job says of itself is stored in English and as a message, and said in the reader's language."""

from __future__ import annotations

import pytest

from tablee.errors import ScoringFailed, TableeError, TrainingFailed
from tablee.i18n.message import Message, in_language
from tablee.jobs.told import Told

LOST = ScoringFailed("worker_lost", ending="exit code 137")


def stored(told: Told) -> Told:
    return Told.model_validate_json(told.model_dump_json())


@pytest.mark.parametrize(
    ("what", "english", "french"),
    [
        (Message("job.h2o_reads", {"rows": 12_345}), "H2O reads 12,345 rows.", "H2O lit 12\u202f345 lignes."),
        (
            Message("job.reading_share", {"percent": 50}),
            "Reading the data set: 50%.",
            "données\u00a0: 50\u00a0%.",
        ),
        (Message("job.started_again", {"why": LOST}), f"{LOST.detail}: the rest", "\u00a0: le reste est relancé"),
        (TrainingFailed("not_started", why="no room"), "no room", "no room"),
    ],
)
def test_a_sentence_is_stored_with_its_message(what: Message | TableeError, english: str, french: str) -> None:
    told = Told()
    told.say(what)
    assert english in told.message
    again = stored(told)
    assert again.said(in_language("en")) == told.message
    assert french in again.said(in_language("fr"))
    assert str(again.sentence) == str(what)


def test_a_sentence_of_an_earlier_release_or_a_later_one_stays_readable() -> None:
    earlier = Told.model_validate({"message": "half of it"})
    later = Told(message="all of it", told={"key": "job.of_a_later_release", "facts": {}})
    for told in (earlier, later):
        assert told.said(in_language("fr")) == told.message
    assert earlier.sentence == "half of it"


def test_the_english_form_may_be_another_one() -> None:
    told = Told()
    told.say(LOST, "It was lost.")
    assert told.message == "It was lost."
    assert isinstance(told.sentence, ScoringFailed)
    told.say("")
    assert (told.message, told.told) == ("", None)
