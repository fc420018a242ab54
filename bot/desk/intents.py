"""What the operator teaches the bot: each verb checks, changes, writes its event and turns the book's page."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import errors
from bot.desk import masking
from bot.model.event import SYSTEM, Actor
from bot.model.intent import Check, During, Hours, Origin, Place, Policy, key
from bot.store import canned_replies, events, intents
from bot.store.intents import IntentRow
from bot.store.transaction import Transaction

LANGUAGES = ("fr", "en")
LONGEST_EXAMPLE = 500
MOST_EXAMPLES = 1_000  # in one language
TARGETS = range(80, 100)  # be right at least so many times in 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WORDS: Mapping[str, type[Policy | Place | Hours | During | Check]] = {
    "policy": Policy, "place": Place, "hours": Hours, "during": During, "awaits": Check,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An intent as somebody wants it. `examples` are by language, all of them: what is not among them goes."""

    name: str
    title_fr: str
    title_en: str
    policy: str = Policy.SUGGEST
    canned_reply_id: int | None = None
    place: str = Place.ANYWHERE
    hours: str = Hours.ALWAYS
    during: str = During.WHATEVER
    question_fr: str = ""
    question_en: str = ""
    awaits: str = Check.NONE
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def save(tx: Transaction, id_: int | None, draft: Draft, *, by: Actor, origin: Origin = Origin.OPERATOR) -> int:
    """Keep an intent; its number. Examples that it has keep their origin, new ones get this one.

    Raises Invalid with the field to change, Conflict when the name is another's, NotFound.
    """
    known = intents.find(tx, id_) if id_ is not None else None
    _check(tx, known, draft)
    told = {language: _read(draft.examples.get(language, ()), language) for language in LANGUAGES}
    for language, texts in told.items():
        _belong_to_no_other(tx, known, language, texts)
    saved = intents.save(tx, id_, **_values(draft))
    if known:
        kept = {(language, text) for language, texts in told.items() for text in texts}
        intents.drop_examples(tx, [one.id for one in known.examples if (one.language, one.text) not in kept])
    for language, texts in told.items():
        had = {one.text for one in known.examples if one.language == language} if known else set[str]()
        intents.add_examples(tx, saved, language, [text for text in texts if text not in had], origin=origin)
    _record(tx, "intent.saved", by, _told(known, intents.find(tx, saved)))
    return saved


def remove(tx: Transaction, id_: int, *, by: Actor) -> None:
    """Forget an intent and its examples; its canned reply stays. Raises NotFound."""
    known = intents.find(tx, id_)
    intents.remove(tx, id_)
    _record(tx, "intent.removed", by, {"intent": id_, "name": known.name})


def teach(
    tx: Transaction, id_: int, language: str, text: str, *, origin: Origin, message_id: int | None, by: Actor
) -> None:
    """One more way to say it, from a message that a person judged. What is an example already stays where it is."""
    known = intents.find(tx, id_)
    (plain,) = _read([text], language) or [""]
    if not plain or language not in LANGUAGES:
        raise errors.Invalid("An example is made of words in French or English.", field="text")
    intents.add_examples(tx, id_, language, [plain], origin=origin, message_id=message_id)
    _record(tx, "intent.taught", by, {"intent": id_, "name": known.name, "origin": origin, "message": message_id})


def forget(tx: Transaction, message_id: int) -> None:
    """Its author has taken the message back: its words are no example any more. The next training does without them."""
    if intents.drop_examples_of(tx, message_id):
        _record(tx, "intent.forgot", SYSTEM, {"message": message_id})


def aim(tx: Transaction, target: int, *, by: Actor) -> None:
    """Be right at least so many times in 100, before the bot answers by itself."""
    if target not in TARGETS:
        raise errors.Invalid(f"A number from {TARGETS[0]} to {TARGETS[-1]} is needed.", field="target")
    before = intents.book(tx).target
    intents.set_book(tx, target=target)
    _record(tx, "bot.aimed", by, {"before": {"target": before}, "after": {"target": target}})


