"""The starter set: for a bank, in both languages, and nothing in it is said that should not be."""

import re

import pytest

from bot.desk import canned, guard, intents, masking, starting
from bot.desk.intents import Draft
from bot.desk.starting import Starter
from bot.model.canned_reply import blanks
from bot.model.intent import Policy, key
from bot.store import canned_replies
from bot.store import intents as kept
from bot.store.database import Database
from tests.world import Bank, actor

SET = starting.read()
LONGEST = 240  # so that it fits the shortest network with the bot's name before it
PROMISES = re.compile(r"\b(?:\d+|deux|trois|quelques|two|three|few)\s?(?:minutes?|h|heures?|hours?|jours?|days?)\b")
DANGERS = {
    "card_lost_stolen", "unknown_payment", "account_hacked", "phishing_report", "scam_victim", "repayment_trouble",
    "bereavement", "complaint", "press_legal", "speak_to_person",
}  # fmt: skip


def test_the_set_covers_a_bank() -> None:
    """More than forty intents, each with twelve examples or more in each language, none of them said of two."""
    assert len(SET) >= 40
    assert {(one.name, language) for one in SET for language, told in one.examples.items() if len(told) < 12} == set()
    for language in intents.LANGUAGES:
        keys = [key(text) for one in SET for text in one.examples[language]]
        assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("one", SET, ids=lambda one: one.name)
def test_answers_may_be_read_by_everybody(one: Starter) -> None:
    """In public, too, the guard has not a word to say; there is nothing to fill in, no time is promised, and it fits."""
    for text in (one.answer_fr, one.answer_en, one.question_fr, one.question_en):
        assert guard.check(text, is_public=True) == ()
        assert blanks(text) == ()
        assert not PROMISES.search(text)
        assert len(text) <= LONGEST
    assert one.is_safe_in_public


@pytest.mark.parametrize("one", SET, ids=lambda one: one.name)
def test_french_is_set_as_french(one: Starter) -> None:
    """No line breaks before a double sign, and we say "vous"."""
    for text in (one.title_fr, one.answer_fr, one.question_fr):
        assert not re.search(r" [?!;:»]|« ", text)
        assert not re.search(r"\b(?:tu|toi|ton|tes)\b", text)


def test_examples_hold_nothing_sensitive() -> None:
    """What would be masked in a message teaches nothing."""
    assert [text for one in SET for told in one.examples.values() for text in told if masking.mask(text).spans] == []


def test_what_is_dangerous_goes_to_a_person() -> None:
    """Fraud, loss, distress, death, law and whoever asks for a person: the bot answers none of them by itself."""
    assert {one.name for one in SET if one.policy is Policy.HAND_OVER} >= DANGERS


async def test_it_is_taken_once(database: Database, bank: Bank) -> None:
    """The desk then holds all of it, as examples of the starter set with answers that agents find; twice adds nothing."""
    by = actor(bank.hugo)

    assert await database.write(lambda tx: starting.take(tx, by=by)) == len(SET)
    assert await database.write(lambda tx: starting.take(tx, by=by)) == 0

    book = await database.read(kept.book)
    assert [one.name for one in book.intents] == sorted(one.name for one in SET)
    assert {each.origin for one in book.intents for each in one.examples} == {"starter"}
    assert all(one.answer and one.answer.is_safe_in_public for one in book.intents)


async def test_what_the_operator_has_stays_his(database: Database, bank: Bank) -> None:
    """His intent of that name, his canned reply of that shortcut and his example are as they were."""
    by = actor(bank.hugo)
    own = Draft("card_pin", "Code", "PIN", policy="hand_over", examples={"fr": ("bonjour",)})
    words = {"shortcut": "horaires", "title": "À moi", "text_fr": "Le matin.", "text_en": ""}
    await database.write(lambda tx: intents.save(tx, None, own, by=by))
    await database.write(lambda tx: canned.save(tx, None, **words, is_safe_in_public=True, by=by))

    await database.write(lambda tx: starting.take(tx, by=by))

    book = await database.read(kept.book)
    pin, hours, greeting = (book.named(name) for name in ("card_pin", "opening_hours", "greeting"))
    assert pin and [each.text for each in pin.examples] == ["bonjour"]
    assert hours and hours.answer and hours.answer.shortcut == "horaires-2"
    assert greeting and "bonjour" not in {each.text for each in greeting.examples}
    mine = await database.read(lambda tx: canned_replies.by_shortcut(tx, "horaires"))
    assert mine and mine.text_fr == "Le matin."
