"""The signs that always bring a message to a person: fraud, a stolen card, phishing, threats, self-harm, minors, law, press and
regulators.

The words stand in `dangers.toml`. What is missed may cost somebody his savings or his life, and what is found too much costs a
person one look: so the words reach far, into typing errors, capitals and disguises.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.autoreply.understanding import phrasing, spelling
from bot.autoreply.understanding.phrasing import Phrasebook
from bot.autoreply.understanding.spelling import Speller
from bot.autoreply.understanding.values import Danger

_DENIED = "{{not}} {{filler}}? {{filler}}? {{filler}}? {word} !?"


@dataclass(frozen=True, slots=True)
class Shown:
    """text[start:end] shows the danger."""

    danger: Danger
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Book:
    """The file, ready for reading. What `looks_like` a danger is hidden before the danger is looked for."""

    speller: Speller
    says: Phrasebook
    looks_like: Phrasebook


def signs(text: str) -> tuple[Danger, ...]:
    """The dangers that `text` shows, in the order of `Danger`."""
    found = {danger for danger, _ in _found(_book(), _book().speller.words(text))}
    return tuple(danger for danger in Danger if danger in found)


def shown(text: str) -> tuple[Shown, ...]:
    """The same, each with the first stretch of `text` that shows it, for whoever asks why."""
    book = _book()
    first: dict[Danger, tuple[int, int]] = {}
    for danger, span in _found(book, book.speller.words(text)):
        first[danger] = min(span, first.get(danger, span))
    return tuple(Shown(danger, *book.speller.place(text, *first[danger])) for danger in Danger if danger in first)


def _found(book: _Book, words: str) -> Iterator[tuple[Danger, tuple[int, int]]]:
    said = list(book.says.find(words))
    hidden = book.looks_like.hide(words) if said else {}
    for name, match in said:
        still = match.re.search(hidden[name]) if name in hidden else match
        if still:
            yield Danger(name), still.span()


@cache
def _book() -> _Book:
    """Made at the first message, not at import."""
    file = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    lists, plain = file["lists"], Speller(spelling.short_forms())
    says = {str(danger): phrasing.read(file[danger]["says"], lists, plain) for danger in Danger}
    looks_like = {str(danger): phrasing.read(_looks_like(file[danger]), lists, plain) for danger in Danger}
    known = phrasing.words_of(phrase for book in (says, looks_like) for phrases in book.values() for phrase in phrases)
    known |= set(file["spelling"]["kept"].split())
    speller = Speller(spelling.short_forms(), known, file["spelling"]["mended"].split())
    return _Book(speller, Phrasebook(says), Phrasebook(looks_like))


def _looks_like(sign: dict[str, str]) -> str:
    denials = (_DENIED.format(word=word) for word in sign.get("denied", "").split())
    return "\n".join([sign["looks_like"], *denials])
