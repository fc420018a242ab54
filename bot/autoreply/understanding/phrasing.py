"""Phrases as an operator writes them, and where they stand in a message.

A phrase is a line of words. `|` parts words of which one is enough, `_` stands for a blank inside one of them, `*` ends a word
that may go on, `?` ends one that may be missing. `..` is a gap of up to three words and `...` of up to six. `{name}` stands for
a list of words of that name, `!?` at the end for "and this is no question". A phrase never reaches over the end of a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.autoreply.understanding.spelling import Speller
from bot.errors import Invalid

_MARKS = {
    "..": r"(?:[a-z0-9]+ ){0,3}?",
    "...": r"(?:[a-z0-9]+ ){0,6}?",
    "!?": r"(?![^.?]*\?)",
}
_KEY = 4  # letters of a word by which phrases are looked up


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: a mark, or the words of which one must stand there."""

    words: tuple[str, ...]
    is_optional: bool = False

    @property
    def is_mark(self) -> bool:
        return self.words[0] in _MARKS

    @property
    def pattern(self) -> str:
        if self.is_mark:
            return _MARKS[self.words[0]]
        choices = "|".join(word.removesuffix("*") + "[a-z]*" * word.endswith("*") for word in self.words)
        return f"(?:(?:{choices}) )" + "?" * self.is_optional

    @property
    def keys(self) -> frozenset[str]:
        """By which a message that may hold this is recognised; empty when it may be missing or is too short to tell."""
        is_short = any(word.endswith("*") and " " not in word and len(word) <= _KEY for word in self.words)
        if self.is_mark or self.is_optional or is_short:
            return frozenset()
        return frozenset(word.partition(" ")[0][:_KEY] for word in self.words)


Phrase = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class _Sought:
    """A phrase as it is looked for. `others` are the keys of its words but the rarest; each must be there, too."""

    name: str
    pattern: re.Pattern[str]
    others: tuple[frozenset[str], ...]


class Phrasebook:
    """Phrases sorted by their names. Found by their rarest word; only those are tried that can stand in a message at all."""

    def __init__(self, phrases: Mapping[str, Iterable[Phrase]]) -> None:
        every = [(name, phrase) for name, named in phrases.items() for phrase in named]
        common = Counter(key for _, phrase in every for element in phrase for key in element.keys)
        self._every: list[_Sought] = []
        self._by_key: dict[str, list[int]] = {}
        for number, (name, phrase) in enumerate(every):
            keys = sorted(
                (element.keys for element in phrase if element.keys), key=lambda keys: max(common[key] for key in keys)
            )
            if not keys:
                raise Invalid(f"A phrase needs a whole word or four letters of one: {phrase!r}.")
            pattern = re.compile("(?<= )" + "".join(element.pattern for element in phrase))
            self._every.append(_Sought(name, pattern, tuple(keys[1:])))
            for key in keys[0]:
                self._by_key.setdefault(key, []).append(number)

    def find(self, words: str) -> Iterator[tuple[str, re.Match[str]]]:
        """The names of the phrases that stand in `words`, as a Speller writes them, and the first place of each phrase."""
        for name, pattern in self._likely(words):
            if match := pattern.search(words):
                yield name, match

    def hide(self, words: str) -> dict[str, str]:
        """Name → `words` with its phrases behind as many underscores; only the names that hide anything."""
        hidden: dict[str, str] = {}
        for name, pattern in self._likely(words):
            before = hidden.get(name, words)
            after = pattern.sub(_underscores, before)
            if after != before:
                hidden[name] = after
        return hidden

    def _likely(self, words: str) -> Iterator[tuple[str, re.Pattern[str]]]:
        present = {word[:_KEY] for word in words.split()}
        numbers = {number for key in present for number in self._by_key.get(key, ())}
        for number in sorted(numbers):
            sought = self._every[number]
            if not any(present.isdisjoint(keys) for keys in sought.others):
                yield sought.name, sought.pattern


def read(lines: str, lists: Mapping[str, str], speller: Speller) -> list[Phrase]:
    """Phrases, one in a line, spelt as the speller spells messages. What stands after "--" is a remark."""
    bare = (line.partition("--")[0].strip() for line in lines.splitlines())
    return [tuple(_elements(line, lists, speller)) for line in bare if line]


def words_of(phrases: Iterable[Phrase]) -> set[str]:
    """Every single word that the phrases are made of."""
    return {
        part.removesuffix("*")
        for phrase in phrases
        for element in phrase
        if not element.is_mark
        for word in element.words
        for part in word.split()
    }


def _elements(line: str, lists: Mapping[str, str], speller: Speller) -> Iterator[Element]:
    for name, words in lists.items():
        line = line.replace(f"{{{name}}}", "|".join(words.split()))
    for token in line.split():
        if token in _MARKS:
            yield Element((token,))
        else:
            choices = token.removesuffix("?").split("|")
            yield Element(tuple(_spelt(choice, speller) for choice in choices), token.endswith("?"))


def _spelt(choice: str, speller: Speller) -> str:
    """As a message's own words will stand there."""
    words = speller.words(choice.removesuffix("*").replace("_", " ")).strip()
    if not words:
        raise Invalid(f"A phrase has nothing to look for in {choice!r}.")
    return words + "*" * choice.endswith("*")


def _underscores(match: re.Match[str]) -> str:
    return "_" * (len(match[0]) - 1) + " "
