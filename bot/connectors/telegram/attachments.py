"""What a message of Telegram's carries besides words.

Files are named by their id, never by an address: an address holds the token.
"""

from collections.abc import Iterator

from telegram import Message

# An animation is repeated as a document for old programs, so the first found of this pair is kept.
_FILES = ("animation", "audio", "document", "sticker", "video", "video_note", "voice")
# The kinds that can be fetched.
FILES = frozenset({"photo", *_FILES})


def of(message: Message) -> list[dict[str, str | int]]:
    """Each attachment as the fields of a `wire.Attachment`."""
    return [*_files(message), *_things(message)]


def _files(message: Message) -> Iterator[dict[str, str | int]]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        yield _one("photo", largest.file_id, size=largest.file_size)
    for kind in _FILES:
        file = getattr(message, kind)
        if file and not (kind == "document" and message.animation):
            name = getattr(file, "file_name", None) or getattr(file, "emoji", None)
            yield _one(kind, file.file_id, name, file.file_size)


def _things(message: Message) -> Iterator[dict[str, str | int]]:
    """What is no file but was said all the same: a place, a person's card, a question to vote on."""
    if message.venue:
        yield _one("venue", "venue", f"{message.venue.title}, {message.venue.address}")
    if message.location:
        yield _one("location", "location", f"{message.location.latitude:.6f}, {message.location.longitude:.6f}")
    if message.contact:
        names = (message.contact.first_name, message.contact.last_name, message.contact.phone_number)
        yield _one("contact", "contact", " ".join(name for name in names if name))
    if message.poll:
        yield _one("poll", message.poll.id, message.poll.question)
    if message.dice:
        yield _one("dice", "dice", f"{message.dice.emoji} {message.dice.value}")
    if message.story:
        yield _one("story", str(message.story.id))
    if message.game:
        yield _one("game", "game", message.game.title)


def _one(kind: str, external_id: str, name: str | None = "", size: int | None = 0) -> dict[str, str | int]:
    return {"external_id": external_id, "kind": kind, "name": (name or "")[:300], "size": size or 0}
