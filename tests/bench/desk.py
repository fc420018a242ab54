"""What stands in the desk's database after a benchmark, counted in the tables and not by the program that wrote them."""

from dataclasses import dataclass

import sqlalchemy
from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Tally:
    """`lost` messages are in no row. `doubled` counts every sign of a message taken in twice: a second row, a second event,
    a ticket that counts more messages than it has, a second unresolved ticket of one conversation.
    """

    lost: int
    doubled: int
    signs: dict[str, int]


_SIGNS = {
    "rows": "select count(*) - count(distinct external_id) from message where external_id like :like",
    "events": (
        "select abs((select count(*) from event where kind = 'message.received')"
        " - (select count(*) from message where direction = 'in'))"
    ),
    "counts": (
        "select count(*) from ticket where message_count <> (select count(*) from message where message.ticket_id = ticket.id)"
    ),
    "tickets": (
        "select count(*) from (select conversation_id from ticket where state <> 'resolved'"
        " group by conversation_id having count(*) > 1) as twice"
    ),
    "conversations": (
        "select count(*) from (select external_id from conversation"
        " group by channel_id, external_id having count(*) > 1) as twice"
    ),
}


def tally(url: str, series: str, count: int) -> Tally:
    """Compare the tables with the `count` messages of a series that were sent."""
    with engine(url).connect() as connection:
        present = _number(
            connection, "select count(distinct external_id) from message where external_id like :like", series
        )
        signs = {name: _number(connection, question, series) for name, question in _SIGNS.items()}
    return Tally(count - present, sum(signs.values()), signs)


def count(url: str, series: str) -> int:
    """How many messages of a series are committed now."""
    with engine(url).connect() as connection:
        return _number(connection, "select count(*) from message where external_id like :like", series)


def channel_id(url: str, name: str) -> int:
    """The number of a channel."""
    with engine(url).connect() as connection:
        found = connection.execute(sqlalchemy.text("select id from channel where name = :name"), {"name": name})
        return int(found.scalar_one())


def open_tickets(url: str, limit: int) -> list[tuple[int, int]]:
    """Open tickets, each with the newest message in it."""
    question = "select id, last_message_id from ticket where state = 'open' order by id limit :limit"
    with engine(url).connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(sqlalchemy.text(question), {"limit": limit})]


def work_left(url: str) -> int:
    """Work that must still follow what was committed."""
    with engine(url).connect() as connection:
        return _number(connection, "select count(*) from work where not is_dead", "")


def outbox_not_sent(url: str) -> int:
    """Answers that are written and not marked as sent."""
    with engine(url).connect() as connection:
        return _number(connection, "select count(*) from outbox where state <> 'sent'", "")


def _number(connection: Connection, question: str, series: str) -> int:
    values = {"like": f"{series}-%"} if ":like" in question else {}
    return int(connection.execute(sqlalchemy.text(question), values).scalar() or 0)


def engine(url: str) -> sqlalchemy.Engine:
    """The desk's database, for a look past the program that wrote it."""
    made = sqlalchemy.make_url(url)
    driver = "postgresql+psycopg" if made.get_backend_name() == "postgresql" else "sqlite+pysqlite"
    return sqlalchemy.create_engine(made.set(drivername=driver), poolclass=sqlalchemy.NullPool)
