"""What somebody wrote → plain words that phrases can be looked for in: no accents, no capitals, no doubled letters, no disguise.

"J'ai été ARNAKÉÉÉ!!", "f.r.a.u.d", "ph1shing" and "su*cide" become what they mean. A word that nobody misspells costs one look
into a dictionary.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from bot.desk import folding

_LINK = r"https?://\S+|www\.\S+|@\w+"
_LETTER_BY_LETTER = r"(?<![^\W_])[a-z](?:(?:[._*-][a-z]){2,}|(?: [a-z]){3,})(?![^\W_])"
_WORD = r"(?:[^\W_]|['*$@](?=[^\W_])|\*+(?![^\W_]))+"
_TOKEN = re.compile(rf"{_LINK}|{_LETTER_BY_LETTER}|{_WORD}|[.?!…\n]+")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_VOWEL = re.compile("[aeiouy]")
_CONTRACTED = re.compile(r"(n't|'(?:ll|re|ve|m))$")
_IN_FULL = {"n't": " not", "'ll": " will", "'re": " are", "'ve": " have", "'m": " am"}
_NUMBER_AND_UNIT = re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])")
_DISGUISES = tuple(str.maketrans(f"0{one}34578@$", f"o{letter}eastbas") for one, letter in ("1i", "1l"))
_SHORTEST_MENDED = 5
_LONGEST = 40
_REMEMBERED = 50_000

END, QUESTION = ".", "?"  # of a sentence


@cache
def short_forms() -> Mapping[str, str]:
    """Written so → meant so."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def squeeze(word: str) -> str:
    """Doubled letters are where most misspell, and where anger writes eight. Initials keep theirs."""
    return _DOUBLED.sub(r"\1", word) if _VOWEL.search(word) else word


class Speller(dict[str, str]):
    """Token → plain word or words. Filled as tokens are met, up to a limit.

    `spellings` says what stands for what. `known` words are looked for behind disguises, and never taken for misspelt;
    `mended` are those that a misspelt word may be meant for.
    """

    def __init__(self, spellings: Mapping[str, str], known: Iterable[str] = (), mended: Iterable[str] = ()) -> None:
        super().__init__()
        self._spellings = dict(spellings)
        self._mended = frozenset(map(squeeze, mended))
        self._known = self._mended.union(map(squeeze, known))
        self._alike: dict[tuple[int, str], list[str]] = {}
        for word in sorted(self._known):
            self._alike.setdefault((len(word), word[:1]), []).append(word)
        self._shortened: dict[str, str] = {}
        for word in sorted(self._mended):
            self._shortened.update(dict.fromkeys(_without_one_letter(word), word))

    def __missing__(self, token: str) -> str:
        plain = self._plain(token)
        if len(self) < _REMEMBERED:
            self[token] = plain
        return plain

    def words(self, text: str) -> str:
        """`text` in plain words: each with a blank before and after it, sentences parted by "." or "?"."""
        return f" {' '.join(filter(None, map(self.__getitem__, _TOKEN.findall(_fold(text).plain))))} "

    def place(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The stretch of `text` that became words(text)[start:end]."""
        folded = _fold(text)
        at, stretch = 1, []
        for token in _TOKEN.finditer(folded.plain):
            plain = self[token.group()]
            if plain:
                if at < end and at + len(plain) > start:
                    stretch.append(token)
                at += len(plain) + 1
        return folded.span(stretch[0].start(), stretch[-1].end())

    def _plain(self, token: str) -> str:
        if token[0] in ".?!…\n":
            return QUESTION if "?" in token else END
        if token.startswith(("http", "www.", "@")):
            return ""
        if " " in token or (len(token) > 1 and not token[1].isalnum() and token[1] != "'"):
            return self._joined(token)
        if token in self._spellings:
            return self._spellings[token]
        token = _CONTRACTED.sub(lambda ending: _IN_FULL[ending[0]], token)
        return " ".join(self._word(part) for part in re.split("[' ]", token) if part)

    def _joined(self, letters: str) -> str:
        """Written letter by letter: one word when we know it, or else what stands there."""
        parts = re.findall("[a-z]+", letters)
        whole = self._word("".join(parts))
        return whole if whole in self._known else " ".join(parts)

    def _word(self, word: str) -> str:
        if len(word) > _LONGEST:
            return word
        squeezed = squeeze(word)
        for written in (word, squeezed):
            if written in self._spellings:
                return self._spellings[written]
        if squeezed in self._known:
            return squeezed
        if not squeezed.isalpha():
            return self._undisguised(squeezed)
        return self._meant(squeezed) or squeezed

    def _undisguised(self, word: str) -> str:
        """Digits and signs for letters, or a number with its unit."""
        if "*" in word:
            hidden = word.strip("*") if word.startswith("*") else word
            # Each star hides one letter, and never the first: few of all the known words are looked at.
            alike = self._alike.get((len(hidden), hidden[:1]), ())
            return next((known for known in alike if _fits(hidden, known)), word.replace("*", ""))
        for disguise in _DISGUISES if not word.isdecimal() else ():
            bare = squeeze(word.translate(disguise))
            if bare in self._spellings or self._begins_like_known(bare):
                return self._spellings.get(bare, bare)
        return _NUMBER_AND_UNIT.sub(" ", word)

    def _begins_like_known(self, word: str) -> bool:
        """Phrases know the beginnings of words, too. A short one must be known as it is."""
        whole = len(word)
        return whole > 2 and any(word[:length] in self._known for length in range(min(4, whole), whole + 1))

    def _meant(self, word: str) -> str:
        """The known word that is one letter away: one too many, one missing, another one, or two that changed places."""
        if len(word) < _SHORTEST_MENDED:
            return ""
        for near in chain((word,), _without_one_letter(word)):
            meant = near if near in self._mended else self._shortened.get(near, "")
            if meant and meant[0] == word[0] and abs(len(meant) - len(word)) <= 1:
                return meant
        return ""


def _fold(text: str) -> folding.Folded:
    folded = folding.fold(text)
    return folding.Folded(folded.plain.replace("’", "'"), folded.places)


def _fits(hidden: str, known: str) -> bool:
    """Whether this word may stand behind these stars; they are of one length."""
    return all(
        sign == letter or (sign == "*" and "a" <= letter <= "z") for sign, letter in zip(hidden, known, strict=True)
    )


def _without_one_letter(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))
