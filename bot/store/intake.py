"""The statements of ingest: each asks or keeps a whole batch at once, in plain SQL, because this is the hot path."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import wire
from bot.model.columns import table
from bot.model.contact import Contact, Handle
from bot.model.conversation import Conversation
from bot.model.message import Attachment, Message
from bot.model.quarantine import Quarantine
from bot.store import bulk, driver, numbers
from bot.store.numbers import Drawn
from bot.store.transaction import Transaction

HEARD_EVERY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    id: int
    network: str
    team_id: int | None
    language: str


@dataclass(slots=True)
class HandleFacts:
    id: int
    contact_id: int
    external_id: str
    name: str
    username: str
    language: str


@dataclass(slots=True)
class ConversationFacts:
    id: int
    channel_id: int
    external_id: str
    contact_id: int | None
    is_public: bool
    continues_id: int | None
    is_new: bool = False

    @property
    def lines(self) -> tuple[int, ...]:
        """Where its ticket is looked for: in the conversation that it continues, then in itself."""
        return (self.continues_id, self.id) if self.continues_id is not None else (self.id,)


def channels(tx: Transaction, ids: Collection[int]) -> dict[int, ChannelFacts]:
    """The channels that these messages came by."""
    condition, wanted = bulk.among(tx, "id", ids)
    found = driver.ask(
        tx.connection, f"SELECT id, network, team_id, language FROM channel WHERE {condition}", (wanted,)
    )
    return {row[0]: ChannelFacts(*row) for row in found}


def handles(tx: Transaction, network: str, external_ids: Collection[str]) -> Callable[[], list[HandleFacts]]:
    """Ask ahead who of these people is known already."""
    select = (
        "SELECT handle.id, contact_id, external_id, handle.name, username, language"
        " FROM handle JOIN contact ON contact.id = contact_id"
    )
    found = bulk.look_up(tx, select, ("network", network), "handle.external_id", external_ids)
    return lambda: [HandleFacts(*row) for row in found()]


def add_contacts(
    tx: Transaction, network: str, people: Sequence[tuple[wire.Person, str]], fresh: Drawn
) -> list[HandleFacts]:
    """People who write for the first time, each with the language he wrote in: a contact and a handle each."""
    contact_ids, handle_ids = ([next(fresh[noun]) for _ in people] for noun in ("contact", "handle"))
    bulk.insert(
        tx,
        table(Contact),
        ("id", "name", "language", "remark", "created_at"),
        [
            (contact_id, person.name or person.username, language, "", tx.now)
            for contact_id, (person, language) in zip(contact_ids, people, strict=True)
        ],
    )
    bulk.insert(
        tx,
        table(Handle),
        ("id", "contact_id", "network", "external_id", "username", "name", "avatar_url"),
        [
            (handle_id, contact_id, network, person.external_id, person.username, person.name, person.avatar_url)
            for handle_id, contact_id, (person, _) in zip(handle_ids, contact_ids, people, strict=True)
        ],
    )
    return [
        HandleFacts(handle_id, contact_id, person.external_id, person.name, person.username, language)
        for handle_id, contact_id, (person, language) in zip(handle_ids, contact_ids, people, strict=True)
    ]


def rename_handles(tx: Transaction, renamed: Sequence[tuple[int, str, str]]) -> None:
    """People who have changed their name or user name since: (handle, name, user name)."""
    bulk.update(tx, table(Handle), "id", ("name", "username"), renamed)


def conversations(
    tx: Transaction, channel_id: int, external_ids: Collection[str]
) -> Callable[[], list[ConversationFacts]]:
    """Ask ahead which of these conversations are known already."""
    select = "SELECT id, channel_id, external_id, contact_id, is_public, continues_id FROM conversation"
    found = bulk.look_up(tx, select, ("channel_id", channel_id), "external_id", external_ids)
    return lambda: [ConversationFacts(*row) for row in found()]


def add_conversations(
    tx: Transaction, begun: Sequence[tuple[int, str, int | None, bool, str, datetime]], fresh: Drawn
) -> list[ConversationFacts]:
    """New ones: (channel, external id, contact, is public, permalink, first message's time)."""
    ids = [next(fresh["conversation"]) for _ in begun]
    columns = (
        "id",
        "channel_id",
        "external_id",
        "contact_id",
        "is_public",
        "permalink",
        "created_at",
        "last_message_at",
    )
    bulk.insert(tx, table(Conversation), columns, [(id_, *row, row[-1]) for id_, row in zip(ids, begun, strict=True)])
    return [ConversationFacts(id_, *row[:4], None, is_new=True) for id_, row in zip(ids, begun, strict=True)]


def hold(tx: Transaction, conversation_ids: Sequence[int]) -> dict[int, int | None]:
    """These conversations held until the commit, each with the one that it continues. None where nobody else can write."""
    if not conversation_ids or tx.dialect == "sqlite":
        return {}
    condition, wanted = bulk.among(tx, "id", conversation_ids)
    question = f"SELECT id, continues_id FROM conversation WHERE {condition} ORDER BY id FOR NO KEY UPDATE"
    return {row[0]: row[1] for row in driver.ask(tx.connection, question, (wanted,))}


def touch_conversations(tx: Transaction, touched: Sequence[tuple[int, datetime, int]]) -> None:
    """Their newest message: (conversation, time, message)."""
    bulk.update(tx, table(Conversation), "id", ("last_message_at", "last_message_id"), touched)


def introduce(tx: Transaction, met: Sequence[tuple[int, int]]) -> None:
    """Who a conversation is with, as soon as that is known: (conversation, contact)."""
    bulk.update(tx, table(Conversation), "id", ("contact_id",), met)


def part(tx: Transaction, ids: Sequence[int]) -> None:
    """These conversations continue no other any more."""
    bulk.update(tx, table(Conversation), "id", ("continues_id",), [(id_, None) for id_ in ids])


MESSAGE = (
    "id", "channel_id", "conversation_id", "ticket_id", "handle_id", "direction", "external_id", "text", "language",
    "in_reply_to", "permalink", "is_public", "is_masked", "sent_at", "received_at", "edited_at", "deleted_at", "version",
    "traits",
)  # fmt: skip


def add_messages(tx: Transaction, rows: Sequence[Sequence[Any]]) -> set[int]:
    """Insert messages in the order of `MESSAGE`; the numbers of those that were not there yet. The unique key decides."""
    return bulk.insert_new(tx, table(Message), MESSAGE, rows, ignore="channel_id, external_id")


def add_attachments(tx: Transaction, files: Sequence[tuple[int, wire.Attachment]]) -> None:
    """Files of messages: (message, file)."""
    ids = numbers.take(tx, "attachment", len(files))
    bulk.insert(
        tx,
        table(Attachment),
        ("id", "message_id", "external_id", "kind", "name", "url", "size"),
        [
            (id_, message_id, file.external_id, file.kind, file.name, file.url, file.size)
            for id_, (message_id, file) in zip(ids, files, strict=True)
        ],
        ignore="message_id, external_id",
    )


def adopt(tx: Transaction, tickets_of: dict[int, int]) -> set[int]:
    """Give messages that have no ticket to the one of their conversation (conversation → ticket); the tickets that got some."""
    if not tickets_of:
        return set()
    condition, wanted = bulk.among(tx, "conversation_id", tickets_of)
    found = driver.ask(
        tx.connection,
        f"SELECT id, conversation_id FROM message WHERE ticket_id IS NULL AND deleted_at IS NULL AND {condition}",
        (wanted,),
    )
    orphans = [(row[0], tickets_of[row[1]]) for row in found]
    bulk.update(tx, table(Message), "id", ("ticket_id",), orphans)
    return {ticket_id for _, ticket_id in orphans}


def advance(tx: Transaction, channel_id: int, cursor: str | None) -> None:
    """Keep how far the channel has been heard, in the transaction that commits what was heard."""
    sign = bulk.mark(tx)
    now = bulk.time(tx, tx.now)
    if cursor is not None:
        driver.run(
            tx.connection,
            f"UPDATE channel SET cursor = {sign}, heard_at = {sign} WHERE id = {sign}",
            (cursor, now, channel_id),
        )
        return
    # Webhooks come by the thousand: their channel's row is written every few seconds only.
    driver.run(
        tx.connection,
        f"UPDATE channel SET heard_at = {sign} WHERE id = {sign} AND (heard_at IS NULL OR heard_at < {sign})",
        (now, channel_id, bulk.time(tx, tx.now - HEARD_EVERY)),
    )


def set_aside(tx: Transaction, channel_id: int, raw: bytes, reason: str, *, is_wire: bool) -> int:
    """Keep what could not be taken in. `raw` is masked already."""
    id_ = numbers.one(tx, "quarantine")
    bulk.insert(
        tx,
        table(Quarantine),
        ("id", "channel_id", "raw", "is_wire", "reason", "attempts", "set_aside_at"),
        [(id_, channel_id, raw, is_wire, reason[:500], 1, tx.now)],
    )
    return id_
