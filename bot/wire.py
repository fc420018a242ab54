"""What crosses the border between the networks and the desk. Frozen: an update dies in `translate`, only these live on.

The same shapes, as JSON, are the wire format of the signed HTTP door and of NDJSON archives (`comptoir import`).
Times are aware and UTC. Identifiers are the network's own, as strings, and unique within one channel.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

ExternalId = Annotated[str, Meta(min_length=1, max_length=300)]
Name = Annotated[str, Meta(max_length=300)]
Text = Annotated[str, Meta(max_length=100_000)]
Link = Annotated[str, Meta(max_length=2_000)]
Trait = Annotated[str, Meta(min_length=1, max_length=30)]
_BLANK = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")

NOT_CALLABLE = (
    "Answers go to an address that begins with https:// and a host,"
    " or with http:// on this machine where the operator allows it."
)


def web_link(link: str) -> str:
    """The link when it leads to a page of the web; empty for any other scheme, which a browser might run or open here."""
    return link if link[:8].lower().startswith(("https://", "http://")) else ""


def is_callable(address: str, *, is_local_allowed: bool) -> bool:
    """Whether contacts' words may be sent to an address that a person typed: over https, or within this machine by http."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_local_allowed and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Act(StrEnum):
    """What the author did at the source."""

    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody on a network. `username` is without the leading @."""

    external_id: ExternalId
    name: Name = ""
    username: Name = ""
    avatar_url: Link = ""


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file named by the network. `size` is in bytes, 0 when the network does not tell."""

    external_id: ExternalId
    kind: Annotated[str, Meta(max_length=30)] = "file"
    name: Name = ""
    url: Link = ""
    size: Annotated[int, Meta(ge=0)] = 0


class InboundMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One utterance, its later edit, or its removal, as a network told us.

    `external_id` names the utterance: an edit or a deletion carries the id of what it changes.
    `conversation_id` names the thread or chat as the network sees it.
    `version` tells two edits of one message apart (an edit date, say); it is empty for what was said first.
    `is_own` marks the brand's own words, seen again as an echo or found in an archive.
    `traits` are facts that the network tells once and its connector needs again when somebody answers (`Spot`).
    """

    external_id: ExternalId
    conversation_id: ExternalId
    author: Person
    sent_at: Annotated[datetime, Meta(tz=True)]
    text: Text = ""
    act: Act = Act.SAID
    is_public: bool = False
    is_own: bool = False
    in_reply_to: Annotated[str, Meta(max_length=300)] = ""
    version: Annotated[str, Meta(max_length=100)] = ""
    permalink: Link = ""
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=50)] = ()
    traits: Annotated[Mapping[Trait, Annotated[str, Meta(max_length=300)]], Meta(max_length=20)] = {}


class Unreadable(msgspec.Struct, frozen=True):
    """A payload that could not be translated, kept as it came so that nothing is lost. Goes to quarantine."""

    raw: bytes
    reason: str


class Batch(msgspec.Struct, frozen=True):
    """What one look at the network gave. `cursor` may be told to it only after the batch is committed; None leaves it."""

    messages: tuple[InboundMessage, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cursor: str | None = None


class Enclosure(msgspec.Struct, frozen=True):
    """A file that leaves with words. `kind` is its media type; `alt` says for those who cannot see it what a picture shows.

    Pictures were made anew by us and carry nothing of where and by what they were taken; `width` and `height` are in pixels,
    0 for what is no picture.
    """

    name: str
    kind: str
    body: bytes
    alt: str = ""
    width: int = 0
    height: int = 0


class OutboundMessage(msgspec.Struct, frozen=True):
    """Words that are to leave, and the files with them. `key` was made when they were written, the same at every attempt.

    `text` may be empty only where there is a file. `formula` is the id of the network's own words that these are, where no others
    may be said.
    """

    key: str
    conversation_id: str
    text: str
    is_public: bool
    in_reply_to: str = ""
    to: Person | None = None
    files: tuple[Enclosure, ...] = ()
    formula: str = ""


class Deed(msgspec.Struct, frozen=True):
    """What is to be done with one message besides answering it: hide, unhide, like, unlike, or edit, delete words of ours."""

    act: str
    message_id: str
    conversation_id: str
    text: str = ""


class Receipt(msgspec.Struct, frozen=True):
    """The network's answer to a sending: the id it gave, and its own time where it tells one.

    `conversation_id` is given where the words went into another conversation than they were meant for: a private reply to a
    public message begins one.
    """

    external_id: str
    sent_at: datetime | None = None
    permalink: str = ""
    conversation_id: str = ""


class Spot(msgspec.Struct, frozen=True):
    """Where an answer would go: a conversation, the contact's newest message in it (empty when there is none), and the moment.

    `heard_at` is when the contact wrote it, by the network's time; `traits` are what the connector noted with it.
    Asked about what may be done with one message, theirs or ours, it is that message.
    """

    conversation_id: str
    is_public: bool
    at: datetime
    message_id: str = ""
    heard_at: datetime | None = None
    traits: Mapping[str, str] = {}


class Permission(msgspec.Struct, frozen=True):
    """Whether something may be done, until when, and else why not: a key of the manifest's sentences, or of the catalogue."""

    is_allowed: bool = True
    until: datetime | None = None
    why_not: str = ""


