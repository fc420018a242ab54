"""One message on its way in: masked and understood before anything is kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from bot import wire
from bot.desk import language, masking
from bot.model.message import Direction
from bot.model.standing import Standing
from bot.store.intake import ChannelFacts, ConversationFacts, HandleFacts

Part = TypeVar("Part", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decides about threading. `is_archive`: both sides come from a file, in any order."""

    reopening: timedelta = timedelta(days=7)
    is_archive: bool = False


@dataclass(slots=True)
class Heard:
    """One message on its way in: masked, its language known, its rows filled in as they are found or made."""

    channel_id: int
    said: wire.InboundMessage
    text: str
    is_masked: bool
    language: str
    channel: ChannelFacts | None = None
    handle: HandleFacts | None = None
    conversation: ConversationFacts | None = None
    ticket: Standing | None = None
    id: int = 0

    @property
    def direction(self) -> Direction:
        return Direction.OUT if self.said.is_own else Direction.IN


@dataclass(slots=True)
class Taken:
    """What became of a batch."""

    added: int = 0
    duplicates: int = 0
    amended: int = 0
    set_aside: int = 0


def prepare(channel_id: int, said: wire.InboundMessage) -> Heard:
    """Mask before anything is kept, and recognise the language. Pure; done before the transaction begins."""
    said = _writable(said)
    masked = masking.mask(said.text)
    return Heard(channel_id, _named_safely(said), masked.text, bool(masked.kinds), language.detect(masked.text))


def _writable(said: wire.InboundMessage) -> wire.InboundMessage:
    """What people read, without what not every database keeps: NUL goes, half of a character becomes a question mark."""
    author = said.author
    whole = "".join((said.text, author.name, author.username, author.avatar_url, said.permalink, *_file_names(said)))
    if "\0" not in whole and _is_whole(whole):
        return said  # as nearly all of them
    person = _plainer(author, "name", "username", "avatar_url")
    files = tuple(_plainer(file, "name", "url") for file in said.attachments)
    return msgspec.structs.replace(_plainer(said, "text", "permalink"), author=person, attachments=files)


def _file_names(said: wire.InboundMessage) -> list[str]:
    return [text for file in said.attachments for text in (file.name, file.url)]


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plainer(part: Part, *names: str) -> Part:
    texts = {name: getattr(part, name).replace("\0", "").encode("utf-8", "replace").decode() for name in names}
    return msgspec.structs.replace(part, **texts)


def _named_safely(said: wire.InboundMessage) -> wire.InboundMessage:
    """People put card numbers into their names and their files' names, too; a network puts those into addresses.

    Masking leaves the numbers of posts in links alone. A link that it does change leads nowhere any more, and is not followed:
    better no link than somebody's card in the page, the log of a proxy and the database. Where a file is, is not for people: one
    in twenty of a large network's addresses holds what looks like a card, and would lead nowhere. It stays as it came until the
    file is fetched, is shown to nobody, and is forgotten then (`store/media`).
    """
    author = said.author
    named = f"{said.permalink} {author.name} {author.username} {author.avatar_url}"
    if not said.attachments and said.permalink == wire.web_link(said.permalink) and not masking.may_hide(named):
        return said  # as nearly all of them
    return _masked(
        said,
        permalink=wire.web_link(said.permalink),
        author=_masked(
            said.author, name=said.author.name, username=said.author.username, avatar_url=said.author.avatar_url
        ),
        attachments=tuple(_masked(file, name=file.name) for file in said.attachments),
    )


def _masked(part: Part, **fields: Any) -> Part:
    """The same with its texts masked; the very same when nothing changes."""
    safe = {name: masking.mask(value).text if isinstance(value, str) else value for name, value in fields.items()}
    changed = {name: value for name, value in safe.items() if value != getattr(part, name)}
    return msgspec.structs.replace(part, **changed) if changed else part
