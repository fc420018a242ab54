"""Edits and deletions at the source. History is kept of an edit; of a deletion only that there was something."""

from dataclasses import dataclass

from bot import wire
from bot.desk import intents
from bot.model import standing
from bot.model.event import SYSTEM
from bot.store import events, messages
from bot.store.messages import Said
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Change:
    """An edit or a deletion, its text masked already."""

    channel_id: int
    told: wire.InboundMessage
    text: str
    is_masked: bool


def apply(tx: Transaction, change: Change) -> bool | None:
    """Change the message. False when this was known already, None when the message itself is not known yet."""
    said = messages.by_external_id(tx, change.channel_id, change.told.external_id)
    if said is None:
        return None
    if said.deleted_at is not None:
        return False
    return _delete(tx, said, change) if change.told.act is wire.Act.DELETED else _edit(tx, said, change)


def _edit(tx: Transaction, said: Said, change: Change) -> bool:
    version = change.told.version
    if version == said.version or change.text == said.text or (version and messages.has_revision(tx, said, version)):
        return False
    if _is_older(version, said.version):
        messages.add_revision(tx, said, version, change.text)
    else:
        messages.add_revision(tx, said, said.version, said.text)
        messages.reword(tx, said, change.text, version, is_masked=change.is_masked)
        messages.touch_ticket(tx, said, standing.preview(change.text))
    _record(tx, "message.edited", said, change)
    return True


def _delete(tx: Transaction, said: Said, change: Change) -> bool:
    messages.blank(tx, said)
    messages.touch_ticket(tx, said, "")
    intents.forget(tx, said.id)
    _record(tx, "message.deleted", said, change)
    return True


def _is_older(version: str, than: str) -> bool:
    """Versions are edit times or counters where a network gives any; others are taken in the order they come."""
    return version.isdecimal() and than.isdecimal() and int(version) < int(than)


def _record(tx: Transaction, kind: str, said: Said, change: Change) -> None:
    events.record(
        tx,
        kind,
        by=SYSTEM,
        channel_id=change.channel_id,
        conversation_id=said.conversation_id,
        ticket_id=said.ticket_id,
        body={"message": said.id, "version": change.told.version},
    )