class FileRules(msgspec.Struct, frozen=True):
    """Which files may leave with one answer: `most` of them (0: none), each of a media type in `kinds` and up to its bytes there.

    `most_pixels` is the longest side of a picture (0: any); a larger one is made smaller by us. `has_alt`: the network
    shows `Enclosure.alt`. Where it takes words and a file only as two messages, its connector makes them, words first.
    """

    most: int = 0
    kinds: Mapping[str, int] = {}
    most_pixels: int = 0
    has_alt: bool = False


class Formula(msgspec.Struct, frozen=True):
    """Words that a network has approved beforehand. `text` is all that the contact reads, its blanks as {{1}} or {{name}}."""

    id: str
    name: str
    language: str
    text: str

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names of the blanks in their order, each once."""
        return tuple(dict.fromkeys(_BLANK.findall(self.text)))

    @property
    def pieces(self) -> tuple[str, ...]:
        """Fixed words and names of blanks in turn, beginning and ending with words, which may be empty."""
        return tuple(_BLANK.split(self.text))

    def filled(self, values: Mapping[str, str]) -> str:
        """The words with a value in each blank."""
        return _BLANK.sub(lambda blank: values[blank[1]], self.text)

    def read(self, text: str) -> Mapping[str, str] | None:
        """What stands in the blanks of these words; None when they are others. A blank holds one line, and is never empty."""
        fixed, names = self.pieces[::2], self.pieces[1::2]
        at, end, values = len(fixed[0]), len(text) - len(fixed[-1]), dict[str, str]()
        for number, name in enumerate(names, start=1):
            # Up to the nearest: whoever chose other ends would have written the same words.
            until = end if number == len(names) else text.find(fixed[number], at + 1, end)
            values[name] = text[at:until] if until > at else ""
            at = until + len(fixed[number])
        is_odd = any(not value.strip() or len(value.splitlines()) != 1 or "\t" in value for value in values.values())
        return None if is_odd or self.filled(values) != text else values


class Capabilities(msgspec.Struct, frozen=True):
    """What may be done at one spot now. `why_not` says why when `can_reply` is false, `until` how long else; as in `Permission`.

    `limit` is the longest text in the network's own units, as `Connector.count` counts them. `acts` holds what this network
    knows besides: private_reply, hide, like, edit, delete. `files` is what may be enclosed with an answer. `formulas` are the
    words that may be said although `can_reply` is false.
    """

    can_reply: bool = True
    why_not: str = ""
    limit: int = 4096
    is_public: bool = False
    until: datetime | None = None
    acts: Mapping[str, Permission] = {}
    files: FileRules = FileRules()
    formulas: tuple[Formula, ...] = ()

    def formula(self, words: str) -> Formula | None:
        """The formula that these words are, where no others may be said."""
        return None if self.can_reply else next((one for one in self.formulas if one.read(words) is not None), None)

    def permission(self, act: str, words: str = "") -> Permission:
        """Whether something may be done: reply with these words, or one of `acts`; taking it back is allowed where it is.

        What is unknown is not.
        """
        if act == "reply":
            if self.formula(words):
                return Permission()
            return Permission(self.can_reply, self.until, self.why_not)
        return self.acts.get(act.removeprefix("un"), Permission(is_allowed=False))


class Health(StrEnum):
    """How a channel is. Shown to agents and operators; each has its sentence in the catalogue."""

    UNCONFIGURED = "unconfigured"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    INTERRUPTED = "interrupted"
    BAD_CREDENTIALS = "bad_credentials"
    PAUSED = "paused"


class ChannelHealth(msgspec.Struct, frozen=True):
    """A channel's state, and the sentence of what is wrong, without any secret."""

    state: Health
    reason: str = ""
    retry_after: timedelta | None = None


