"""Which passwords are good enough, and what is kept of them.

Argon2id with 19 MiB and four passes: twice the passes of the OWASP cheat sheet's second choice, little enough memory for two at
once on a small machine. Hashing takes tens of milliseconds of a core: callers run it in a thread, a few at a time.
"""

import itertools
import re
import unicodedata
from functools import cache
from pathlib import Path

import argon2

from bot.errors import Invalid

SHORTEST, LONGEST = 12, 128

_HASHER = argon2.PasswordHasher(time_cost=4, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)
_WORDS = Path(__file__).with_name("common_words.txt")
_ROWS = (
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "abcdefghijklmnopqrstuvwxyz",
)
_DIGITS = ("0123456789" * 2, "9876543210" * 2)
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("0134578@$!€", "oieastbasie")
_SHORTEST_RUN = 4
_LONGEST_COUNT = 6


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise Invalid when a password is too short, too long, or what a guesser tries first.

    `about` are the agent's name, e-mail address and the brand: a password made of them and of common words is no secret.
    """
    if len(password) < SHORTEST:
        raise Invalid(f"A password needs at least {SHORTEST} characters.", field="password")
    if len(password) > LONGEST:
        raise Invalid(f"A password may have at most {LONGEST} characters.", field="password")
    if len(set(password)) < 5 or not _rest(password, _about(about)):
        raise Invalid(
            "This password is among the first that a guesser tries. Three or four unrelated words make a good one.",
            field="password",
        )


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(_normal(password))


def is_right(stored: str, password: str) -> bool:
    """Whether `password` is the one that was stored. Takes the same time when nothing is stored."""
    try:
        _HASHER.verify(stored or _nobody(), _normal(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether it was hashed at another cost than today's, and should be hashed again at the next sign-in."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """The same keys give the same password on every keyboard and system."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")


def _about(texts: tuple[str, ...]) -> frozenset[str]:
    parts = itertools.chain.from_iterable(re.split(r"[^a-z]+", _plain(text)) for text in texts)
    return frozenset(part for part in parts if len(part) > 2)


def _plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _rest(password: str, about: frozenset[str]) -> str:
    """What is left without common words, names, keyboard rows, and a year or a count at the ends."""
    plain = _plain(password)
    core = _ENDS.sub("", plain)
    ends = _without_runs(re.sub(r"[^0-9]", "", "".join(_ENDS.findall(plain))), _DIGITS)
    if len(ends) > _LONGEST_COUNT:
        return ends
    readings = {re.sub(r"[^a-z]", "", core), re.sub(r"[^a-z]", "", core.translate(_LEET))}
    return min((_without_words(_without_runs(reading, _ROWS), about) for reading in readings), key=len)


def _without_runs(text: str, rows: tuple[str, ...]) -> str:
    """Take out stretches of neighbouring keys."""
    kept, place = "", 0
    while place < len(text):
        length = max((_run(text[place:], row) for row in rows), default=0)
        kept += "" if length >= _SHORTEST_RUN else text[place]
        place += length if length >= _SHORTEST_RUN else 1
    return kept


def _run(text: str, row: str) -> int:
    begin = row.find(text[0])
    length = 0
    while begin >= 0 and begin + length < len(row) and length < len(text) and text[length] == row[begin + length]:
        length += 1
    return length


def _without_words(text: str, about: frozenset[str]) -> str:
    """What is left of `text` when it is read as known words, at best."""
    words = _common() | about
    best = [""]
    for end in range(1, len(text) + 1):
        choices = [best[end - 1] + text[end - 1]]
        choices += [best[begin] for begin in range(max(0, end - 20), end) if text[begin:end] in words]
        best.append(min(choices, key=len))
    return best[-1]


@cache
def _common() -> frozenset[str]:
    return frozenset(_WORDS.read_text(encoding="utf-8").split())