def answer_changed(tx: Transaction, canned_reply_id: int) -> None:
    """Words that an intent answers with are others now."""
    if intents.answering_with(tx, canned_reply_id):
        intents.turn_page(tx)


def answer_is_needed(tx: Transaction, canned_reply_id: int) -> None:
    """Raises Conflict when an intent answers with this canned reply."""
    for one in intents.answering_with(tx, canned_reply_id):
        raise errors.Conflict(f"The bot answers “{one.title_en}” with it. Give that intent another answer first.")


def _check(tx: Transaction, known: IntentRow | None, draft: Draft) -> None:
    if not _NAME.fullmatch(draft.name) or (known and known.name != draft.name):
        raise errors.Invalid("A name is made of small letters, digits and _, and stays.", field="name")
    if known is None and intents.by_name(tx, draft.name):
        raise errors.Conflict(f"The name {draft.name} is another intent's.")
    for name in ("title_fr", "title_en"):
        if not getattr(draft, name).strip():
            raise errors.Invalid("An intent needs a title in both languages.", field=name)
    for name, words in _WORDS.items():
        if getattr(draft, name) not in set(words):
            raise errors.Invalid("This is not one of the choices.", field=name)
    if draft.canned_reply_id is not None:
        canned_replies.find(tx, draft.canned_reply_id)
    elif draft.policy != Policy.HAND_OVER:
        raise errors.Invalid("What is answered or suggested needs a canned reply.", field="canned_reply_id")
    if bool(draft.awaits) != bool(draft.question_fr.strip() or draft.question_en.strip()):
        raise errors.Invalid("A question needs a check of its answer, and a check a question.", field="question_fr")


def _read(texts: Iterable[str], language: str) -> list[str]:
    """Examples as they are kept: masked, without needless blanks, each once. Raises Invalid."""
    read: dict[str, str] = {}
    for text in texts:
        plain = masking.mask(" ".join(text.split())).text
        if len(plain) > LONGEST_EXAMPLE:
            raise errors.Invalid(
                f"An example has {LONGEST_EXAMPLE} characters at the most.", field=f"examples_{language}"
            )
        if plain:
            read.setdefault(key(plain), plain)
    if len(read) > MOST_EXAMPLES:
        raise errors.Invalid(f"{MOST_EXAMPLES} examples are the most.", field=f"examples_{language}")
    return list(read.values())


def _belong_to_no_other(tx: Transaction, known: IntentRow | None, language: str, texts: Iterable[str]) -> None:
    by_key = {key(text): text for text in texts}
    for found, intent_id in intents.owners(tx, language, by_key.values()).items():
        if known is None or intent_id != known.id:
            other = intents.find(tx, intent_id).title_en
            raise errors.Invalid(f"“{by_key[found]}” is an example of “{other}” already.", field=f"examples_{language}")


def _values(draft: Draft) -> dict[str, Any]:
    names = ("name", "policy", "canned_reply_id", "place", "hours", "during", "awaits")
    texts = ("title_fr", "title_en", "question_fr", "question_en")
    return {name: getattr(draft, name) for name in names} | {name: getattr(draft, name).strip() for name in texts}


def _told(before: IntentRow | None, after: IntentRow) -> dict[str, Any]:
    names = ("policy", "canned_reply_id", "place", "hours", "during", "awaits")

    def plain(one: IntentRow) -> dict[str, Any]:
        return {name: getattr(one, name) for name in names} | {"examples": len(one.examples)}

    new = plain(after)
    old = plain(before) if before else {}
    changed = [name for name in new if old.get(name) != new[name]]
    return {
        "intent": after.id,
        "name": after.name,
        "before": {name: old[name] for name in changed if name in old},
        "after": {name: new[name] for name in changed},
    }


def _record(tx: Transaction, kind: str, by: Actor, body: dict[str, Any]) -> None:
    intents.turn_page(tx)
    events.record(tx, kind, by=by, body=body)
