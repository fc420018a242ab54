"""Where on X something is, and its name as one string.

    20~7          the branch of person 7 in the public thread that began with post 20
    dm:7          direct messages with person 7
    dm:g30        direct messages of several people, conversation 30

A post is named by its number, a direct message by `dm:` and its number. An edited post has a number for each version, and
keeps the name of the first. Many people write under one post of a bank: each of them has a conversation.
"""

import re
from dataclasses import dataclass
from typing import Self

from bot import errors

_PUBLIC = re.compile(r"(\d{1,19})~(\d{1,19})", re.ASCII)
_PRIVATE = re.compile(r"dm:(g?)(\d{1,19})", re.ASCII)
_PAIR = re.compile(r"(\d{1,19})-(\d{1,19})", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A public branch has a `root`; a private one has not, and is with a `person` or is the `group`."""

    root: str = ""
    person: str = ""
    group: str = ""

    @classmethod
    def parse(cls, conversation_id: str) -> Self:
        """The place that `str(place)` named. Raises Refused for anything else."""
        if public := _PUBLIC.fullmatch(conversation_id):
            return cls(root=public[1], person=public[2])
        if private := _PRIVATE.fullmatch(conversation_id):
            return cls(group=private[2]) if private[1] else cls(person=private[2])
        raise errors.Refused(f"{conversation_id!r} is not a conversation on X.")

    @classmethod
    def private(cls, dm_conversation_id: str, us: str) -> Self:
        """The place of X's own name for a conversation: both people's numbers in either order, or a number of its own."""
        if pair := _PAIR.fullmatch(dm_conversation_id):
            first, second = pair.groups()
            return cls(person=second if first == us else first)
        return cls(group=number(dm_conversation_id))

    def __str__(self) -> str:
        if self.root:
            return f"{self.root}~{self.person}"
        return f"dm:g{self.group}" if self.group else f"dm:{self.person}"


def number(value: object) -> str:
    """A number of X's, which is a string. Raises ValueError for anything else, a float above all."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("an id of X's is a string of up to 19 digits")
    return value


def is_number(value: object) -> bool:
    return isinstance(value, str) and bool(_NUMBER.fullmatch(value))
