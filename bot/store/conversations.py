"""What was said and done, in order: the messages of a conversation, and the notes and turns of one of its tickets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import Select, func, literal, select, tuple_

from bot import errors, wire
from bot.model.agent import Agent, Kind
from bot.model.columns import table
from bot.model.contact import Handle
from bot.model.conversation import Conversation
from bot.model.message import Message
from bot.model.note import Note
from bot.model.outbox import Outbox
from bot.store import media, tickets, turns
from bot.store.media import FileRow
from bot.store.messages import Wording, earlier_wordings
from bot.store.rows import Place
from bot.store.transaction import Transaction
from bot.store.turns import TurnItem

_MESSAGE, _HANDLE, _AGENT, _OUTBOX = table(Message), table(Handle), table(Agent), table(Outbox)
_NOTE, _CONVERSATION = table(Note), table(Conversation)


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One utterance. `delivery` is empty for what came in; `due_at` is when a pending one leaves, until then it may be undone."""

    id: int
    ticket_id: int | None
    direction: str
    text: str
    language: str
    is_public: bool
    is_masked: bool
    permalink: str
    in_reply_to: str
    at: datetime
    received_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    agent_id: int | None
    author_name: str
    author_handle: str
    avatar_url: str
    outbox_id: int | None
    delivery: str
    reason: str
    due_at: datetime | None
    needs_decision: bool
    conversation: str
    external_id: str
    traits: str
    hidden_at: datetime | None
    liked_at: datetime | None
    is_bots: bool
    attachments: tuple[FileRow, ...] = ()
    earlier: tuple[Wording, ...] = ()
    kind: Literal["message"] = "message"

    def spot(self, at: datetime) -> wire.Spot:
        """The message as its connector is asked what may be done with it."""
        traits = orjson.loads(self.traits) if self.traits else {}
        return wire.Spot(self.conversation, self.is_public, at, self.external_id, self.at, traits)


@dataclass(frozen=True, slots=True)
class NoteItem:
    """Internal words."""

    id: int
    at: datetime
    text: str
    agent_id: int | None
    author_name: str
    kind: Literal["note"] = "note"


Item: TypeAlias = MessageItem | NoteItem | TurnItem


@dataclass(frozen=True, slots=True)
class Thread:
    """Items in their order, the oldest first. `earlier` is the place before which more can be asked for."""

    items: tuple[Item, ...]
    earlier: Place | None

    @property
    def has_earlier(self) -> bool:
        return self.earlier is not None

    @property
    def is_mixed(self) -> bool:
        """Whether some of what was said was public, and some private."""
        return len({item.is_public for item in self.items if item.kind == "message"}) > 1


def thread(tx: Transaction, ticket_id: int, before: Place | None = None, limit: int = 50) -> Thread:
    """The newest `limit` messages before a place, and what lies between them: those of the ticket's conversation, and its own
    wherever it goes on. Raises NotFound.
    """
    conversation_id = tickets.find(tx, ticket_id).conversation_id
    said = messages(tx, conversation_id, before, limit + 1, ticket_id=ticket_id)
    earlier = Place(said[1].at, said[1].id) if len(said) > limit else None
    shown = said[1:] if earlier else said
    since, until = (earlier.at if earlier else None), (before.at if before else None)
    items: list[Item] = [*shown, *_notes(tx, ticket_id, since, until), *turns.of_ticket(tx, ticket_id, since, until)]
    return Thread(tuple(sorted(items, key=lambda item: (_place_at(item), item.kind != "turn", item.id))), earlier)


def _place_at(item: Item) -> datetime:
    """Where an item stands: our own words where they were written, so that the receipt's time moves nothing under the reader."""
    return item.received_at if item.kind == "message" and item.outbox_id is not None else item.at


def messages(
    tx: Transaction, conversation_id: int, before: Place | None = None, limit: int = 50, *, ticket_id: int | None = None
) -> list[MessageItem]:
    """The newest messages before a place, the oldest of them first; with a ticket also those that it has elsewhere."""
    here = _MESSAGE.c.conversation_id == conversation_id
    elsewhere = select(_MESSAGE.c.id).where(_MESSAGE.c.ticket_id == ticket_id, ~here).limit(1)
    is_elsewhere = ticket_id is not None and tx.connection.execute(elsewhere).first() is not None
    question = _SAID.where(here | (_MESSAGE.c.ticket_id == ticket_id) if is_elsewhere else here)
    if before:
        place = tuple_(literal(before.at, _MESSAGE.c.sent_at.type), literal(before.id))
        question = question.where(tuple_(_MESSAGE.c.sent_at, _MESSAGE.c.id) < place)
    return _read(tx, question.order_by(_MESSAGE.c.sent_at.desc(), _MESSAGE.c.id.desc()).limit(limit))[::-1]


