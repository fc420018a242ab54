"""What an archive should come to, counted without the product; and what a desk's database has of it.

The file's own links decide: tweets that are joined by `in_response_to_tweet_id`, whichever way and over however many steps, are
one conversation, also through a tweet that the file does not hold.
"""

import csv
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.store import bulk
from bot.store.transaction import Transaction

Ids = frozenset[str]


@dataclass(slots=True)
class Count:
    """Conversations as sets of messages; when each ticket was first answered; who has written; how much came in and out."""

    conversations: set[Ids] = field(default_factory=set[Ids])
    answered: dict[Ids, datetime | None] = field(default_factory=dict[Ids, datetime | None])
    contacts: set[str] = field(default_factory=set[str])
    messages: dict[str, int] = field(default_factory=dict[str, int])


def by_links(path: Path) -> Count:
    """The file, joined link by link."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["tweet_id"]: row for row in csv.DictReader(file) if row["inbound"]}
    joined: dict[str, str] = {}

    def end(one: str) -> str:
        while joined.setdefault(one, one) != one:
            one = joined[one]
        return one

    for id_, row in rows.items():
        if row["in_response_to_tweet_id"]:
            joined[end(id_)] = end(row["in_response_to_tweet_id"])
    groups: dict[str, set[str]] = {}
    for id_ in rows:
        groups.setdefault(end(id_), set()).add(id_)
    counted = Count({frozenset(group) for group in groups.values()})
    for group in counted.conversations:
        said = sorted(
            (datetime.strptime(rows[id_]["created_at"], "%a %b %d %H:%M:%S %z %Y"), rows[id_]["inbound"])
            for id_ in group
        )
        asked = [at for at, inbound in said if inbound == "True"]
        if asked:
            counted.answered[group] = next((at for at, inbound in said if inbound == "False" and at >= asked[0]), None)
    counted.contacts = {row["author_id"] for row in rows.values() if row["inbound"] == "True"}
    counted.messages = {
        way: sum(row["inbound"] == inbound for row in rows.values())
        for way, inbound in (("in", "True"), ("out", "False"))
    }
    return counted


def in_database(tx: Transaction) -> Count:
    """The desk's own rows, in the same shape. A ticket must hold its conversation whole."""
    said = tx.connection.exec_driver_sql("SELECT conversation_id, ticket_id, external_id, direction FROM message").all()
    groups: dict[int, set[str]] = {}
    tickets: dict[int, set[str]] = {}
    for conversation, ticket, id_, _ in said:
        groups.setdefault(conversation, set()).add(id_)
        if ticket is not None:
            tickets.setdefault(ticket, set()).add(id_)
    times = {row[0]: row[1] for row in tx.connection.exec_driver_sql("SELECT id, first_response_at FROM ticket")}
    assert times.keys() == tickets.keys()
    return Count(
        {frozenset(group) for group in groups.values()},
        {
            frozenset(ids): bulk.moment(times[ticket]) if times[ticket] is not None else None
            for ticket, ids in tickets.items()
        },
        {
            row[0]
            for row in tx.connection.exec_driver_sql(
                "SELECT external_id FROM handle JOIN contact ON contact.id = contact_id"
            )
        },
        {way: sum(row[3] == way for row in said) for way in ("in", "out")},
    )
