"""Answer, ask, suggest, or hand over, and why. Pure: the same message, intent and situation give the same verdict.

What may not be answered goes to a person; where it is known what is meant, with the reply that would have been given.
"""

import re
from dataclasses import dataclass

from bot.autoreply import asking
from bot.autoreply.understanding.values import Decision, Understanding
from bot.desk import folding
from bot.model.engagement import Course
from bot.model.intent import During, Hours, Place, Policy
from bot.store.intents import IntentRow

LANGUAGES = ("fr", "en")
# Handed over without a word: nobody would read it, or nothing was said.
WITHOUT_WORDS = frozenset({"machine", "storm", "no_words"})

_WORD = re.compile(r"[^\W\d_]")
_PERSON = re.compile(
    r"\b(?:(?:un|une|le|la|votre|mon|ma) (?:vraie? )?(?:conseill(?:er|ere)|personne|humaine?|agente?"
    r"|operat(?:eur|rice)|interlocut(?:eur|rice))|quelqu'un|pas (?:a )?(?:un|une|ce|de) (?:robot|machine|bot)"
    r"|(?:a|the|some|your|my) (?:real |actual |live )?(?:person|human|human being|agent|adviser|advisor|representative|operator)"
    r"|real person|somebody|someone|not (?:to )?(?:a|the|this) (?:robot|machine|bot))\b"
)
_ASKS = re.compile(
    r"\b(?:parler|joindre|contacter|voir|passe|passez|veux|voudrais|besoin|aimerais|speak|talk|reach|want|need|get me|contact)\b"
)
_ALONE = re.compile(r"\W*(?:conseill(?:er|ere)|humain|agent|une personne|person|human|adviser|advisor)\W*")


@dataclass(frozen=True, slots=True)
class Situation:
    """What counts besides the message. `language` is the one to answer in; empty for neither of ours.

    `said` are the intents that the bot has answered here already, `asks` is the one whose question it waits to have answered.
    `is_open` and `has_incident` are None where nobody keeps business hours or incidents.
    """

    has_bot: bool = True
    is_public: bool = False
    is_with_person: bool = False
    is_late: bool = False
    is_machine: bool = False
    is_storm: bool = False
    language: str = "fr"
    said: frozenset[str] = frozenset()
    asks: str = ""
    is_open: bool | None = None
    has_incident: bool | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and why: a key of the catalogue. `intent` is the one that it is about."""

    course: Course
    reason: str
    intent: str = ""


def decide(
    text: str, meant: Understanding, intent: IntentRow | None, asked: IntentRow | None, at: Situation
) -> Verdict:
    """What the bot does about a message. `intent` is the understood one as it stands now, `asked` the one of `at.asks`."""
    name = intent.name if intent else ""
    if beside := "off" if not at.has_bot else "person" if at.is_with_person else "late" if at.is_late else "":
        return _beside(meant, intent, beside)
    for_person = _calls_for_person(text, meant, at)
    if for_person:
        return Verdict(Course.HAND_OVER, for_person, name)
    if asked is not None:
        if asking.meets(asked.awaits, text):
            return _answered(asked, at, "checked")
        if meant.decision is not Decision.ANSWER or name == asked.name:
            return Verdict(Course.HAND_OVER, "unchecked", asked.name)
    if intent is None or meant.decision is Decision.HAND_OVER:
        return Verdict(Course.HAND_OVER, "language" if not at.language else "unknown", name)
    if intent.policy == Policy.HAND_OVER:
        return Verdict(Course.HAND_OVER, "policy", name)
    if meant.decision is Decision.SUGGEST:
        return Verdict(Course.SUGGEST, "unsure", name)
    if intent.policy == Policy.SUGGEST:
        return Verdict(Course.SUGGEST, "policy", name)
    return _answered(intent, at, "sure")


def _calls_for_person(text: str, meant: Understanding, at: Situation) -> str:
    """Why a person is needed, whatever is meant; empty when nothing calls for one."""
    if at.is_machine:
        return "machine"
    if at.is_storm:
        return "storm"
    if meant.dangers:
        return "danger"
    if not _WORD.search(text):
        return "no_words"
    return "asked" if wants_person(text) else ""


def wants_person(text: str) -> bool:
    """Whether the contact asks for a person."""
    plain = folding.fold(text[:500]).plain.replace("’", "'")
    return bool(_ALONE.fullmatch(plain) or (_PERSON.search(plain) and _ASKS.search(plain)))


def _beside(meant: Understanding, intent: IntentRow | None, why: str) -> Verdict:
    """A person answers here: the bot offers what it knows, and otherwise keeps out of it."""
    is_known = intent is not None and intent.answer is not None and meant.decision is not Decision.HAND_OVER
    return Verdict(Course.SUGGEST if is_known else Course.SILENT, why, intent.name if intent else "")


def _answered(intent: IntentRow, at: Situation, why: str) -> Verdict:
    """The intent is certain: whether it may be answered here and now."""
    barred = _barred(intent, at)
    if barred:
        return Verdict(Course.SUGGEST, barred, intent.name)
    if intent.name in at.said:
        return Verdict(Course.HAND_OVER, "repeated", intent.name)
    if why != "checked" and intent.question(at.language):
        return Verdict(Course.ASK, "question", intent.name)
    return Verdict(Course.ANSWER, why, intent.name)


def _barred(intent: IntentRow, at: Situation) -> str:
    """Which condition of the operator's, or of the place, speaks against answering; empty when none does."""
    words = intent.answer
    if words is None or not at.language or not (words.text_fr if at.language == "fr" else words.text_en):
        return "no_answer"
    if at.is_public and not words.is_safe_in_public:
        return "public"
    if intent.place and intent.place != (Place.PUBLIC if at.is_public else Place.PRIVATE):
        return "place"
    if intent.hours and at.is_open is not None and at.is_open != (intent.hours == Hours.OPEN):
        return "hours"
    if intent.during and bool(at.has_incident) != (intent.during == During.INCIDENT):
        return "incident"
    return ""
