"""What a message talks about: its words and pairs of words, handles it names, and known ways to say that something is wrong."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Names of phrases that say when and for whom, not what is wrong.
_CIRCUMSTANCES = ("others_too", "now")
_PHRASES = Path(__file__).with_name("phrases.toml")
_LINKS = re.compile(r"https?://\S+|__\w+__|\[[^\[\]•]{0,20}•[^\[\]]{0,20}\]")
_WORDS = re.compile(r"@?\w[\w']*|#\w+")
_ENDINGS = ("ing", "ed", "es", "s")
_STEM = 4
_LONGEST = 2_000
_EMPTY = frozenset(
    """
    a about all also am an and any are as at back be been but by can cant could d did didnt do does doesnt doing dont even for
    from get go going got had has have he hello her here hey hi his how i id if ill im in into is isnt it its ive just know like
    ll look m make me more most my no not now of ok okay on one only or our out please really re s see sent so some still sure t
    than thank thanks that thats the their them then there these they this those to too try u up ur us ve very want was we were
    what when where which who why will with would y yeah yes you your dm
    ai au aussi aux avec avez bien bonjour bonsoir c ca ce cela ces cet cette chez comme comment dans de des donc du elle elles en
    encore est et etre eu fait faire il ils j je l la le les leur lui ma mais mes moi mon merci n ne ni nos notre nous on ont ou
    par pas pour plus pourquoi qu quand que quel quelle qui quoi sa sans se ses si son sont suis sur svp ta te tes toi ton tous
    tout toute toutes tres tu un une vos votre vous voila
    """.split()  # noqa: SIM905  read as text, it can be read
)


@dataclass(frozen=True, slots=True)
class Said:
    """`terms`: what it talks about; names of known phrases begin with "~". `is_problem`: it says that something is wrong.

    `print`: the same for two messages of the same words; empty for a message too short to be told from another's by chance.
    """

    terms: frozenset[str]
    is_problem: bool
    print: str


def read(text: str) -> Said:
    """Read a message. Only its first 2,000 characters count."""
    plain = _plain(_LINKS.sub(" ", text[:_LONGEST]))
    known = {f"~{name}" for name, pattern in _phrases().items() if pattern.search(plain)}
    is_problem = any(name[1:] not in _CIRCUMSTANCES for name in known)
    words = _WORDS.findall(plain)
    spoken = [word for word in words if word[0] not in "@#"]
    return Said(frozenset(known | _terms(words)), is_problem, " ".join(spoken) if len(spoken) > _STEM else "")


def shown(term: str) -> str:
    """A term as people may read it."""
    return term.lstrip("~").replace("_", " ")


def names() -> tuple[str, ...]:
    """The names of the known phrases."""
    return tuple(_phrases())


def _terms(words: list[str]) -> set[str]:
    found: set[str] = set()
    before = ""
    for word in words:
        if word[0] in "@#":
            found.add(word)
            continue
        stem = _stem(word.replace("'", ""))
        if not stem:
            continue
        found.add(stem)
        if before:
            found.add(f"{before} {stem}")
        before = stem
    return found


def _stem(word: str) -> str:
    """Without its commonest English endings, and empty for what says nothing by itself."""
    if word in _EMPTY or len(word) < 2 or (word.isdecimal() and len(word) < 3):
        return ""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def _plain(text: str) -> str:
    """In small letters, without accents, with plain apostrophes."""
    lowered = text.lower().replace("\u2019", "'")
    if lowered.isascii():
        return lowered
    return "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))


@cache
def _phrases() -> dict[str, re.Pattern[str]]:
    told = tomllib.loads(_PHRASES.read_text(encoding="utf-8"))
    return {name: re.compile("|".join([*of["en"], *of["fr"]])) for name, of in told.items()}
