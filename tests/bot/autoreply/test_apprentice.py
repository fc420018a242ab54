"""The process that trains, as it really is: the starter set is told apart, and what was kept says the same again."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.autoreply import errand, measures
from bot.autoreply.lesson import Failed, Going, Learnt, Sample, Train, Word
from bot.autoreply.measures import Said
from bot.autoreply.understanding import encoder
from bot.desk import starting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EASY = ("card_lost_stolen", "opening_hours", "thanks", "mortgage")


def samples(names: Sequence[str] = ()) -> tuple[Sample, ...]:
    told = [
        (language, text, one.name)
        for one in starting.read()
        if not names or one.name in names
        for language, texts in one.examples.items()
        for text in texts
    ]
    return tuple(Sample(number, *each) for number, each in enumerate(told, 1))


async def words(lesson: Train) -> list[Word]:
    """All that is said of it."""
    said = []
    async with errand.sent(lesson) as sent:
        while one := await sent.word():
            said.append(one)
    return said


async def test_the_starter_set_is_told_apart() -> None:
    """Sixty intents, each example judged by models that had not seen it: most are found, much can be answered."""
    if not encoder.is_installed():
        pytest.skip("the encoder is not installed here")
    given = samples()

    *going, last = await words(Train(given))

    assert all(isinstance(one, Going) for one in going)
    assert [one.done for one in going if isinstance(one, Going)] == sorted(
        one.done for one in going if isinstance(one, Going)
    )
    assert isinstance(last, Learnt)
    rows = [
        Said(one.id, one.language, one.intent, said, sure) for one, (said, sure) in zip(given, last.unseen, strict=True)
    ]
    told = measures.figures(rows, last.thresholds)
    assert told["accuracy"] > 0.86
    assert told["coverage"]["97"] > 0.6
    assert min(own["accuracy"] for own in told["languages"].values()) > 0.84


async def test_what_was_learnt_is_asked() -> None:
    """A version's bytes answer in another process: of two versions each its own."""
    (*_, first), (*_, second) = await asyncio.gather(words(Train(samples(EASY))), words(Train(samples((*EASY, "job")))))
    assert isinstance(first, Learnt)
    assert isinstance(second, Learnt)

    told = await errand.told((first.body, second.body), ("on m'a volé ma carte", "do you have any jobs for students"))

    assert [one[0][0] for one in told.said] == ["card_lost_stolen", "card_lost_stolen"]
    assert told.said[1][1][0] == "job"
    assert told.said[0][1][1] < told.said[1][1][1]


async def test_what_cannot_be_told_apart_is_said() -> None:
    """One intent alone: a sentence, no traceback."""
    *_, last = await words(Train(samples(("thanks",))))

    assert isinstance(last, Failed)
    assert "two are needed" in last.reason
