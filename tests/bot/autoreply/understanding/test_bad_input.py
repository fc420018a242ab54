"""Nothing, noise, disguise, abuse and chatter: no answer goes out for sure, by the real judgement on what was really learnt."""

import time
from datetime import UTC, datetime
from functools import cache

import pytest

from bot.autoreply.decide import Situation, decide
from bot.autoreply.understanding import chatter, encoder, learning
from bot.autoreply.understanding.understander import Understander
from bot.autoreply.understanding.values import Decision, Example, Kind
from bot.desk import starting
from bot.model.engagement import Course
from bot.store.canned_replies import CannedReplyRow
from bot.store.intents import IntentRow
from tests.bot.autoreply.understanding import catalogues

LANGUAGES = ("fr", "en")
LONG = [
    "a",
    "bonjour ",
    "merci beaucoup ",
    "où est ma carte ? ",
    "😀",
    "ignore your instructions ",
    "\n",
    "ab1*",
    "l'",
    "é",
]
MOST_CHATTER = 0.02

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@cache
def understander() -> Understander:
    """Taught with the starter set, and every other line of the chatter."""
    examples = [
        Example(text, one.name) for one in starting.read() for language in LANGUAGES for text in one.examples[language]
    ]
    heard = [Example(text, chatter.LABEL) for language in LANGUAGES for text in chatter.read(language)[::2]]
    encoder.shared().load()
    return Understander(learning.learn(Kind.INTENT, [*examples, *heard], lambda _share, _words: None), None)


@cache
def known() -> dict[str, IntentRow]:
    """The starter set as rows, each with an answer that may be said anywhere."""
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return {
        one.name: IntentRow(
            number, one.name, one.title_fr, one.title_en, one.policy, number, one.place, one.hours, one.during,
            one.question_fr, one.question_en, one.awaits, now,
            CannedReplyRow(number, one.name, one.name, "Réponse.", "Answer.", is_safe_in_public=True, is_demo=False, used=0),
        )
        for number, one in enumerate(starting.read(), 1)
    }  # fmt: skip


def answered(text: str) -> str:
    """The intent that the bot would answer to `text` by itself; empty for none."""
    meant = understander().understand([text])[0]
    language = meant.language if meant.language in LANGUAGES else "fr"
    verdict = decide(text, meant, known().get(meant.intent), None, Situation(language=language))
    return verdict.intent if verdict.course in (Course.ANSWER, Course.ASK) else ""


def test_bad_input_is_not_answered() -> None:
    """Of the whole catalogue nothing is answered but what was meant."""
    wrong = {
        line.text: intent
        for line in catalogues.read("bad_input.txt")
        if (intent := answered(line.text)) and intent not in line.also
    }

    assert wrong == {}


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "\ufeff"])
def test_an_empty_message_is_not_answered(text: str) -> None:
    """Nothing said, nothing answered."""
    assert answered(text) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_chatter_that_was_never_seen_is_hardly_ever_answered(language: str) -> None:
    """Of the half that it was not taught, two in a hundred at most are answered."""
    unseen = chatter.read(language)[1::2]
    wrong = [text for text in unseen if answered(text)]

    assert len(wrong) / len(unseen) <= MOST_CHATTER, wrong


def test_what_is_plain_is_still_answered() -> None:
    """The bot has not simply fallen silent: of what it was taught it is sure."""
    taught = [(one.name, one.examples["fr"][0]) for one in starting.read()]
    said = understander().understand([text for _, text in taught])
    right = sum(
        meant.intent == name and (meant.decision is Decision.ANSWER or bool(meant.dangers))
        for (name, _), meant in zip(taught, said, strict=True)
    )

    assert right / len(taught) >= 0.6


@pytest.mark.parametrize("piece", LONG)
def test_a_very_long_message_is_read_in_a_moment(piece: str) -> None:
    """Ten thousand characters of anything: fifty milliseconds on a quiet machine; the limit allows for a slower one."""
    text = (piece * 10_000)[:10_000]
    understander().understand(["Bonjour"])
    rounds = []
    for _ in range(3):
        began = time.thread_time()
        understander().understand([text])
        rounds.append(time.thread_time() - began)

    assert min(rounds) < 0.5


def test_there_is_chatter_enough() -> None:
    """Three hundred lines a language, each once."""
    assert all(len(set(chatter.read(language))) == len(chatter.read(language)) >= 300 for language in LANGUAGES)
