"""Who and what is in the demo, read from `cast.toml`."""

import importlib.resources
from functools import cache
from typing import Literal

import msgspec

Locale = Literal["fr", "en"]


class Team(msgspec.Struct, frozen=True):
    name: str
    branch: str


class Agent(msgspec.Struct, frozen=True):
    email: str
    name: str
    role: str
    locale: Locale
    languages: str
    team: str


class Channel(msgspec.Struct, frozen=True):
    name: str
    title: str
    is_public: bool
    team: str
    language: Locale
    branch: str = ""
    options: dict[str, str] = {}


class Canned(msgspec.Struct, frozen=True):
    shortcut: str
    title: str
    text_fr: str
    text_en: str
    is_safe_in_public: bool = False


class Story(msgspec.Struct, frozen=True):
    """What one customer says, line by line, each after an answer.

    `files` names what hangs on a line, by the line's number from 0. `chorus` are strangers who join in after the first line,
    which its author may later have `edited`, or taken back. `tag`, `priority` and `note` are what the bank made of it.
    """

    channels: tuple[str, ...]
    language: Locale
    lines: tuple[str, ...]
    files: dict[str, str] = {}
    chorus: tuple[str, ...] = ()
    edited: str = ""
    is_taken_back: bool = False
    tag: str = ""
    priority: str = ""
    note: str = ""

    def file(self, line: int) -> str:
        """The name of the file that hangs on a line; empty when none does."""
        return self.files.get(str(line), "")


class Cast(msgspec.Struct, frozen=True):
    team: tuple[Team, ...]
    agent: tuple[Agent, ...]
    channel: tuple[Channel, ...]
    canned: tuple[Canned, ...]
    people: dict[Locale, tuple[str, ...]]
    story: tuple[Story, ...]
    answers: dict[Locale, tuple[str, ...]]


@cache
def read() -> Cast:
    """The cast. The same file gives the same cast."""
    return msgspec.toml.decode(importlib.resources.files(__package__).joinpath("cast.toml").read_bytes(), type=Cast)
