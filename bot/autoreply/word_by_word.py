"""What is understood without any model: a message that says, word by word, what the operator gave as an example.

It is certain, so it wins over whatever a model guesses. Where nothing was trained it is all there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.autoreply.understanding.values import Decision, Guess, Understanding
from bot.model.intent import key
from bot.store.intents import Book

VERSION = "examples"


class Understander(Protocol):
    """What a message means. May be asked by several threads at once, and takes its time."""

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]: ...


@dataclass(frozen=True, slots=True)
class WordByWord:
    """An understander that knows the operator's examples by heart."""

    model: Understander
    intents: Mapping[str, str]

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]:
        """What the model says, but for texts that are examples themselves."""
        found = self.model.understand(texts, hints)
        return [_known(one, self.intents.get(key(text), "")) for text, one in zip(texts, found, strict=True)]


def knowing(book: Book, model: Understander) -> WordByWord:
    """An understander that knows this book's examples. What is an example of two intents, in two languages, is none."""
    owners: dict[str, set[str]] = {}
    for intent in book.intents:
        for example in intent.examples:
            owners.setdefault(key(example.text), set()).add(intent.name)
    return WordByWord(model, {text: next(iter(names)) for text, names in owners.items() if text and len(names) == 1})


def _known(found: Understanding, intent: str) -> Understanding:
    if not intent:
        return found
    others = tuple(one for one in found.suggestions if one.label != intent)
    return replace(
        found,
        intent=intent,
        intent_probability=1.0,
        decision=Decision.ANSWER,
        suggestions=(Guess(intent, 1.0), *others)[:3],
        version=f"{found.version} {VERSION}".strip(),
    )