class Choice(msgspec.Struct, frozen=True):
    """One value that a setting may have, and what people read for it."""

    value: str
    title: Mapping[str, str]


class Setting(msgspec.Struct, frozen=True):
    """One thing a channel of this network must be told. A secret is read from the environment and never shown.

    `is_address` is where contacts' words are sent to: it must be `is_callable`. A value is one of `choices`, where there are
    any, is matched as a whole by `shape`, of which `example` is one, and is a number within `between`. `needed_with`: with one
    of these values of another setting, this one may not be empty.
    """

    name: str
    help: Mapping[str, str]
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    is_address: bool = False
    choices: tuple[Choice, ...] = ()
    shape: str = ""
    example: str = ""
    between: tuple[float, float] | None = None
    needed_with: Mapping[str, tuple[str, ...]] = {}


class Address(msgspec.Struct, frozen=True):
    """Where the network is, as people are asked for it. Without a title it is a usual one, which only tests and relays change."""

    title: Mapping[str, str] = {}
    help: Mapping[str, str] = {}
    is_required: bool = False


class Look(msgspec.Struct, frozen=True):
    """What people see of a network: its name in each language, and a letter or two on a colour of `manifests.Colour`."""

    title: Mapping[str, str]
    mark: str = ""
    colour: str = "grey"


class Manifest(msgspec.Struct, frozen=True):
    """`manifest.toml`, read: who the network is, how it is heard, its limits and its settings.

    `hears` holds any of "poll", "long poll", "stream", "webhook". `rate` is messages a second over the whole channel,
    `rate_per_conversation` within one conversation, `rate_per_group` within one that is public, where the network is
    stricter there (0: as in any other). `keeps` is how long the network keeps what we did not hear; None: it does not say, or for
    good. `is_stand_in`: its channels stand for other networks, and their names say for which;
    `plays` are networks that no connector of ours speaks, but that a stand-in shows. `quality` says for each point of the card
    "done", "todo" or "exempt: why". `sentences` are what the connector has to say to people, by key and language.
    """

    network: str
    title: str
    hears: tuple[str, ...]
    has_public: bool
    has_private: bool
    limit: int
    rate: float
    rate_per_conversation: float
    is_idempotent: bool
    settings: tuple[Setting, ...]
    quality: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    rate_per_group: float = 0.0
    look: Look = Look({})
    is_stand_in: bool = False
    plays: Mapping[str, Look] = msgspec.field(default_factory=dict[str, Look])
    sentences: Mapping[str, Mapping[str, str]] = {}
    keeps: timedelta | None = None
    address: Address = Address()
