"""What goes to the process that trains, and what comes back: a lesson in, signs of life and a result out, in MessagePack.

Training has a process of its own: it takes a whole core for minutes and much memory, and whoever stops it stops all of it.
"""

from typing import BinaryIO

import msgspec

LENGTH = 4  # bytes before each word that tell how long it is


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """An example: its number in the book, its language, its words, and the intent that it is one of."""

    id: int
    language: str
    text: str
    intent: str


class Train(msgspec.Struct, frozen=True, tag=True):
    """Learn from these."""

    samples: tuple[Sample, ...]


class Ask(msgspec.Struct, frozen=True, tag=True):
    """What do these versions say of these texts?"""

    bodies: tuple[bytes, ...]
    texts: tuple[str, ...]


class Sort(msgspec.Struct, frozen=True, tag=True):
    """Which of these texts ask the same?"""

    texts: tuple[str, ...]


class Going(msgspec.Struct, frozen=True, tag=True):
    """A sign of life: how far, of 100, and at what."""

    done: int
    stage: str


class Learnt(msgspec.Struct, frozen=True, tag=True):
    """A version: its bytes, what made it, its thresholds by target, and what was said of each sample unseen."""

    body: bytes
    engine: str
    thresholds: dict[int, float]
    unseen: tuple[tuple[str, float], ...]


class Told(msgspec.Struct, frozen=True, tag=True):
    """Per version and text the intent and its probability."""

    said: tuple[tuple[tuple[str, float], ...], ...]


class Sorted(msgspec.Struct, frozen=True, tag=True):
    """Groups of texts by their places, the largest first; what resembles nothing is in none."""

    groups: tuple[tuple[int, ...], ...]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """It cannot be done, in a sentence."""

    reason: str


Lesson = Train | Ask | Sort
Word = Going | Learnt | Told | Sorted | Failed


def lesson(written: bytes) -> Lesson:
    return msgspec.msgpack.decode(written, type=Lesson)  # type: ignore[no-any-return]  # a union is no class


def word(written: bytes) -> Word:
    return msgspec.msgpack.decode(written, type=Word)  # type: ignore[no-any-return]  # a union is no class


def written(said: Lesson | Word) -> bytes:
    return msgspec.msgpack.encode(said)


def say(out: BinaryIO, said: Word) -> None:
    """One word, after its length."""
    body = written(said)
    out.write(len(body).to_bytes(LENGTH, "big") + body)
    out.flush()
