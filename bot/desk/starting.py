"""The starter set: what people ask any bank, in both languages, with answers that give nothing away in public.

It stands in `starter/*.toml`, written by us, and is taken once; from then on it is the operator's, to change as he likes.
"""

import importlib.resources
import itertools
from collections.abc import Iterator
from functools import cache

import msgspec

from bot.desk import canned, intents
from bot.desk.intents import Draft
from bot.model.event import Actor
from bot.model.intent import Check, During, Hours, Origin, Place, Policy, key
from bot.store import canned_replies
from bot.store import intents as kept
from bot.store.transaction import Transaction


class Starter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One intent of the set. `fr` and `en` hold its examples, one in a line."""

    name: str
    title_fr: str
    title_en: str
    policy: Policy
    shortcut: str
    answer_fr: str
    answer_en: str
    fr: str
    en: str
    is_safe_in_public: bool = False
    place: Place = Place.ANYWHERE
    hours: Hours = Hours.ALWAYS
    during: During = During.WHATEVER
    question_fr: str = ""
    question_en: str = ""
    awaits: Check = Check.NONE

    @property
    def examples(self) -> dict[str, tuple[str, ...]]:
        """By language."""
        return {"fr": _lines(self.fr), "en": _lines(self.en)}


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file."""

    intent: tuple[Starter, ...]


@cache
def read() -> tuple[Starter, ...]:
    """The whole set, topic by topic."""
    folder = importlib.resources.files(__package__).joinpath("starter")
    topics = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    read = (msgspec.toml.decode(folder.joinpath(name).read_bytes(), type=Topic) for name in topics)
    return tuple(itertools.chain.from_iterable(topic.intent for topic in read))


def take(tx: Transaction, *, by: Actor) -> int:
    """Put the set on the desk; how many intents are new. One whose name is there already is the operator's, and stays."""
    known = {one.name for one in kept.all(tx)}
    new = [one for one in read() if one.name not in known]
    for one in new:
        intents.save(tx, None, _draft(tx, one, by), by=by, origin=Origin.STARTER)
    return len(new)


def _draft(tx: Transaction, one: Starter, by: Actor) -> Draft:
    return Draft(
        name=one.name,
        title_fr=one.title_fr,
        title_en=one.title_en,
        policy=one.policy,
        canned_reply_id=_answer(tx, one, by),
        place=one.place,
        hours=one.hours,
        during=one.during,
        question_fr=one.question_fr,
        question_en=one.question_en,
        awaits=one.awaits,
        examples={language: _new(tx, language, texts) for language, texts in one.examples.items()},
    )


def _answer(tx: Transaction, one: Starter, by: Actor) -> int:
    """A canned reply of its own, beside those that the operator has: agents find it, too."""
    shortcut = next(each for each in _shortcuts(one.shortcut) if not canned_replies.by_shortcut(tx, each))
    words = {"title": f"{one.title_fr} / {one.title_en}", "text_fr": one.answer_fr, "text_en": one.answer_en}
    return canned.save(tx, None, shortcut=shortcut, **words, is_safe_in_public=one.is_safe_in_public, by=by)


def _shortcuts(wanted: str) -> Iterator[str]:
    yield wanted
    yield from (f"{wanted}-{number}" for number in itertools.count(2))


def _new(tx: Transaction, language: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """What the operator gave to an intent of his own stays there."""
    taken = kept.owners(tx, language, texts)
    return tuple(text for text in texts if key(text) not in taken)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines())