def message(tx: Transaction, id_: int) -> MessageItem:
    """One message. Raises NotFound."""
    found = _read(tx, _SAID.where(_MESSAGE.c.id == id_))
    if not found:
        raise errors.NotFound("There is no such message.")
    return found[0]


_SAID = (
    select(
        _MESSAGE.c.id,
        _MESSAGE.c.ticket_id,
        _MESSAGE.c.direction,
        _MESSAGE.c.text,
        _MESSAGE.c.language,
        _MESSAGE.c.is_public,
        _MESSAGE.c.is_masked,
        _MESSAGE.c.permalink,
        _MESSAGE.c.in_reply_to,
        _MESSAGE.c.sent_at,
        _MESSAGE.c.received_at,
        _MESSAGE.c.edited_at,
        _MESSAGE.c.deleted_at,
        _MESSAGE.c.agent_id,
        func.coalesce(_AGENT.c.name, func.nullif(_HANDLE.c.name, ""), _HANDLE.c.username, ""),
        func.coalesce(_HANDLE.c.username, ""),
        func.coalesce(_HANDLE.c.avatar_url, ""),
        _MESSAGE.c.outbox_id,
        func.coalesce(_OUTBOX.c.state, ""),
        func.coalesce(_OUTBOX.c.reason, ""),
        _OUTBOX.c.due_at,
        func.coalesce((_OUTBOX.c.state == "uncertain") & _OUTBOX.c.finished_at.is_not(None), False),
        _CONVERSATION.c.external_id,
        func.coalesce(_MESSAGE.c.external_id, ""),
        _MESSAGE.c.traits,
        _MESSAGE.c.hidden_at,
        _MESSAGE.c.liked_at,
        func.coalesce(_AGENT.c.kind == Kind.BOT, False),
    )
    .join(_CONVERSATION, _CONVERSATION.c.id == _MESSAGE.c.conversation_id)
    .outerjoin(_HANDLE, _HANDLE.c.id == _MESSAGE.c.handle_id)
    .outerjoin(_AGENT, _AGENT.c.id == _MESSAGE.c.agent_id)
    .outerjoin(_OUTBOX, _OUTBOX.c.id == _MESSAGE.c.outbox_id)
)
_NOTED = select(
    _NOTE.c.id, _NOTE.c.written_at, _NOTE.c.text, _NOTE.c.agent_id, func.coalesce(_AGENT.c.name, "")
).outerjoin(_AGENT, _AGENT.c.id == _NOTE.c.agent_id)


def _read(tx: Transaction, question: Select[Any]) -> list[MessageItem]:
    found = tx.connection.execute(question).all()
    files = media.of_messages(tx, [row.id for row in found])
    edited = [row.id for row in found if row.edited_at is not None]
    wordings = earlier_wordings(tx, edited) if edited else []
    return [
        _message(
            row,
            tuple(file for file in files if file.message_id == row.id),
            tuple(wording for wording in wordings if wording.message_id == row.id),
        )
        for row in found
    ]


def _message(row: Any, files: tuple[FileRow, ...], earlier: tuple[Wording, ...]) -> MessageItem:
    return MessageItem(*(*row, files, earlier))


def _note(row: Any) -> NoteItem:
    return NoteItem(*row)


def _notes(tx: Transaction, ticket_id: int, since: datetime | None, until: datetime | None) -> list[NoteItem]:
    question = _NOTED.where(_NOTE.c.ticket_id == ticket_id)
    return [_note(row) for row in tx.connection.execute(_between(question, _NOTE.c.written_at, since, until))]


def _between(question: Select[Any], at: Any, since: datetime | None, until: datetime | None) -> Select[Any]:
    bounds = [at >= since] if since else []
    return question.where(*bounds, *([at < until] if until else []))
