"""The fake network's own JSON, as both its server and our connector know it. None of it is seen beyond `translate`."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

PUBLIC_LIMIT = 280
PRIVATE_LIMIT = 4_000
MOST_FILES = 4
FILE_LIMITS = {"image/jpeg": 2_000_000, "image/png": 2_000_000, "application/pdf": 5_000_000}
MOST_PIXELS = 1_600

Kind = Literal["said", "edited", "deleted"]
_Id = Annotated[str, Meta(min_length=1, max_length=200)]
_Name = Annotated[str, Meta(max_length=300)]
_Text = Annotated[str, Meta(max_length=100_000)]
_Link = Annotated[str, Meta(max_length=2_000)]


class User(msgspec.Struct, frozen=True):
    """Somebody on the fake network."""

    id: _Id
    name: _Name = ""
    username: _Name = ""


class File(msgspec.Struct, frozen=True):
    """A file hanging on a post."""

    id: _Id
    kind: Annotated[str, Meta(max_length=30)] = "file"
    name: _Name = ""
    url: _Link = ""
    size: Annotated[int, Meta(ge=0)] = 0


class Post(msgspec.Struct, frozen=True):
    """One utterance as it stands now; `version` counts its edits. It `summons` the account unless it only speaks of it."""

    id: _Id
    thread: _Id
    author: User
    at: Annotated[datetime, Meta(tz=True)]
    text: _Text = ""
    public: bool = False
    reply_to: _Name = ""
    version: int = 0
    link: _Link = ""
    files: tuple[File, ...] = ()
    summons: bool = True


class Update(msgspec.Struct, frozen=True):
    """What happened to a post. Numbers rise by one over the account."""

    number: int
    kind: Kind
    post: Post


class Updates(msgspec.Struct, frozen=True):
    """The answer to a poll, and the body of a push. Each update stays raw until it is looked at, so that one bad one is alone."""

    updates: tuple[msgspec.Raw, ...]
    next: int


class Enclosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that an account sends with its words; `body` is base64."""

    name: _Name
    kind: Annotated[str, Meta(max_length=100)]
    body: bytes
    alt: _Text = ""


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account asks the network to say; in a public thread `private` means to the author of `reply_to` alone."""

    thread: _Id
    text: str
    reply_to: str = ""
    private: bool = False
    files: tuple[Enclosed, ...] = ()


class Sent(msgspec.Struct, frozen=True):
    """The network's answer to a sending. `thread` is where it went, if that is not where it was sent."""

    id: _Id
    at: Annotated[datetime, Meta(tz=True)]
    link: str = ""
    thread: str = ""


class Doing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account asks to be done with a post."""

    act: Literal["hide", "unhide", "like", "unlike", "edit", "delete"]
    post: _Id
    text: _Text = ""


class Me(msgspec.Struct, frozen=True):
    """Whom the network takes us for."""

    account: str
